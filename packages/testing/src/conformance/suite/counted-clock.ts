import type { Clock } from '@kube-node/core/runtime'

/** A clock that knows how many sleeps are under way, so that a test sees what somebody left behind. */
export interface CountedClock extends Clock {
  readonly sleeping: number
}

export const countedClock = (clock: Clock): CountedClock => {
  let sleeping = 0
  return {
    get sleeping() {
      return sleeping
    },
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    async sleep(ms, signal) {
      sleeping++
      try {
        await clock.sleep(ms, signal)
      } finally {
        sleeping--
      }
    },
  }
}
