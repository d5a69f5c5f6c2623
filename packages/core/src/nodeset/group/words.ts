import type { NodeSet } from '../../api/index.ts'
import type { Group } from '../../provider/index.ts'
import type { GroupFacts, Said } from './facts.ts'
import type { Roster } from './roster.ts'

export const told = (status: Said['status'], reason: string, message: string): Said => ({ status, reason, message })

/** In words, what a set asks for that a group can't be asked. */
export const unfit = ({ spec, status }: NodeSet): string | undefined => {
  if (spec.zones !== undefined) return 'spec.zones is for single machines: a group has its zones by its class'
  if (spec.headroom !== undefined) return 'spec.headroom is for single machines: take it out'
  if ((spec.nodeClassNames?.length ?? 1) > 1) return 'a group is of one class: name it in spec.nodeClassName'
  const [id, recorded] = [spec.group?.id, status?.group]
  if (recorded && (recorded.imported === true ? id !== recorded.id : id !== undefined)) {
    return `this set drives group ${recorded.id ?? '(one that it creates)'}, and spec.group.id says another: put it back`
  }
  return undefined
}

export interface Doubt {
  readonly reason: string
  readonly message: string
  /** What is listed is not believed at all: not even Nodes are labelled by it. */
  readonly stop?: true
}

/** Several at once are no bad luck: machines of one cluster rarely lie in unison, lists do. */
const believedMissing = { count: 1, share: 0.3 }

/** In words, why no size and no Node is decided on what the group shows now. */
export const doubts = ({ failure }: GroupFacts, group: Group, roster: Roster, settled: boolean): Doubt | undefined => {
  const { contradicting, ours, live } = roster
  if (contradicting > Math.max(believedMissing.count, ours.length * believedMissing.share)) {
    return {
      stop: true,
      reason: 'ListContradicted',
      message:
        `group ${group.id} shows ${live} machines, and ${contradicting} Nodes of others still say that they are ready: ` +
        'the list is not believed, and nothing is decided',
    }
  }
  if (!settled) {
    const open = failure ? `, and its answer was: ${failure.message}` : ''
    return { reason: 'Unsettled', message: `no complete list of group ${group.id} shows yet what the last order did${open}` }
  }
  if (live > group.size) {
    return {
      reason: 'Shrinking',
      message: `group ${group.id} has ${live} machines and shall have ${group.size}: it takes some away by itself`,
    }
  }
  return undefined
}
