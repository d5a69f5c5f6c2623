import type { Clock } from '../runtime/index.ts'
import type { Member } from './plan/index.ts'

/**
 * Which classes, and which of their zones, were out of capacity a short while ago: read from what claims say of themselves, whichever
 * set they are of. Memory of a life: a new one asks once more.
 */
export interface Stock {
  /** Learns from these nodes. */
  learn(members: readonly Member[]): void
  /** Milliseconds until a place may be asked again; 0 where it may be now. */
  closedMs(className: string, zone: string | undefined): number
}

/** Twice as long each time. */
const closedFor = { first: 60_000, longest: 600_000 }

interface Entry {
  count: number
  until: number
  /** Ms since the epoch. */
  readonly since: number
}

export const createStock = (clock: Pick<Clock, 'now'>): Stock => {
  const entries = new Map<string, Entry>()
  const placeOf = (className: string | undefined, zone: string | undefined): string => JSON.stringify([className, zone])

  const close = (place: string, now: number): void => {
    const known = entries.get(place)
    if (known && now < known.until) return
    const count = known?.count ?? 0
    const until = now + Math.min(closedFor.longest, closedFor.first * 2 ** Math.min(count, 10))
    entries.set(place, { count: count + 1, until, since: known?.since ?? now })
  }

  return {
    learn(members) {
      const now = clock.now()
      for (const { className, zone, soldOut, madeAt } of members) {
        if (!soldOut && entries.size === 0) continue
        const place = placeOf(className, zone)
        if (soldOut) close(place, now)
        else if (madeAt !== undefined && madeAt > (entries.get(place)?.since ?? Infinity)) entries.delete(place)
      }
    },
    closedMs: (className, zone) => Math.max(0, (entries.get(placeOf(className, zone))?.until ?? 0) - clock.now()),
  }
}
