import type { Metrics, Source } from '../engine/index.ts'
import { errorText } from '../runtime/index.ts'
import type { Life } from './life.ts'

/**
 * Does something for the life that leads, every so often, until its end. What fails is done again the next time; it is told once for as
 * long as it fails alike. `begin` is called once a run: what one sweep leaves for the next belongs to it.
 */
export const sweepSource = (
  life: () => Life | undefined,
  everyMs: number,
  what: string,
  begin: (metrics: Metrics) => (current: Life) => Promise<void>,
): Source => ({
  async run({ runtime, signal, log, metrics }) {
    const sweep = begin(metrics)
    let said: string | undefined
    while (!signal.aborted) {
      await runtime.clock.sleep(everyMs, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
      const current = life()
      if (signal.aborted || !current) return
      try {
        await sweep(current)
        said = undefined
      } catch (error) {
        if (signal.aborted) return
        const text = errorText(error)
        if (text !== said) log('warn', `${what} failed`, { error: text })
        said = text
      }
    }
  },
})
