import { linkedAbort, untilAborted } from './abort.ts'
import type { Clock } from './runtime.ts'

/** The one sleep of a loop, which others can end early. */
export interface Alarm {
  /**
   * Resolves after `ms` (never, when undefined), or as soon as somebody rings. A ring while nobody waits ends the next
   * wait at once. One waiter at a time. Rejects with the signal's reason when that fires.
   */
  wait(ms: number | undefined, signal: AbortSignal): Promise<void>
  ring(): void
}

export const createAlarm = (clock: Clock): Alarm => {
  const woken = Symbol('woken')
  let rung = false
  let wake: (() => void) | undefined
  return {
    ring: () => {
      rung = true
      wake?.()
    },
    async wait(ms, signal) {
      signal.throwIfAborted()
      if (!rung) {
        const nap = linkedAbort(signal)
        wake = () => nap.abort(woken)
        try {
          await (ms === undefined ? untilAborted(nap.signal) : clock.sleep(ms, nap.signal))
        } catch (error) {
          if (error !== woken) throw error
        } finally {
          wake = undefined
          nap[Symbol.dispose]()
        }
      }
      rung = false
    },
  }
}
