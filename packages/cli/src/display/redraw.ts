import type { Alarm, Clock } from '@kube-node/core/runtime'

export interface RedrawOptions {
  readonly clock: Clock
  /** Rung at each change. */
  readonly changed: Alarm
  /** Milliseconds after which it is shown again without one; undefined: never. */
  readonly tickMs: number | undefined
  readonly show: () => void
}

/** No picture follows another sooner: a hundred changes at once are one change to the eye. */
const calmMs = 100

/** Shows, and again at each change. Ends when the signal fires, and never before. */
export const redraw = async ({ clock, changed, tickMs, show }: RedrawOptions, signal: AbortSignal): Promise<void> => {
  try {
    for (;;) {
      show()
      await changed.wait(tickMs, signal)
      await clock.sleep(calmMs, signal)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
