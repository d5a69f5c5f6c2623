import { annotations, labels } from '../api/index.ts'
import { type MachineRecord, hasJoined } from '../claim/index.ts'
import type { Failure, Mirror, NodeFacts } from './facts.ts'
import type { ErrorCode } from '../provider/index.ts'
import { limitReached } from './limitReached.ts'
import { oldest } from './oldest.ts'
import { neverSent, proofInMs, provenEmpty } from './proof.ts'
import { type NodeStep, waitAfter } from './step.ts'

/**
 * A Node that already runs is asked for by a class. First the record, with the machine that is to be adopted, and the finalizer; then our
 * tags on the machine; then its id in the record, when it carries them. A machine whose tags are not ours is never deleted.
 */
export const planAdopting = ({ node, offer, admitted, mirror, canAdopt }: NodeFacts): NodeStep => {
  const wanted = node.metadata?.annotations?.[annotations.adopt]
  const claimed = node.metadata?.labels?.[labels.class]
  if (wanted !== claimed) {
    return refuse(
      `annotation ${annotations.adopt} names class ${wanted ?? ''} and label ${labels.class} names ${claimed ?? ''}: make them one`,
    )
  }
  if (node.spec?.providerID === undefined) {
    return refuse('spec.providerID is not set, so that nobody can say which machine it runs on')
  }
  // A Node on which no kubelet is would be one that never joins, and its machine would be replaced for it.
  if (!hasJoined(node)) return refuse('no kubelet has joined under its name, and only what runs already is adopted')
  if (offer.problem) return refuse(offer.problem.message)
  if (!admitted) return limitReached(offer)
  if (mirror?.problem) return refuse(mirror.problem.message)
  if (canAdopt !== true) return refuse(`provider ${offer.provider.name} cannot adopt machines`)
  return { do: 'beginAdoption', offer, providerID: node.spec.providerID }
}

/** The record says which machine; it is ours when the provider shows our tags on it. */
export const planAdoption = ({ admitted, flight, now, offer }: NodeFacts, record: MachineRecord, mirror: Mirror): NodeStep => {
  const found = oldest(mirror.machines, record.attempt)
  if (found) return { do: 'note', machine: found }
  const { failure } = flight
  if (failure && now.monotonic < failure.retryAt) {
    const waits = waitAfter('Pending', failure, now.monotonic)
    if (!isRefusal(failure)) return waits
    // Before others hear that there is one.
    return record.waits ? { ...waits, reason: 'AdoptionRefused' } : { do: 'place', waits: true }
  }
  if (record.waits) {
    if (admitted) return { do: 'place', waits: false }
    return offer.problem ? refuse(offer.problem.message) : limitReached(offer)
  }
  return { do: 'adopt', providerID: record.adopts ?? '' }
}

/**
 * Its Node is deleted before the machine was seen to be ours. A machine that turns out to be marked goes the way of all others; one that
 * is not, and can't be any more, is left as it is, with all that runs on it.
 */
export const planAbandonedAdoption = ({ flight, mirror, now }: NodeFacts, record: MachineRecord): NodeStep => {
  if (neverSent(record, flight)) return { do: 'release' }
  if (!mirror) return { do: 'rest' }
  if (mirror.problem) {
    const message = `whether its machine was marked as ours is not known: ${mirror.problem.message}`
    return { do: 'tell', phase: 'Deleting', reason: mirror.problem.reason, message, afterMs: 30_000 }
  }
  const found = oldest(mirror.machines, record.attempt)
  if (found) return { do: 'note', machine: found }
  if (provenEmpty(record, flight, mirror, now)) return { do: 'release' }
  return { do: 'rest', expect: true, afterMs: proofInMs(record, flight, mirror, now) }
}

/** There is no such machine, or it is somebody else's: no place is held for what may never come. */
const isRefusal = ({ reason }: Failure): boolean => refusals.has(reason)
const refusals: ReadonlySet<string> = new Set<ErrorCode>(['InvalidConfig', 'NotFound'])

const refuse = (message: string): NodeStep => ({
  do: 'tell',
  phase: 'Pending',
  reason: 'AdoptionRefused',
  message: `this Node is not adopted: ${message}`,
  afterMs: 60_000,
})
