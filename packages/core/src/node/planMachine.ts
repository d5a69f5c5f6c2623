import { type Node, type Taint, conditionTime, conditions, findCondition, hasTaint, nameOf, taints } from '../api/index.ts'
import { type MachineRecord, awaitingKubelet, hasJoined, phaseOf, provisioned, redress, readyStatus } from '../claim/index.ts'
import type { Machine } from '../provider/index.ts'
import { describeMs } from '../runtime/index.ts'
import { awaitOwnKubelet } from './planDoubt.ts'
import type { Mirror, NodeFacts } from './facts.ts'
import { awaitsInitialization, isIntroduced, placeLabelKeys } from './initialization.ts'
import { isAboutSight, reasons } from './loss.ts'
import { oldest } from './oldest.ts'
import { isJoined, planHandover } from './planHandover.ts'
import { heedAnnouncement } from './planInterruption.ts'
import { planRecovery } from './planRecovery.ts'
import { isMissingForGood, provenEmpty } from './proof.ts'
import { type NodeStep, atLatestAfter, waitAfter } from './step.ts'

/** A claim whose machine's id is known: until it runs, and for as long as it does. */
export const planMachine = (facts: NodeFacts, record: MachineRecord, mirror: Mirror): NodeStep => {
  const machine = mirror.machines.find(candidate => candidate.id === record.id)
  const extra = mirror.machines.filter(candidate => candidate.id !== record.id)
  if (extra.length > 0 && mirror.distrusted === undefined) {
    if (!machine && facts.node.spec?.providerID === undefined) {
      const other = oldest(extra.filter(isWanted(facts)), record.attempt)
      if (other) return planSuccession(facts, mirror, other)
    }
    const why = `${extra.map(m => m.id).join(', ')}: this claim's machine is ${record.id ?? ''}, and a claim has one`
    const due = extra.filter(m => !facts.flight.deletions.has(m.id))
    const afterMs = removableInMs(facts)
    if (due.length > 0 && afterMs === 0) return { do: 'remove', machines: due, why }
    if (due.length > 0) return atLatestAfter(afterMs, planRecorded(facts, record, machine, mirror))
  }
  return planRecorded(facts, record, machine, mirror)
}

const planRecorded = (facts: NodeFacts, record: MachineRecord, machine: Machine | undefined, mirror: Mirror): NodeStep => {
  if (!machine) return planMissing(facts, record, mirror)
  if (!isJoined(facts, mirror, machine)) return planBoot(facts, record, machine, mirror)
  return heedAnnouncement(facts, mirror, () => planRecovery(facts, record, mirror, machine, of => planJoined(facts, of, machine)))
}

/** Milliseconds until a removal may be asked for; after one that failed it waits. */
const removableInMs = ({ flight, now }: NodeFacts): number => Math.max(0, (flight.removalFailure?.retryAt ?? -Infinity) - now.monotonic)

const isWanted =
  ({ flight }: NodeFacts) =>
  ({ id, state }: Machine): boolean =>
    state !== 'stopping' && !flight.deletions.has(id)

/** A record that a restore took back names a machine that may be long gone, and this is the one that lives. */
const planSuccession = ({ flight, node }: NodeFacts, mirror: Mirror, other: Machine): NodeStep => {
  if (mirror.frozen !== undefined) return frozen(node, mirror.frozen)
  return isMissingForGood(flight, mirror) ? { do: 'note', machine: other } : { do: 'rest', afterMs: 5_000, expect: true }
}

const frozen = (node: Node, message: string): NodeStep => ({
  do: 'tell',
  phase: phaseOf(node),
  reason: reasons.lossFrozen,
  message,
  afterMs: 30_000,
  expect: true,
})

/** A kubelet reads its Node every 10 s, and writes what a restored API server has forgotten of it. */
const graceMs = 60_000

const planBoot = (facts: NodeFacts, record: MachineRecord, machine: Machine, mirror: Mirror): NodeStep => {
  const { isDoubted, node, now, flight, timeouts } = facts
  if (flight.deletions.has(machine.id)) return { do: 'rest', expect: true }
  const handover = planHandover(facts, record, machine)
  if (handover?.do === 'handOver') return handover
  const until = joinDeadline(facts, record, mirror)
  const left = until - now.wall
  // Nothing is deleted for a doubt: a machine that joined, and whose join nobody knows of, may run pods.
  if (left <= 0 && isDoubted) return awaitOwnKubelet(node, record, machine)
  if (left <= 0) {
    // Also of a claim that was begun here: a backup that is newer than what was restored before looks like what happened since, and says
    // of another past when the machine was made.
    const inMs = flight.inherited ? graceMs : Math.min(graceMs, timeouts.joinMs)
    const graceLeft = flight.firstSeenAt + inMs - now.monotonic
    if (graceLeft > 0) return { do: 'rest', afterMs: graceLeft }
    if (mirror.distrusted !== undefined) {
      return { do: 'tell', phase: phaseOf(node), reason: 'DeletionsFrozen', message: mirror.distrusted, afterMs: 30_000 }
    }
    const name = mirror.nodeNames === 'cloud' ? (machine.nodeName ?? 'a name that the cloud gives') : nameOf(node)
    const why = `no kubelet joined as "${name}" within ${describeMs(timeouts.joinMs)} (spec.timeouts.join of the class)`
    if (flight.removalFailure === undefined || removableInMs(facts) === 0) return { do: 'remove', machines: [machine], why }
    const waiting = waitAfter(phaseOf(node), flight.removalFailure, now.monotonic)
    return { ...waiting, message: `${why}, and its machine is not removed yet: ${waiting.message}`, expect: true }
  }
  if (flight.document?.kind === 'kept' && flight.document.expiresAt < until) return { do: 'extendToken', until }
  if (mirror.bootstrap === 'steps' && record.token !== undefined && flight.configuredAt === undefined)
    return told(node, machine, record, until, planConfiguration(facts, machine, left))
  if (isDoubted) return awaitOwnKubelet(node, record, machine)
  if (handover?.do === 'tell') return { ...handover, afterMs: Math.min(left, handover.afterMs) }
  // Who is told late what a machine is called sees late that its kubelet has registered.
  const isNameless = mirror.nodeNames === 'cloud' && machine.nodeName === undefined
  return told(node, machine, record, until, { do: 'rest', afterMs: left, ...(isNameless && { expect: true }) })
}

/** Who waits for a machine hears what its provider has to say of it and how long that may last, and nothing that was true before it. */
const told = (node: Node, { problem }: Machine, { provider }: MachineRecord, until: number, step: NodeStep): NodeStep => {
  if (step.do !== 'rest') return step
  const { afterMs = 0, expect = false } = step
  if (problem !== undefined) {
    const next = `if no kubelet has joined by ${conditionTime(until)}, its removal is asked for, and another one is made when it is gone`
    return {
      do: 'tell',
      phase: 'Booting',
      reason: 'MachineProblem',
      message: `provider ${provider}: ${problem}; ${next}`,
      afterMs,
      expect: true,
    }
  }
  const said = findCondition(node.status?.conditions, conditions.machineProvisioned)?.reason
  if (said === undefined || said === awaitingKubelet || said === provisioned.reason) return step
  const message = 'its machine is there, and its kubelet has not joined yet'
  return { do: 'tell', phase: 'Booting', reason: awaitingKubelet, message, afterMs, ...(expect && { expect }), event: 'Normal' }
}

/** Wall time. Where the provider has steps to do first, the time to join begins when they are done. */
const joinDeadline = ({ now, flight, timeouts }: NodeFacts, record: MachineRecord, mirror: Mirror): number => {
  const written = Date.parse(record.createdAt ?? record.startedAt ?? '')
  const since = Number.isNaN(written) ? now.wall : written
  if (mirror.bootstrap !== 'steps' || record.token === undefined) return since + timeouts.joinMs
  return flight.configuredAt === undefined ? since + timeouts.provisionMs + timeouts.joinMs : flight.configuredAt + timeouts.joinMs
}

const planConfiguration = ({ flight, now }: NodeFacts, machine: Machine, left: number): NodeStep => {
  // Without its document nothing can be done on it: its time runs out, and another one is made.
  if (flight.document?.kind === 'lost') return { do: 'rest', afterMs: left }
  if (machine.state !== 'running') return { do: 'rest', expect: true, afterMs: left }
  const { failure } = flight
  if (failure && now.monotonic < failure.retryAt) return waitAfter('Booting', failure, now.monotonic)
  return { do: 'configure', machine, withinMs: left }
}

export const planJoined = (facts: NodeFacts, record: MachineRecord, machine: Machine): NodeStep => {
  const { cloudControllerManager, dress, node, offer } = facts
  const ready = readyStatus(node)
  // Without kube-controller-manager's own taint a node that is not ready would take pods as soon as ours is off.
  const up = ready === 'True' || (ready === 'False' && hasTaint(node.spec?.taints, { key: taints.notReady }))
  const startupTaints = offer.problem ? [] : (offer.nodeClass.spec.template?.startupTaints ?? [])
  // Like startup taints it holds the phase, and not the pods: a cloud-controller-manager may run on the very node that it is to initialise.
  const running = ready === 'True' && !hasStartupTaints(node, startupTaints) && !awaitsInitialization(node, cloudControllerManager)
  const due =
    !isIntroduced(node, machine, cloudControllerManager) ||
    record.token !== undefined ||
    record.recovery !== undefined ||
    (up && hasTaint(node.spec?.taints, { key: taints.notUp })) ||
    (running && phaseOf(node) !== 'Running')
  if (due) return { do: 'join', machine, up, running }
  const told = findCondition(node.status?.conditions, conditions.machineProvisioned)
  // Also of one that has to wait yet: what was said before the join, or while its machine could not be seen, is not true any more.
  if (told?.status !== 'True' && (ready === 'True' || isAboutSight(told?.reason))) return { do: 'confirmProvisioned' }
  const change = dress && redress(node, dress, cloudControllerManager ? placeLabelKeys : undefined)
  return change ? { do: 'redress', redress: change } : { do: 'rest' }
}

/** Startup taints hold the phase, not the pods: the DaemonSet that removes them must be able to run. */
const hasStartupTaints = (node: Node, startupTaints: readonly Taint[]): boolean =>
  startupTaints.some(taint => node.spec?.taints?.some(t => t.key === taint.key && t.effect === taint.effect))

export const planMissing = (facts: NodeFacts, record: MachineRecord, mirror: Mirror): NodeStep => {
  const { node, offer, flight, now } = facts
  if (!provenEmpty(record, flight, mirror, now)) {
    return mirror.listProblem === undefined
      ? { do: 'rest', afterMs: 5_000, expect: true }
      : {
          do: 'tell',
          phase: phaseOf(node),
          reason: reasons.unavailable,
          expect: true,
          afterMs: 30_000,
          message: `the provider's machines can't be listed: ${mirror.listProblem}`,
        }
  }
  // A list that lies makes a machine that still boots look lost too, and replacing it would make a second one.
  if (mirror.frozen !== undefined) return frozen(node, mirror.frozen)
  if ((!hasJoined(node) || facts.isDoubted) && record.group === undefined) {
    const { failure } = flight
    if (failure?.attempt === record.attempt && now.monotonic < failure.retryAt) return waitAfter('Provisioning', failure, now.monotonic)
    return offer.problem
      ? { do: 'tell', phase: 'Pending', ...offer.problem, afterMs: 60_000 }
      : { do: 'begin', attempt: record.attempt + 1, offer }
  }
  const gone = `machine ${record.providerID ?? record.id ?? ''} no longer exists at the provider`
  if (facts.garbage === 'delete') return { do: 'end', reason: reasons.lost, message: `${gone}; the Node ends with it` }
  return { do: 'tell', phase: phaseOf(node), reason: reasons.lost, message: `${gone}: reported only, the Node is kept`, afterMs: 60_000 }
}
