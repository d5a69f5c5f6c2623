import { annotations, conditionStatus, conditions, hasTaint, labels, taints } from '../api/index.ts'
import { type MachineRecord, canonicalJson, hasJoined, hasMachineFinalizer, phaseOf } from '../claim/index.ts'
import { revisionOfOffer } from '../inventory/index.ts'
import { describeMs } from '../runtime/index.ts'
import type { Failure, Mirror, MirrorProblem, Moment, NodeFacts } from './facts.ts'
import { limitReached } from './limitReached.ts'
import { reasons } from './loss.ts'
import { oldest } from './oldest.ts'
import { planAdopting, planAdoption } from './planAdoption.ts'
import { planMachine } from './planMachine.ts'
import { planMember } from './planMember.ts'
import { neverSent, proofInMs, provenEmpty } from './proof.ts'
import { type NodeStep, waitAfter } from './step.ts'

/** The way up: from a claim to a machine whose id stands in the record. */
export const planProvision = (facts: NodeFacts, record: MachineRecord | undefined): NodeStep => {
  const { node, mirror } = facts
  if (!record) return planBeginning(facts)
  if (!hasMachineFinalizer(node)) return { do: 'hold' }
  if (!mirror) return { do: 'rest' }
  if (mirror.problem) return planUnreachable(facts, record, mirror)
  if (record.group !== undefined) return planMember(facts, record, mirror)
  if (record.id === undefined && record.adopts !== undefined) return planAdoption(facts, record, mirror)
  return record.id === undefined ? planCreation(facts, record, mirror) : planMachine(facts, record, mirror)
}

/** A claim that was never sent may follow its class to another account; all others are bound to the one that the record names. */
const planUnreachable = ({ node, offer, flight, admitted }: NodeFacts, record: MachineRecord, { problem }: MirrorProblem): NodeStep => {
  const moved =
    !offer.problem && canonicalJson([offer.provider.name, offer.connection]) !== canonicalJson([record.provider, record.connection])
  if (moved && admitted && record.adopts === undefined && neverSent(record, flight))
    return { do: 'begin', attempt: record.attempt + 1, offer }
  return { do: 'tell', phase: phaseOf(node), ...problem, afterMs: 30_000 }
}

const planBeginning = (facts: NodeFacts): NodeStep => {
  const { node, offer, leftBehind } = facts
  const runs = hasJoined(node) || node.spec?.providerID !== undefined
  if (runs && node.metadata?.annotations?.[annotations.adopt] !== undefined) return planAdopting(facts)
  // Its machine is there, and takes its place, whatever the limit says.
  if (leftBehind && !offer.problem) return { do: 'begin', attempt: leftBehind.owner?.attempt ?? 1, offer }
  if (runs) return planStranger(facts)
  const reason = whyNotYet(facts)
  if (!reason && !offer.problem) return { do: 'begin', attempt: 1, offer }
  if (!hasTaint(node.spec?.taints, { key: taints.notUp })) return { do: 'shield' }
  return reason ?? { do: 'rest' }
}

/** It runs, and no machine of ours is known to carry its UID: who can't look does not know. */
const planStranger = ({ offer, mirror }: NodeFacts): NodeStep => {
  const blind = offer.problem ?? mirror?.problem
  if (blind) return tell(blind.reason, `whether its machine is one of ours is not known: ${blind.message}`, 30_000)
  return tell(
    'AlreadyRunning',
    'this Node already runs on a machine that kube-node did not make, and a second one is not made: ' +
      'remove the class label, or adopt the machine (kube-node adopt)',
    60_000,
  )
}

const whyNotYet = ({ offer, admitted, mirror }: NodeFacts): NodeStep | undefined => {
  if (offer.problem) return tell(offer.problem.reason, offer.problem.message, 60_000)
  if (admitted) return mirror?.problem && tell(mirror.problem.reason, mirror.problem.message, 30_000)
  return limitReached(offer)
}

const planCreation = (facts: NodeFacts, record: MachineRecord, mirror: Mirror): NodeStep => {
  const { flight, node, now } = facts
  const failure = flight.failure?.attempt === record.attempt ? flight.failure : undefined
  // A machine that turned up after a lost answer, or that an earlier life made: never a second one beside it.
  const found = oldest(mirror.machines, record.attempt)
  const undone = failure?.madeNothing === true && mirror.listedAt < failure.retryAt - failure.delayMs
  if (found && !undone) return { do: 'note', machine: found }

  if (conditionStatus(node.status?.conditions, conditions.machineProvisioned) === 'True') return { do: 'sayProvisioning' }

  const corrected = failure?.madeNothing === true && isCorrected(failure, facts, mirror)
  // Sold out where this attempt asks: nobody is asked there meanwhile, however long its backoff is.
  if (failure?.elsewhere && !corrected && flight.unknownSince !== undefined)
    return planGivingUp(facts, record, mirror, soldOutHere(failure))
  if (failure && !corrected && now.monotonic < failure.retryAt) return waitAfter('Provisioning', failure, now.monotonic)
  // The list showed what was being made, before its create said that nothing came of it.
  if (found) return { do: 'rest', afterMs: 5_000, expect: true }

  // What an earlier life may have sent is looked up before anything is sent again. So is what a restored API server may have forgotten.
  if (mirror.listedAt === -Infinity || (flight.inherited && mirror.listedAt < flight.firstSeenAt)) return lookingUp(mirror)

  if (record.waits) return planSeating(facts, record, mirror)
  if (facts.stockout && !corrected) return awaitStock(facts.stockout, record, now)
  if (failure && !mayRepeat(failure, facts) && provenEmpty(record, flight, mirror, now)) return planNextAttempt(facts, record)
  if (isOverdue(facts, record)) return planGivingUp(facts, record, mirror, overdue(facts))
  if (neverSent(record, flight) && isOutdated(facts)) return planNextAttempt(facts, record)
  if (flight.document?.kind === 'lost')
    return neverSent(record, flight) ? planNextAttempt(facts, record) : planGivingUp(facts, record, mirror, lostDocument)
  if (mirror.idempotency === 'lookup' && flight.unknownSince !== undefined && !provenEmpty(record, flight, mirror, now)) {
    const afterMs = proofInMs(record, flight, mirror, now)
    return { do: 'rest', afterMs, expect: true }
  }
  // Token and name make a repeated request harmless: it finds what an earlier one made.
  return { do: 'create' }
}

interface Told {
  readonly reason: string
  readonly message: string
}

/** Nothing of this attempt is asked for again: the next one begins when it can bring nothing any more. */
const planGivingUp = (facts: NodeFacts, record: MachineRecord, mirror: Mirror, told: Told): NodeStep =>
  provenEmpty(record, facts.flight, mirror, facts.now)
    ? planNextAttempt(facts, record)
    : { do: 'tell', phase: 'Provisioning', ...told, afterMs: proofInMs(record, facts.flight, mirror, facts.now), expect: true }

const soldOutHere = ({ reason, message }: Failure): Told => ({
  reason,
  message: `${message}; an earlier request may still bring a machine: another place is asked when none can any more`,
})

const overdue = ({ timeouts, flight }: NodeFacts): Told => ({
  reason: 'ProvisionTimeout',
  message:
    `no machine within ${describeMs(timeouts.provisionMs)} (spec.timeouts.provision of the class), and one may still turn up: ` +
    `another attempt begins when none can any more${flight.failure ? `; the last answer: ${flight.failure.message}` : ''}`,
})

const lostDocument: Told = {
  reason: 'BootstrapLost',
  message:
    'the Secret with what this attempt sends is gone, and a machine of it may still turn up: ' +
    'another attempt begins when none can any more',
}

/** Turned away at the door: the cloud remembers nothing of the request. */
const atTheDoor: ReadonlySet<string> = new Set(['RateLimited', 'Busy'])

/**
 * The same request once more, rather than another attempt: should the network have sent the one that was turned away a second time,
 * both get the same machine.
 */
const mayRepeat = (failure: Failure, facts: NodeFacts): boolean =>
  failure.madeNothing && atTheDoor.has(failure.reason) && !isOutdated(facts)

/** Born by a set into a class with a limit. After a restore something of it may have been sent all the same. */
const planSeating = ({ offer, admitted, flight, now }: NodeFacts, record: MachineRecord, mirror: Mirror): NodeStep => {
  if (offer.problem) return tell(offer.problem.reason, offer.problem.message, 60_000)
  if (!admitted) return limitReached(offer)
  // While it waits nothing is sent, whichever life looks: only a backup brings back a record that is older than its machine.
  const believed = neverSent(record, flight) || mirror.distrusted === undefined
  if (believed || provenEmpty(record, flight, mirror, now)) return { do: 'begin', attempt: record.attempt, offer }
  return { do: 'rest', afterMs: proofInMs(record, flight, mirror, now), expect: true }
}

/** In words that stay the same while it lasts: a thousand claims that wait for the same thing are written once each. */
const awaitStock = ({ message, retryAt }: NonNullable<NodeFacts['stockout']>, record: MachineRecord, now: Moment): NodeStep => ({
  do: 'tell',
  phase: 'Provisioning',
  reason: 'InsufficientCapacity',
  message: `provider ${record.provider}: InsufficientCapacity: ${message}; of the nodes that wait for it one at a time asks again`,
  afterMs: Math.max(1, retryAt - now.monotonic),
})

/** Something was sent, and no machine of this attempt has come to light in spec.timeouts.provision. */
const isOverdue = ({ flight, now, timeouts }: NodeFacts, record: MachineRecord): boolean =>
  !neverSent(record, flight) && now.wall > Date.parse(record.startedAt ?? '') + timeouts.provisionMs

/** What the failure was about may be mended: the class, its Secret or what its bootstrap takes from elsewhere is another since then. */
const isCorrected = (failure: Failure, { offer, inputs }: NodeFacts, mirror: Mirror): boolean =>
  failure.credentials !== mirror.credentials ||
  failure.inputs !== inputs ||
  (!offer.problem && offer.nodeClass.metadata?.generation !== failure.classGeneration)

/** The class was edited after this attempt was decided and before anything of it was sent: what it would send is neither old nor new. */
const isOutdated = ({ node, offer }: NodeFacts): boolean =>
  !offer.problem && node.metadata?.labels?.[labels.revision] !== revisionOfOffer(offer)

/** A new attempt sends what the class says today: a corrected class is the way out of a failed one. */
const planNextAttempt = ({ offer }: NodeFacts, record: MachineRecord): NodeStep =>
  offer.problem ? tell(offer.problem.reason, offer.problem.message, 60_000) : { do: 'begin', attempt: record.attempt + 1, offer }

const lookingUp = (mirror: Mirror): NodeStep =>
  mirror.listProblem === undefined
    ? { do: 'rest', afterMs: 5_000, expect: true }
    : {
        do: 'tell',
        phase: 'Provisioning',
        reason: reasons.unavailable,
        expect: true,
        afterMs: 10_000,
        message: `the provider's machines can't be listed, and nothing is created before that: ${mirror.listProblem}`,
      }

const tell = (reason: string, message: string, afterMs: number): NodeStep => ({ do: 'tell', phase: 'Pending', reason, message, afterMs })
