import { setTimeout as sleep } from 'node:timers/promises'

export interface Patience {
  /** Ends the waiting: the test's own. */
  readonly signal: AbortSignal
  /** Default 60,000. */
  readonly withinMs?: number
}

const LOOK_EVERY_MS = 50

/**
 * Looks again and again until `look` throws no more, and answers what it answered.
 * @throws what the last look threw, when the time is over or the signal fires.
 */
export async function eventually<T>({ signal, withinMs = 60_000 }: Patience, look: () => T | Promise<T>): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (signal.aborted || performance.now() > deadline) throw error
    }
    await sleep(LOOK_EVERY_MS)
  }
}
