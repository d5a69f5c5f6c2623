import type { MachineRecord } from '../claim/index.ts'
import type { Flight, Mirror, Moment } from './facts.ts'

/**
 * Whether it is certain that no machine of this claim exists, and that none can still turn up. A list proves nothing
 * about calls that may be under way: it must have begun after the last of them can have taken effect and become visible.
 */
export const provenEmpty = (record: MachineRecord, flight: Flight, mirror: Mirror, now: Moment): boolean =>
  mirror.machines.length === 0 && mirror.listedAt > provableFrom(record, flight, mirror, now)

/** Nobody can have asked for a machine: this life has not, and no other life has seen the claim. True proof without any list. */
export const neverSent = (record: MachineRecord, flight: Flight): boolean => record.id === undefined && !flight.inherited && !flight.sent

/** Monotonic milliseconds until a list could bring the proof; for how long to wait at the least. */
export const proofInMs = (record: MachineRecord, flight: Flight, mirror: Mirror, now: Moment): number => {
  const from = provableFrom(record, flight, mirror, now)
  return Math.max(shortestWaitMs, from === Infinity ? 0 : from - now.monotonic)
}

const shortestWaitMs = 500

/** Monotonic: a complete list without machines that began after this proves it. Infinity: no list has lacked the recorded one yet. */
const provableFrom = (record: MachineRecord, flight: Flight, mirror: Mirror, now: Moment): number => {
  const lastDeletion = Math.max(-Infinity, ...flight.deletions.values())
  if (record.id === undefined) return Math.max(lastDeletion, lastLanding(flight, mirror))
  return Math.max(lastDeletion, recordedIsGoneFrom(record.id, flight, mirror), lastSecondLanding(record, flight, mirror, now))
}

/**
 * After it no create that may have been sent can still take effect or come to light. One that has brought a machine may have been sent
 * again by somebody on the way, and without a token it brings another one.
 */
const lastLanding = ({ unknownSince = -Infinity, createdAt = -Infinity }: Flight, mirror: Mirror): number =>
  Math.max(unknownSince, mirror.idempotency === 'token' ? -Infinity : createdAt) + landingMs(mirror)

const landingMs = (mirror: Mirror): number => mirror.createTimeoutMs + mirror.consistencyWindowMs

/**
 * The id is known. After an accepted deletion one later list is enough, and so is one that shows its end, whoever asked for that; a
 * machine that only lacks must be missing from lists for a whole consistency window: the first of them may only have been late.
 */
const recordedIsGoneFrom = (id: string, flight: Flight, mirror: Mirror): number =>
  mirror.ended || flight.deletions.has(id) ? -Infinity : missingForGoodFrom(flight, mirror)

const missingForGoodFrom = ({ missingSince }: Flight, mirror: Mirror): number =>
  missingSince === undefined ? Infinity : missingSince + mirror.consistencyWindowMs

/** The recorded machine has been missing from lists for a whole consistency window. */
export const isMissingForGood = (flight: Flight, mirror: Mirror): boolean => mirror.listedAt > missingForGoodFrom(flight, mirror)

/**
 * An older create of the same attempt, sent by a life that died, may land when the machine is gone already. A token
 * still answers with the dead machine then; a name is free again, and would get a machine that no claim knows of.
 * No create was sent after the id was written, so its time bounds them all for a life that did not see them.
 */
const lastSecondLanding = (record: MachineRecord, flight: Flight, mirror: Mirror, now: Moment): number => {
  if (mirror.idempotency === 'token') return -Infinity
  const notedAt = Date.parse(record.createdAt ?? '')
  if (!flight.inherited || Number.isNaN(notedAt)) return lastLanding(flight, mirror)
  return now.monotonic + notedAt + landingMs(mirror) - now.wall
}
