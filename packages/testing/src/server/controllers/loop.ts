import type { Context } from '../context.ts'

export interface Loop {
  /** There is something to do. */
  wake(): void
  close(): void
}

/**
 * Work that a real cluster's controllers do a moment after the write that called for it: on the injected clock, never within
 * somebody's request. Asleep while there is nothing to do. `work` answers true when it wants to come again.
 */
export const loop = (context: Context, name: string, delayMs: number, work: () => boolean): Loop => {
  const closed = new AbortController()
  let running = false
  let woken = false

  const run = async (): Promise<void> => {
    running = true
    try {
      while (woken) {
        await context.runtime.clock.sleep(delayMs, closed.signal)
        woken = false
        if (work()) woken = true
      }
    } catch (error) {
      if (!closed.signal.aborted) context.log('error', `the embedded API server's ${name} stopped`, { error: String(error) })
    } finally {
      running = false
    }
  }

  return {
    wake: () => {
      if (closed.signal.aborted) return
      woken = true
      if (!running) void run()
    },
    close: () => closed.abort(new Error('the embedded API server is closed')),
  }
}
