import type { MachineRecord } from '../claim/index.ts'
import type { Flight, Mirror, Moment } from './facts.ts'

/**
 * Whether it is certain that no machine of this claim exists, and that none can still turn up. A list proves nothing
 * about calls that may be under way: it must have begun after the last of them can have taken effect and become visible.
 */
export const provenEmpty = (record: MachineRecord, flight: Flight, mirror: Mirror, now: Moment): boolean => {
  if (mirror.machines.length > 0) return false
  const lastDeletion = Math.max(-Infinity, ...flight.deletions.values())
  if (mirror.listedAt <= lastDeletion) return false
  if (record.id === undefined) return mirror.listedAt > lastLanding(flight, mirror)
  return recordedIsGone(record.id, flight, mirror) && noSecondLanding(record, flight, mirror, now)
}

/** Monotonic time after which no create that may have been sent can still take effect or come to light. */
const lastLanding = ({ unknownSince }: Flight, mirror: Mirror): number =>
  unknownSince === undefined ? -Infinity : unknownSince + landingMs(mirror)

const landingMs = (mirror: Mirror): number => mirror.createTimeoutMs + mirror.consistencyWindowMs

/**
 * The id is known. After an accepted deletion one later list is enough; a machine that went by itself must be missing
 * from lists for a whole consistency window: the first of them may only have been late.
 */
const recordedIsGone = (id: string, flight: Flight, mirror: Mirror): boolean =>
  flight.deletions.has(id) || (flight.missingSince !== undefined && mirror.listedAt > flight.missingSince + mirror.consistencyWindowMs)

/**
 * An older create of the same attempt, sent by a life that died, may land when the machine is gone already. A token
 * still answers with the dead machine then; a name is free again, and would get a machine that no claim knows of.
 * No create was sent after the id was written, so its time bounds them all for a life that did not see them.
 */
const noSecondLanding = (record: MachineRecord, flight: Flight, mirror: Mirror, now: Moment): boolean => {
  if (mirror.idempotency === 'token') return true
  if (!flight.inherited) return mirror.listedAt > lastLanding(flight, mirror)
  const listedAtWall = now.wall - (now.monotonic - mirror.listedAt)
  const notedAt = Date.parse(record.createdAt ?? '')
  return Number.isNaN(notedAt) ? mirror.listedAt > lastLanding(flight, mirror) : listedAtWall > notedAt + landingMs(mirror)
}

/** Milliseconds (monotonic) until a list could bring the proof; for how long to wait at the least. */
export const proofInMs = (flight: Flight, mirror: Mirror, now: number): number => {
  const from = flight.unknownSince === undefined ? now : lastLanding(flight, mirror)
  return Math.max(500, from - now)
}
