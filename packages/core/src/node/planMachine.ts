import { type Node, type Taint, conditionStatus, conditions, hasTaint, labels, nameOf, taints } from '../api/index.ts'
import { type MachineRecord, hasJoined, phaseOf, redress, readyStatus } from '../claim/index.ts'
import type { Machine } from '../provider/index.ts'
import { describeMs } from '../runtime/index.ts'
import type { Mirror, NodeFacts } from './facts.ts'
import { oldest } from './oldest.ts'
import { isMissingForGood, provenEmpty } from './proof.ts'
import { type NodeStep, waitAfter } from './step.ts'

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
    if (due.length > 0) return { do: 'remove', machines: due, why }
  }
  if (!machine) return planMissing(facts, record, mirror)
  return hasJoined(facts.node) ? planJoined(facts, record, machine) : planBoot(facts, record, machine, mirror)
}

const isWanted =
  ({ flight }: NodeFacts) =>
  ({ id, state }: Machine): boolean =>
    state !== 'stopping' && !flight.deletions.has(id)

/** A record that a restore took back names a machine that may be long gone, and this is the one that lives. */
const planSuccession = ({ flight }: NodeFacts, mirror: Mirror, other: Machine): NodeStep =>
  isMissingForGood(flight, mirror) && mirror.frozen === undefined
    ? { do: 'note', machine: other }
    : { do: 'rest', afterMs: 5_000, expect: true }

/** A kubelet reads its Node every 10 s, and writes what a restored API server has forgotten of it. */
const graceMs = 60_000

const planBoot = (facts: NodeFacts, record: MachineRecord, machine: Machine, mirror: Mirror): NodeStep => {
  const { node, now, flight, timeouts } = facts
  if (flight.deletions.has(machine.id)) return { do: 'rest', expect: true }
  const until = joinDeadline(facts, record, mirror)
  const left = until - now.wall
  if (left <= 0) {
    const graceLeft = flight.inherited ? flight.firstSeenAt + graceMs - now.monotonic : 0
    if (graceLeft > 0) return { do: 'rest', afterMs: graceLeft }
    if (mirror.distrusted !== undefined) {
      return { do: 'tell', phase: phaseOf(node), reason: 'DeletionsFrozen', message: mirror.distrusted, afterMs: 30_000 }
    }
    const why = `no kubelet joined as "${nameOf(node)}" within ${describeMs(timeouts.joinMs)} (spec.timeouts.join of the class)`
    return { do: 'remove', machines: [machine], why }
  }
  if (flight.document?.kind === 'kept' && flight.document.expiresAt < until) return { do: 'extendToken', until }
  if (mirror.bootstrap !== 'steps' || record.token === undefined || flight.configuredAt !== undefined) return { do: 'rest', afterMs: left }
  return planConfiguration(facts, machine, left)
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
  return { do: 'configure', machine }
}

const planJoined = ({ node, offer, dress }: NodeFacts, record: MachineRecord, machine: Machine): NodeStep => {
  const ready = readyStatus(node)
  // Without kube-controller-manager's own taint a node that is not ready would take pods as soon as ours is off.
  const up = ready === 'True' || (ready === 'False' && hasTaint(node.spec?.taints, { key: taints.notReady }))
  const running = ready === 'True' && !hasStartupTaints(node, offer.problem ? [] : (offer.nodeClass.spec.template?.startupTaints ?? []))
  const known = node.spec?.providerID !== undefined && (machine.zone === undefined || node.metadata?.labels?.[labels.zone] !== undefined)
  const due =
    !known ||
    record.token !== undefined ||
    (up && hasTaint(node.spec?.taints, { key: taints.notUp })) ||
    (running && phaseOf(node) !== 'Running')
  if (due) return { do: 'join', machine, up, running }
  const told = conditionStatus(node.status?.conditions, conditions.machineProvisioned) === 'True'
  if (running && !told) return { do: 'confirmProvisioned' }
  const change = dress && redress(node, dress)
  return change ? { do: 'redress', redress: change } : { do: 'rest' }
}

/** Startup taints hold the phase, not the pods: the DaemonSet that removes them must be able to run. */
const hasStartupTaints = (node: Node, startupTaints: readonly Taint[]): boolean =>
  startupTaints.some(taint => node.spec?.taints?.some(t => t.key === taint.key && t.effect === taint.effect))

const planMissing = (facts: NodeFacts, record: MachineRecord, mirror: Mirror): NodeStep => {
  const { node, offer, flight, now } = facts
  if (!provenEmpty(record, flight, mirror, now)) {
    return mirror.listProblem === undefined
      ? { do: 'rest', afterMs: 5_000, expect: true }
      : {
          do: 'tell',
          phase: phaseOf(node),
          reason: 'ProviderUnavailable',
          expect: true,
          afterMs: 30_000,
          message: `the provider's machines can't be listed: ${mirror.listProblem}`,
        }
  }
  // A list that lies makes a machine that still boots look lost too, and replacing it would make a second one.
  if (mirror.frozen !== undefined) {
    return { do: 'tell', phase: phaseOf(node), reason: 'MachineLossFrozen', message: mirror.frozen, afterMs: 30_000, expect: true }
  }
  if (!hasJoined(node)) {
    const { failure } = flight
    if (failure?.attempt === record.attempt && now.monotonic < failure.retryAt) return waitAfter('Provisioning', failure, now.monotonic)
    return offer.problem
      ? { do: 'tell', phase: 'Pending', ...offer.problem, afterMs: 60_000 }
      : { do: 'begin', attempt: record.attempt + 1, offer }
  }
  return {
    do: 'end',
    reason: 'MachineLost',
    message: `machine ${record.providerID ?? record.id ?? ''} no longer exists at the provider; the Node ends with it`,
  }
}
