import type { Call } from '@kube-node/core/provider'

/**
 * Work that goes on beside the calls in which it was begun, and is no part of their time: one of a name at once, and so many of all. It
 * ends with whoever holds it.
 */
export interface Errands extends AsyncDisposable {
  isUnderWay(name: string): boolean
  /** Begins it, or has it wait for its turn. Resolves when it is over; `failed` hears of what it threw, but for the end of all. */
  run(name: string, call: Call, work: (call: Call) => Promise<void>, failed: (error: unknown) => void): Promise<void>
}

/** Each one is given up after this. Milliseconds. */
const longestMs = 300_000

export const createErrands = (concurrency: number): Errands => {
  const underWay = new Map<string, Promise<void>>()
  const closing = new AbortController()
  const waiting: (() => void)[] = []
  let free = concurrency

  const turn = async (): Promise<void> => {
    if (free > 0) free -= 1
    else await new Promise<void>(resolve => waiting.push(resolve))
  }
  const leave = (): void => {
    const next = waiting.shift()
    if (next) next()
    else free += 1
  }

  const inTurn = async ({ clock, log }: Call, work: (call: Call) => Promise<void>, failed: (error: unknown) => void): Promise<void> => {
    await turn()
    try {
      if (closing.signal.aborted) return
      using limit = limitOf({ clock, signal: closing.signal })
      await work({ signal: limit.signal, deadline: clock.now() + longestMs, clock, log })
    } catch (error) {
      if (!closing.signal.aborted) failed(error)
    } finally {
      leave()
    }
  }

  return {
    isUnderWay: name => underWay.has(name),
    run(name, call, work, failed) {
      const errand = inTurn(call, work, failed).finally(() => underWay.delete(name))
      underWay.set(name, errand)
      return errand
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the connection was given up'))
      await Promise.allSettled(underWay.values())
    },
  }
}

/** Fires when the other signal does, and after the longest time. */
const limitOf = ({ clock, signal }: Pick<Call, 'clock' | 'signal'>): Disposable & { readonly signal: AbortSignal } => {
  const over = new AbortController()
  const waiting = new AbortController()
  const follow = (): void => over.abort(signal.reason)
  signal.addEventListener('abort', follow, { once: true })
  clock.sleep(longestMs, waiting.signal).then(
    () => over.abort(new Error(`it was not done within ${longestMs / 60_000} min`)),
    () => undefined,
  )
  return {
    signal: over.signal,
    [Symbol.dispose]() {
      waiting.abort()
      signal.removeEventListener('abort', follow)
    },
  }
}
