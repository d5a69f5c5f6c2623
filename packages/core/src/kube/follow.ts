/** A signal of our own that also fires with another one. */
export interface Followed extends Disposable {
  readonly signal: AbortSignal
  abort(reason: unknown): void
}

/**
 * Follows `signal`, until it is disposed. AbortSignal.any would keep an entry in a long-lived signal for as long as that
 * lives: one for each request that a manager ever made.
 */
export const follow = (signal: AbortSignal | undefined): Followed => {
  const own = new AbortController()
  const onAbort = (): void => own.abort(signal?.reason)
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort, { once: true })
  return {
    signal: own.signal,
    abort: reason => own.abort(reason),
    [Symbol.dispose]: () => signal?.removeEventListener('abort', onAbort),
  }
}
