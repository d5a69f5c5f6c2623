import type { GroupFacts } from './facts.ts'
import { stageOf } from './lifecycle.ts'

/** One machine that is to go. */
export interface Removal {
  readonly id: string
  /** What AWS desires goes down with it. */
  readonly shrinks: boolean
  /** AWS makes no other one for it by itself. */
  readonly needsOther: boolean
}

/**
 * Pure: what is to be done for each of these, undefined where nothing is. AWS does not count what is in standby: to shrink by it would
 * take a machine from the others.
 */
export const removalsOf = (
  { members }: Pick<GroupFacts, 'members'>,
  ids: readonly string[],
  replace: boolean,
): readonly (Removal | undefined)[] => {
  const stages = new Map(members.map(member => [member.InstanceId, stageOf(member)]))
  return ids.map((id, at) => {
    const stage = stages.get(id)
    if (stage === undefined || stage === 'leaving' || ids.indexOf(id) < at) return undefined
    const isStandby = stage === 'standby'
    return { id, shrinks: !replace && !isStandby, needsOther: replace && isStandby }
  })
}
