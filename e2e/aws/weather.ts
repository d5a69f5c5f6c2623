import type { AwsProxy } from './proxy.ts'
import { throttled } from './wire.ts'

/** What an account has to bear while it is asked. */
export interface Weather extends Disposable {
  /** Answers that never arrived. */
  readonly lost: number
  /** Requests that were refused for coming too fast. */
  readonly refused: number
}

const lostShare = 0.05
/** Of so many requests, so many in a row are refused. */
const [burstEvery, burstOf] = [60, 6]

/** Of what AWS has done, one answer of twenty is lost; refusals for haste come in bursts. @param seed of which answers are lost. */
export const roughWeather = (proxy: AwsProxy, seed: number): Weather => {
  let [lost, refused, asked] = [0, 0, 0]
  const random = randomFrom(seed)
  const stack = new DisposableStack()
  stack.defer(
    proxy.losing((_, { status }) => {
      const isLost = status === 200 && random() < lostShare
      if (isLost) lost += 1
      return isLost
    }),
  )
  stack.defer(
    proxy.answering(request => {
      asked += 1
      if (asked % burstEvery >= burstOf) return undefined
      refused += 1
      return throttled(request)
    }),
  )
  return {
    get lost() {
      return lost
    },
    get refused() {
      return refused
    },
    [Symbol.dispose]: () => stack.dispose(),
  }
}

/** mulberry32: numbers from 0 to below 1 that look like chance, the same for a seed. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
