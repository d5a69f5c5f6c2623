import type { TestAPI } from 'vitest'
import { storiesIn } from '../story/index.ts'
import { type World, startWorld } from './world.ts'

/** No claim has two machines, not even for a moment. */
export const nothingTwice = ({ cloud: { doubles } }: World): void => {
  if (doubles.length > 0) throw new Error(`a claim had two machines at once: ${doubles.join('; ')}`)
}

/** Stories with a scheduler, so that there are pods. */
export const story: TestAPI<{ world: World }> = storiesIn(() => startWorld({ scheduler: true }), nothingTwice)
