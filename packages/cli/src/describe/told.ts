import type { ControllerDescription } from './controllers.ts'

/** In words for people, why something is as it is. */
export interface Told {
  /** Empty when there is nothing to tell. Says no running times: it stays the same while nothing happens. */
  readonly why: string
  /** What comes next by itself, or what to do; may tell times. */
  readonly next: string
  /** `ok`: as it should be. `progress`: on its way. `trouble`: waits for something that may need a person. */
  readonly state: 'ok' | 'progress' | 'trouble'
}

/** Nothing that an object waits for comes about when nobody acts on it: that is said first. */
export const asAttended = (told: Told, controller: ControllerDescription): Told => {
  if (told.state === 'ok' || controller.why === '') return told
  const before = told.state === 'trouble' ? `; before that: ${told.why}` : ''
  return { why: `${controller.why}${before}`, next: controller.next, state: 'trouble' }
}
