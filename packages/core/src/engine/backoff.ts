/** Of a delay that doubles with each failure. */
export interface Backoff {
  readonly firstMs: number
  readonly maxMs: number
}

/**
 * An error. controller-runtime begins at 5 ms, which asks a cloud that has just said no ten times in the first five
 * seconds; and ends at 1,000 s, which is longer than a person waits after repairing something.
 */
export const failureBackoff: Backoff = { firstMs: 200, maxMs: 300_000 }

/**
 * A conflict: somebody wrote in between, and the store will know in a moment. That is no failure, but two writers who
 * fight over a field must not spin either.
 */
export const conflictBackoff: Backoff = { firstMs: 10, maxMs: 5_000 }

/**
 * Milliseconds to wait after the nth time in a row (1 at first), jittered by a fifth both ways so that what failed together
 * does not come back together.
 */
export const backoffMs = (backoff: Backoff, times: number, random: () => number): number =>
  Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(times - 1, 30)) * (0.8 + 0.4 * random())
