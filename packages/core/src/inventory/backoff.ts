import type { ErrorCode, ProviderError } from '../provider/index.ts'
import type { Runtime } from '../runtime/index.ts'

/** First and longest wait in milliseconds, by what went wrong. Every failure in a row doubles it. */
const waits: Readonly<Record<ErrorCode, readonly [first: number, longest: number]>> = {
  NotFound: [1_000, 60_000],
  InvalidConfig: [30_000, 600_000],
  Unauthorized: [10_000, 300_000],
  InsufficientCapacity: [15_000, 300_000],
  QuotaExceeded: [30_000, 600_000],
  RateLimited: [2_000, 60_000],
  Busy: [2_000, 60_000],
  Unavailable: [1_000, 60_000],
  Internal: [2_000, 120_000],
}

/** Milliseconds until the next try, with a tenth of jitter so that a thousand claims do not come back as one. */
export const backoffMs = (error: ProviderError, failuresInARow: number, runtime: Runtime): number => {
  const [first, longest] = waits[error.code]
  const grown = Math.min(longest, first * 2 ** Math.min(failuresInARow, 20))
  const asked = error.facts.retryAfterMs ?? 0
  return Math.round(Math.max(asked, grown * (0.9 + runtime.random() / 5)))
}
