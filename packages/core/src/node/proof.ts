import type { MachineRecord } from '../claim/index.ts'
import type { Flight, Mirror } from './facts.ts'

/**
 * Whether it is certain that no machine of this claim exists, and that none can still turn up. A list proves nothing
 * about calls that may be under way: it must have begun after the last of them can have taken effect and become visible.
 */
export const provenEmpty = (record: MachineRecord, flight: Flight, mirror: Mirror): boolean => {
  if (mirror.machines.length > 0) return false
  const lastDeletion = Math.max(-Infinity, ...flight.deletions.values())
  if (mirror.listedAt <= lastDeletion) return false
  return record.id === undefined ? nothingUnderWay(flight, mirror) : recordedIsGone(record.id, flight, mirror)
}

/** No id was ever written: every call that may have been sent must be accounted for. */
const nothingUnderWay = (flight: Flight, mirror: Mirror): boolean => {
  const { unknownSince } = flight
  return unknownSince === undefined || mirror.listedAt > unknownSince + mirror.createTimeoutMs + mirror.consistencyWindowMs
}

/**
 * The id is known. After an accepted deletion one later list is enough; a machine that went by itself must be missing
 * from lists for a whole consistency window: the first of them may only have been late.
 */
const recordedIsGone = (id: string, flight: Flight, mirror: Mirror): boolean =>
  flight.deletions.has(id) || (flight.missingSince !== undefined && mirror.listedAt > flight.missingSince + mirror.consistencyWindowMs)

/** Milliseconds (monotonic) until a list could bring the proof; for how long to wait at the least. */
export const proofInMs = (flight: Flight, mirror: Mirror, now: number): number => {
  const from = flight.unknownSince === undefined ? now : flight.unknownSince + mirror.createTimeoutMs + mirror.consistencyWindowMs
  return Math.max(500, from - now)
}
