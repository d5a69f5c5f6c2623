import { conditions, findCondition, hasTaint, taints } from '../../api/index.ts'
import { type MachineRecord, podName, readyStatus } from '../../claim/index.ts'
import { describeMs } from '../../runtime/index.ts'
import type { NodeFacts } from '../facts.ts'
import { isMissingForGood } from '../proof.ts'
import type { NodeStep } from '../step.ts'
import { type Holder, abandonedInMs, holdersOf } from './holders.ts'
import { describeAttachments } from './words.ts'

/** A drain looks again at least this often: what it waits for may change without an event of its own. */
const longestLookMs = 30_000

/**
 * The next step of a drain; undefined when nothing holds the machine any more: no pod, no volume of a pod that left, or
 * the time that the class gives is over, or the machine is going already.
 */
export const planDrain = (facts: NodeFacts, record: MachineRecord): NodeStep | undefined => {
  const { node, now, timeouts, flight } = facts
  if (isGone(facts) || flight.deletions.has(record.id ?? '')) return undefined
  const holders = holdersOf(node, facts.pods, now.wall)
  if (!hasTaint(node.spec?.taints, { key: taints.deleting }) || node.spec?.unschedulable !== true) {
    const empty = holders.length === 0
    return {
      do: 'cordon',
      phase: empty ? 'Deleting' : 'Draining',
      // To the set of a group's member that word means that the drain is over.
      condemn: empty && facts.attachments.length === 0 && record.group === undefined && isInSight(facts, record),
    }
  }
  const left = Date.parse(node.metadata?.deletionTimestamp ?? '') + timeouts.drainMs - now.wall
  if (left <= 0) return planOverdue(facts, holders)
  if (flight.drainedAt !== undefined) return planDetachment(facts, flight.drainedAt, left)
  if (holders.length === 0) return { do: 'confirmDrained' }
  const { pods, retryInMs } = evictable(facts, holders)
  const afterMs = Math.max(1, Math.min(left, retryInMs, abandonedInMs(node, holders, now.wall), longestLookMs))
  return { do: 'evict', pods, holders, afterMs }
}

/** Those to ask for now, and when the next of the others may be asked for. Critical pods go when all others have left. */
const evictable = ({ flight, now }: NodeFacts, holders: readonly Holder[]): { pods: readonly Holder['pod'][]; retryInMs: number } => {
  const turn = holders.some(({ critical }) => !critical) ? holders.filter(({ critical }) => !critical) : holders
  const due = turn.filter(({ state }) => state === 'due').map(({ pod }) => pod)
  const waits = due.map(pod => Math.max(0, (flight.refusals.get(pod.metadata?.uid ?? '')?.retryAt ?? 0) - now.monotonic))
  const later = waits.filter(ms => ms > 0)
  return { pods: due.filter((_pod, at) => waits[at] === 0), retryInMs: Math.min(Infinity, ...later) }
}

/** Pods still hold and the class's time is over: that is said once, and the machine goes all the same. */
const planOverdue = ({ node, timeouts, flight }: NodeFacts, holders: readonly Holder[]): NodeStep | undefined => {
  if (holders.length === 0 || flight.drainedAt !== undefined) return undefined
  const said = findCondition(node.status?.conditions, conditions.drained)
  if (said?.reason === 'DrainTimeout') return undefined
  const names = holders.map(({ pod }) => podName(pod)).toSorted()
  return {
    do: 'sayDrained',
    status: 'False',
    reason: 'DrainTimeout',
    message:
      `the ${describeMs(timeouts.drainMs)} of spec.timeouts.drain are over, and the machine goes with ` +
      `${names.length === 1 ? 'a pod' : `${names.length} pods`} on it: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}`,
  }
}

/** No pod is left that could use them; who deletes a machine under an attached volume may hurt what is on it. */
const planDetachment = ({ node, attachments, timeouts, now }: NodeFacts, drainedAt: number, drainLeftMs: number): NodeStep | undefined => {
  const left = drainedAt + timeouts.volumeDetachMs - now.monotonic
  // A silent kubelet unmounts nothing; what was attached is freed when the machine is gone.
  if (attachments.length > 0 && left > 0 && readyStatus(node) !== 'Unknown') {
    const message = describeAttachments(attachments)
    return { do: 'awaitDrained', reason: 'DetachingVolumes', message, afterMs: Math.min(left, drainLeftMs, longestLookMs) }
  }
  const said = findCondition(node.status?.conditions, conditions.drained)
  // A node that was empty from the beginning never said that it was not; what is said of a machine that is gone stays.
  if (!said || said.status === 'True' || said.reason === 'OutOfService') return undefined
  if (attachments.length === 0)
    return { do: 'sayDrained', status: 'True', reason: 'Drained', message: 'no pod and no volume holds the machine' }
  if (said.reason === 'DetachTimeout' || readyStatus(node) === 'Unknown') return undefined
  const message = `the ${describeMs(timeouts.volumeDetachMs)} of spec.timeouts.volumeDetach are over: ${describeAttachments(attachments)}`
  return { do: 'sayDrained', status: 'False', reason: 'DetachTimeout', message }
}

const isInSight = ({ mirror }: NodeFacts, record: MachineRecord): boolean =>
  mirror !== undefined && !mirror.problem && mirror.machines.some(({ id }) => id === record.id)

/** The machine went by itself: there is nothing to drain. */
const isGone = ({ mirror, flight }: NodeFacts): boolean =>
  mirror !== undefined && !mirror.problem && mirror.machines.length === 0 && (mirror.ended || isMissingForGood(flight, mirror))
