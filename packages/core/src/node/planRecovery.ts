import { type Node, conditionTime, conditions, findCondition, labels } from '../api/index.ts'
import { type MachineRecord, type Recovery, type Words, phaseOf, tookOver } from '../claim/index.ts'
import { revisionOfOffer } from '../inventory/index.ts'
import type { Machine } from '../provider/index.ts'
import type { Mirror, NodeFacts, Timeouts } from './facts.ts'
import { type NodeStep, atLatestAfter, waitAfter } from './step.ts'

/** Each is a token, and all steps once more. What three of them have not brought back, a fourth one will not. */
const mostTries = 3
/** After so long Kubernetes takes the pods of a node that is not reachable away: it is no outage any more that everybody waits out. */
const leastPatienceMs = 300_000
const lookAgainMs = 3_600_000

const reasons = { silent: 'KubeletSilent', replace: 'ReplacementNeeded' } as const

/**
 * A claim whose machine has joined: `joined` plans what is due while its kubelet is heard. One that is silent for longer than a machine of
 * its class takes to boot and join, on a machine that runs, may have lost its certificates: it gets a fresh token where the provider can
 * bring it one. Everybody else is told that the machine must be replaced, and nothing is deleted.
 */
export const planRecovery = (
  facts: NodeFacts,
  record: MachineRecord,
  mirror: Mirror,
  machine: Machine,
  joined: (record: MachineRecord) => NodeStep,
): NodeStep => {
  const { node } = facts
  const since = silentSince(node)
  if (since === undefined) {
    const step = joined(record)
    return step.do === 'rest' && saysSilence(node) ? { do: 'confirmProvisioned' } : step
  }
  const usual = joined(record.recovery ? quiet(record) : record)
  if (usual.do !== 'rest') return usual
  const { recovery, token } = record
  if (recovery && token !== undefined) return planTry(facts, record, mirror, machine, recovery)
  if (machine.state !== 'running') return usual
  return recovery ? planNextTry(facts, record, mirror, recovery) : planFirstTry(facts, record, mirror, since, usual)
}

/** Its kubelet is silent, as the node lifecycle controller says: since when. */
const silentSince = (node: Node): number | undefined => {
  const ready = findCondition(node.status?.conditions, 'Ready')
  return ready?.status === 'Unknown' ? Date.parse(ready.lastTransitionTime ?? '') : undefined
}

const saysSilence = (node: Node): boolean => {
  const said = findCondition(node.status?.conditions, conditions.machineProvisioned)
  return said?.reason === reasons.silent || said?.reason === reasons.replace
}

const quiet = ({ token: _token, recovery: _recovery, ...rest }: MachineRecord): MachineRecord => rest

/** What a class allows a machine from its first boot to its kubelet: a reboot takes no longer. */
const patienceMs = ({ joinMs }: Timeouts): number => Math.max(joinMs, leastPatienceMs)

/** A machine that was switched on again, and one that this life sees for the first time, has all of it. */
const patienceLeftMs = ({ flight, now, timeouts }: NodeFacts, since: number): number => {
  const patience = patienceMs(timeouts)
  const left = (flight.runningSince ?? now.monotonic) + patience - now.monotonic
  return Number.isNaN(since) ? left : Math.max(left, since + patience - now.wall)
}

const planFirstTry = (facts: NodeFacts, record: MachineRecord, mirror: Mirror, since: number, usual: NodeStep): NodeStep => {
  const leftMs = patienceLeftMs(facts, since)
  return leftMs > 0 ? atLatestAfter(leftMs, usual) : planBeginning(facts, record, mirror, 1)
}

const planNextTry = (facts: NodeFacts, record: MachineRecord, mirror: Mirror, last: Recovery): NodeStep => {
  const { node, now, timeouts } = facts
  const words = afterTry(facts, last)
  if (last.number >= mostTries) return tell(node, words, lookAgainMs)
  const leftMs = Math.max(nextTryAt(last, timeouts) - now.wall, patienceLeftMs(facts, Number.NaN))
  return leftMs > 0 ? tell(node, words, leftMs) : planBeginning(facts, record, mirror, last.number + 1)
}

const planBeginning = (facts: NodeFacts, record: MachineRecord, mirror: Mirror, number: number): NodeStep => {
  const { node, now, offer } = facts
  const why = whyUndeliverable(facts, record, mirror)
  if (why !== undefined || offer.problem) {
    const message = `${silence(node)}: if it has lost its certificates, its machine must be replaced, as ${why}. ${howToReplace(node)}`
    return tell(node, wordsOf(reasons.replace, message), lookAgainMs)
  }
  const recovery: Recovery = { number, startedAt: conditionTime(now.wall) }
  return { do: 'beginRecovery', recovery, offer, said: duringTry(facts, recovery) }
}

/** In words, why no token can be brought to this machine; undefined when one can. */
const whyUndeliverable = ({ node, offer }: NodeFacts, record: MachineRecord, mirror: Mirror): string | undefined => {
  if (mirror.bootstrap !== 'steps') return `provider ${record.provider} can bring a bootstrap token to new machines alone`
  if (mirror.nodeNames === 'cloud' || tookOver(node)) return 'a machine whose cloud names its Node joins once alone'
  if (offer.problem) return `its class does not say how it joins: ${offer.problem.message}`
  if ((offer.nodeClass.spec.bootstrap?.type ?? 'none') === 'none') return 'its class says how machines join without a token of kube-node'
  if (revisionOfOffer(offer) !== node.metadata?.labels?.[labels.revision])
    return 'what its class says has changed since the machine was made, and what it says now would make it neither old nor new'
  return undefined
}

/** One is under way: it is recorded, and its token exists or is about to. */
const planTry = (facts: NodeFacts, record: MachineRecord, mirror: Mirror, machine: Machine, recovery: Recovery): NodeStep => {
  const { flight, inputs, node, now, timeouts } = facts
  const leftMs = endOfTry(recovery, timeouts) - now.wall
  const ended: NodeStep = { do: 'endRecovery', said: afterTry(facts, recovery) }
  if (leftMs <= 0 || flight.document?.kind === 'lost') return ended
  if (flight.document === undefined && whyUndeliverable(facts, record, mirror) !== undefined) return ended
  const waiting = tell(node, duringTry(facts, recovery), leftMs)
  if (machine.state !== 'running' || flight.configuredAt !== undefined) return waiting
  const { failure } = flight
  const isMended = failure?.credentials !== mirror.credentials || failure.inputs !== inputs
  if (failure && !isMended && now.monotonic < failure.retryAt) return waitAfter(phaseOf(node), failure, now.monotonic)
  return flight.document === undefined ? { do: 'prepareRecovery' } : { do: 'configure', machine, withinMs: leftMs }
}

const endOfTry = ({ startedAt }: Recovery, { provisionMs, joinMs }: Timeouts): number => Date.parse(startedAt) + provisionMs + joinMs

const nextTryAt = (last: Recovery, timeouts: Timeouts): number => endOfTry(last, timeouts) + patienceMs(timeouts) * 2 ** (last.number - 1)

const duringTry = ({ node, timeouts }: NodeFacts, recovery: Recovery): Words =>
  wordsOf(
    reasons.silent,
    `${silence(node)}: in case it has lost its certificates, all steps are done on its machine again, with a new bootstrap token ` +
      `(try ${recovery.number} of ${mostTries}, until ${conditionTime(endOfTry(recovery, timeouts))})`,
  )

const afterTry = ({ node, timeouts }: NodeFacts, last: Recovery): Words =>
  last.number < mostTries
    ? wordsOf(
        reasons.silent,
        `${silence(node)}: try ${last.number} of ${mostTries} to let it in again with a new bootstrap token has not brought it back; ` +
          `the next one begins after ${conditionTime(nextTryAt(last, timeouts))}`,
      )
    : wordsOf(
        reasons.replace,
        `${silence(node)}: ${mostTries} tries to let it in again with a new bootstrap token have not brought it back, and its machine ` +
          `must be replaced. ${howToReplace(node)}`,
      )

const silence = (node: Node): string => {
  const since = silentSince(node) ?? Number.NaN
  return `its kubelet has been silent${Number.isNaN(since) ? '' : ` since ${conditionTime(since)}`}, and its machine runs`
}

const howToReplace = (node: Node): string =>
  node.metadata?.labels?.[labels.nodeset] === undefined
    ? 'Delete this Node, and create it again'
    : 'Delete this Node, and its NodeSet makes another one; with spec.repair it does both by itself'

const wordsOf = (reason: string, message: string): Words => ({ type: conditions.machineProvisioned, status: 'False', reason, message })

const tell = (node: Node, { reason = '', message = '' }: Words, afterMs: number): NodeStep => ({
  do: 'tell',
  phase: phaseOf(node),
  reason,
  message,
  afterMs,
})
