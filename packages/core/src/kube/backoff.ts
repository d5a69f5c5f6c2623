import type { Runtime } from '../runtime/index.ts'

/** Waits that grow, as client-go's reflector has them: from 0.8 s to 30 s, so that many clients don't come back in step. */
export interface Backoff {
  /** Failures in a row. */
  readonly failures: number
  /** Counts a failure and answers how long to wait, in milliseconds; never less than `atLeastMs`, which a server asked for. */
  next(atLeastMs?: number): number
  reset(): void
}

const firstMs = 800
const longestMs = 30_000

export const createBackoff = (runtime: Pick<Runtime, 'random'>): Backoff => {
  let failures = 0
  return {
    get failures() {
      return failures
    },
    next(atLeastMs = 0) {
      const base = Math.min(longestMs / 2, firstMs * 2 ** failures++)
      return Math.max(atLeastMs, base * (1 + runtime.random()))
    },
    reset() {
      failures = 0
    },
  }
}

/** False when the signal fired first. */
export const sleepUnless = async (signal: AbortSignal, runtime: Runtime, ms: number): Promise<boolean> => {
  try {
    await runtime.clock.sleep(ms, signal)
    return true
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}
