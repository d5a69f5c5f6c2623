import { type MachineRecord, hasJoined, hasMachineFinalizer, phaseOf } from '../claim/index.ts'
import { describeMs } from '../runtime/index.ts'
import { planAbandonedAdoption } from './planAdoption.ts'
import { planAftermath, planDrain } from './drain/index.ts'
import type { Mirror, NodeFacts } from './facts.ts'
import { reasons } from './loss.ts'
import { isJoined, planHandover } from './planHandover.ts'
import { planMemberRemoval } from './planMember.ts'
import { neverSent, proofInMs, provenEmpty } from './proof.ts'
import { type NodeStep, waitAfter } from './step.ts'

/**
 * The way down: cordon, drain, machine, and the finalizer last, when the provider says that the machine is gone and Kubernetes
 * knows it.
 */
export const planDeletion = (facts: NodeFacts, record: MachineRecord | undefined): NodeStep => {
  const { node, mirror } = facts
  if (!hasMachineFinalizer(node)) return { do: 'rest' }
  // No attempt was ever written, so none was made.
  if (!record) return { do: 'release' }
  if (record.adopts !== undefined && record.id === undefined) return planAbandonedAdoption(facts, record)
  const handover = planLateHandover(facts, record)
  if (handover) return handover
  const drain = hasJoined(node) ? planDrain(facts, record) : undefined
  if (drain) return drain
  if (!mirror) return { do: 'rest' }
  if (mirror.problem) {
    if (neverSent(record, facts.flight)) return { do: 'release' }
    const message = `a machine may exist and can't be deleted: ${mirror.problem.message}`
    return { do: 'tell', phase: 'Deleting', reason: mirror.problem.reason, message, afterMs: 30_000 }
  }
  return planRemoval(facts, record, mirror)
}

/** The kubelet registered before anybody had looked: pods may run there, so the Node of that name becomes the claim first, and drains. */
const planLateHandover = (facts: NodeFacts, record: MachineRecord): NodeStep | undefined => {
  const { mirror, flight } = facts
  if (!mirror || mirror.problem) return undefined
  const machine = mirror.machines.find(({ id }) => id === record.id)
  if (!machine || isJoined(facts, mirror, machine)) return undefined
  const handover = !flight.deletions.has(machine.id) ? planHandover(facts, record, machine) : undefined
  return handover?.do === 'handOver' ? handover : undefined
}

const planRemoval = (facts: NodeFacts, record: MachineRecord, mirror: Mirror): NodeStep => {
  const { node, flight, now } = facts
  if (mirror.machines.length > 0) {
    if (record.group !== undefined) return planMemberRemoval(facts, record)
    const due = mirror.machines.filter(machine => !isAccepted(flight.deletions.get(machine.id), now.monotonic))
    const failure = flight.removalFailure
    if (due.length > 0 && failure && now.monotonic < failure.retryAt) return waitAfter('Deleting', failure, now.monotonic)
    if (due.length > 0 && hasJoined(node) && record.deletedAt === undefined) return { do: 'condemn' }
    if (due.length > 0) return { do: 'remove', machines: due, why: 'its Node was deleted' }
    return { do: 'rest', expect: true, afterMs: 10_000 }
  }
  if (!provenEmpty(record, flight, mirror, now)) {
    if (mirror.listProblem === undefined) return awaitProof(facts, record, mirror)
    const message = `whether its machine is gone is not known, since the provider's machines can't be listed: ${mirror.listProblem}`
    return { do: 'tell', phase: 'Deleting', reason: reasons.unavailable, message, afterMs: 10_000, expect: true }
  }
  const deletedByUs = record.id === undefined || record.deletedAt !== undefined
  if (!deletedByUs && hasJoined(node) && mirror.frozen !== undefined) {
    return { do: 'tell', phase: phaseOf(node), reason: reasons.lossFrozen, message: mirror.frozen, afterMs: 30_000, expect: true }
  }
  return (hasJoined(node) ? planAftermath(facts) : undefined) ?? { do: 'release' }
}

/** Shorter waits are not worth a word. Milliseconds. */
const briefMs = 15_000

/** In words that stay the same while it lasts. */
const awaitProof = ({ flight, now }: NodeFacts, record: MachineRecord, mirror: Mirror): NodeStep => {
  const afterMs = proofInMs(record, flight, mirror, now)
  if (record.id !== undefined || afterMs < briefMs) return { do: 'rest', expect: true, afterMs }
  const landing = describeMs(mirror.createTimeoutMs + mirror.consistencyWindowMs)
  const message =
    'a create of its machine may still be under way, and this Node is kept for what it may make: ' +
    `it goes ${landing} after the last moment at which one can have been sent, unless a machine turns up ` +
    `(${landing}: what provider ${record.provider} takes for a create, and to show it)`
  return { do: 'tell', phase: 'Deleting', reason: 'CreateMayBeUnderWay', message, afterMs, expect: true }
}

/** An accepted deletion is asked for again when its machine is still there after a while: an acceptance can be lost too. */
const repeatDeletionMs = 120_000
const isAccepted = (acceptedAt: number | undefined, now: number): boolean => acceptedAt !== undefined && now - acceptedAt < repeatDeletionMs
