import type { Clock } from '../runtime/index.ts'

export interface TokenBucketOptions {
  readonly clock: Pick<Clock, 'monotonic'>
  /** Tokens that come back in a second. */
  readonly perSecond: number
  /** Tokens in a full bucket; it starts full. */
  readonly burst: number
}

/** A rate limit with a burst. It keeps no timer: it says how long to wait. */
export interface TokenBucket {
  /** Takes a token, from the future if need be. Answers the milliseconds after which it is good: 0 now. */
  reserve(): number
  /** Takes a token if there is one now. */
  tryTake(): boolean
}

export const createTokenBucket = ({ clock, perSecond, burst }: TokenBucketOptions): TokenBucket => {
  let tokens = burst
  let at = clock.monotonic()

  const refill = (): void => {
    const now = clock.monotonic()
    tokens = Math.min(burst, tokens + ((now - at) / 1_000) * perSecond)
    at = now
  }

  return {
    reserve() {
      refill()
      tokens -= 1
      return tokens >= 0 ? 0 : (-tokens / perSecond) * 1_000
    },
    tryTake() {
      refill()
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}
