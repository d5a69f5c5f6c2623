import type { Clock } from '../runtime/index.ts'

/** Ends what has been silent for too long. One timer, however much is heard. */
export interface Watchdog extends Disposable {
  /** Something came. */
  heard(): void
  /** True when it has barked. */
  readonly barked: boolean
}

/** Calls `bark` once, when nothing was heard for `afterMs`. */
export const createWatchdog = (clock: Clock, afterMs: number, bark: () => void): Watchdog => {
  const end = new AbortController()
  let last = clock.monotonic()
  let barked = false

  const guard = async (): Promise<void> => {
    for (let left = afterMs; left > 0; left = last + afterMs - clock.monotonic()) await clock.sleep(left, end.signal)
    barked = true
    bark()
  }
  guard().catch((error: unknown) => {
    if (!end.signal.aborted) throw error
  })

  return {
    heard() {
      last = clock.monotonic()
    },
    get barked() {
      return barked
    },
    [Symbol.dispose]: () => end.abort(),
  }
}
