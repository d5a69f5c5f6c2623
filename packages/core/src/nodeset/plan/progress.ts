import { findCondition } from '../../api/index.ts'
import type { Census } from './census.ts'
import type { NodeSetFacts } from './facts.ts'
import type { Member } from './member.ts'
import { type Counts, updateRevisionOf } from './counts.ts'
import { intentOf } from './intent.ts'
import type { Wishes } from './wishes.ts'

/** Whether a set comes closer to what it shall be. */
export interface Progress {
  /** `failed`: nothing moved for spec.progressDeadlineSeconds. The rollout stops by itself, and goes on when something moves. */
  readonly state: 'complete' | 'working' | 'paused' | 'failed'
  /** Ms since the epoch: when something last moved; undefined while there is nothing to do. */
  readonly since: number | undefined
  /** Milliseconds until the deadline; Infinity where there is none to come. */
  readonly afterMs: number
}

/**
 * Something moved: one more node is available, one less is old, or somebody changed what is asked for. That nodes are created is no
 * progress, or a set that makes bad nodes for ever would never be seen to fail.
 */
export const progressOf = (facts: NodeSetFacts, census: Census, counts: Counts, wishes: Wishes): Progress => {
  const { set, now } = facts
  const wanted = wishes.replicas + wishes.headroom
  const pending = census.live.filter(({ cause, hold }) => cause !== undefined && (!hold || hold.kind === 'node' || hold.kind === 'pod'))
  const working = pending.length > 0 || counts.available + counts.warm < wanted || census.total !== wanted
  if (!working) {
    const waits = wishes.paused && census.live.some(({ hold }) => hold?.kind === 'paused')
    return { state: waits ? 'paused' : 'complete', since: undefined, afterMs: Infinity }
  }
  const { status } = set
  const since = Date.parse(status?.lastProgressTime ?? '')
  const renewed = Number.isNaN(since) || status?.updateRevision !== updateRevisionOf(facts)
  const moved = renewed || (hasFailed(facts, census) ? isRetried(facts, census, since) : hasMoved(facts, counts))
  const at = moved ? now : since
  const leftMs = at + wishes.deadlineMs - now
  return leftMs > 0 ? { state: 'working', since: at, afterMs: leftMs } : { state: 'failed', since: at, afterMs: Infinity }
}

const hasMoved = ({ set: { status, metadata } }: NodeSetFacts, counts: Counts): boolean => {
  const before = findCondition(status?.conditions, 'Progressing')?.reason
  return (
    before === 'Complete' ||
    before === 'Paused' ||
    status?.observedGeneration !== metadata?.generation ||
    counts.available + counts.warm > (status?.availableReplicas ?? 0) + (status?.headroomReplicas ?? 0) ||
    counts.replicas - counts.updated < (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0)
  )
}

/** It said so, and there still is what it was to replace. */
const hasFailed = ({ set: { status }, choices }: NodeSetFacts, { live }: Census): boolean => {
  if (findCondition(status?.conditions, 'Progressing')?.reason !== 'ProgressDeadlineExceeded') return false
  const isNewest = newestOf(choices)
  return live.some(({ member }) => !isNewest(member))
}

/**
 * A rollout that has failed is not tried again for what happens to nodes that it does not concern: for more replicas, or for old
 * nodes that come and go. One of the new ones that comes up after all shows that it was wrong, and an edit that it shall be.
 */
const isRetried = ({ set, choices }: NodeSetFacts, { live }: Census, since: number): boolean => {
  const { status, metadata } = set
  const edited = status?.specHash === undefined ? status?.observedGeneration !== metadata?.generation : status.specHash !== intentOf(set)
  const isNewest = newestOf(choices)
  return edited || live.some(({ member, available }) => available && (member.upSince ?? 0) > since && isNewest(member))
}

const newestOf = (choices: NodeSetFacts['choices']): ((member: Member) => boolean) => {
  const newest = new Map(choices.map(({ className, revision }) => [className, revision]))
  return ({ className, revision }) => revision !== undefined && newest.get(className ?? '') === revision
}
