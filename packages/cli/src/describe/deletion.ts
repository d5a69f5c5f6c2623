import { isBroken, phaseOf, recordOf } from '@kube-node/core'
import { conditions, finalizers, findCondition } from '@kube-node/core/api'
import { describeMs } from '@kube-node/core/runtime'
import type { ClaimFacts } from './claim.ts'
import { saidAt, withoutNextTry, wordsOf } from './conditions.ts'
import { timeOf } from './times.ts'
import { timeoutsOf } from './timeouts.ts'
import type { Told } from './told.ts'

/** What one expects of a drain; all other reasons are worth a look. */
const usual: readonly (string | undefined)[] = ['Evicting', 'DetachingVolumes', 'Drained']

/** Why a claim that was deleted is still there. */
export const tellDeletion = ({ node, nodeClass, now }: ClaimFacts): Told => {
  const held = node.metadata?.finalizers ?? []
  if (!held.includes(finalizers.machine)) return heldByOthers(held)
  const record = recordOf(node)
  if (isBroken(record)) return { why: `the record of its machine makes no sense: ${record.problem}`, next: 'restore it', state: 'trouble' }

  const deletedAt = timeOf(node.metadata?.deletionTimestamp) ?? now
  const failure = findCondition(node.status?.conditions, conditions.machineProvisioned)
  // What was said before the deletion was about the way up.
  if (failure?.status === 'False' && (saidAt(failure) ?? 0) >= deletedAt) {
    return { ...withoutNextTry(wordsOf(failure), saidAt(failure), now), state: 'trouble' }
  }
  const drain = findCondition(node.status?.conditions, conditions.drained)
  const phase = phaseOf(node)
  if (phase === 'Draining') {
    const left = deletedAt + timeoutsOf(nodeClass).drainMs - now
    const next =
      left > 0 ? `its machine is deleted in ${describeMs(left)} at the latest (spec.timeouts.drain)` : 'the time for its drain is over'
    if (drain?.status === 'False') return { why: wordsOf(drain), next, state: usual.includes(drain.reason) ? 'progress' : 'trouble' }
    return { why: 'its pods are being evicted', next, state: 'progress' }
  }
  if (phase !== 'Deleting') return { why: 'it was deleted; its drain has not begun', next: '', state: 'progress' }
  const hurt = drain?.status === 'False' && !usual.includes(drain.reason) ? `; ${wordsOf(drain)}` : ''
  const why =
    record?.id === undefined
      ? 'makes sure that no machine was made for it'
      : `machine ${record.id} is being deleted at ${record.provider}${hurt}`
  return { why, next: record?.id === undefined ? '' : 'the Node goes when the provider says that it is gone', state: 'progress' }
}

const heldByOthers = (held: readonly string[]): Told =>
  held.length === 0
    ? { why: 'it is going', next: '', state: 'progress' }
    : { why: `kube-node has let go of it; finalizers of others hold it: ${held.join(', ')}`, next: '', state: 'trouble' }
