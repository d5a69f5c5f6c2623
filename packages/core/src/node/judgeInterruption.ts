import type { AnnouncedEnd } from '../claim/index.ts'
import type { Interruption } from '../provider/index.ts'

export interface Hearing {
  /** What stands on the Node already. */
  readonly end: AnnouncedEnd | undefined
  /** A Node that is to stay has this machine. */
  readonly isOurs: boolean
  /** Wall time in milliseconds. */
  readonly now: number
}

export type InterruptionVerdict =
  /** Of no machine of ours, too old, or known. */
  | { readonly do: 'drop' }
  /** The machine has changed: list now. */
  | { readonly do: 'look' }
  | { readonly do: 'write'; readonly end: AnnouncedEnd }

/** A machine that is there so long after it was to go has outlived what was announced: that message lay in a queue meanwhile. */
const staleMs = 600_000

/** Pure. Told twice, it is written once; a time that was said is not taken back by an advice without one. */
export const judgeInterruption = ({ id, reason, at, kind }: Interruption, { end, isOurs, now }: Hearing): InterruptionVerdict => {
  if (!isOurs) return { do: 'drop' }
  if (kind === 'change') return { do: 'look' }
  if (at === undefined) return end ? { do: 'drop' } : { do: 'write', end: { id, reason } }
  const time = Date.parse(at)
  // A time that makes no sense is no reason to wait.
  if (Number.isNaN(time)) return { do: 'write', end: { id, reason, at: new Date(now).toISOString() } }
  if (time + staleMs < now) return { do: 'drop' }
  return end?.at === at && end.reason === reason ? { do: 'drop' } : { do: 'write', end: { id, reason, at } }
}
