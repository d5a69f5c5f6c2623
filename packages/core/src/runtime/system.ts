import { randomUUID } from 'node:crypto'
import { createLog } from './log.ts'
import type { Log, Runtime } from './runtime.ts'

/** setTimeout keeps its delay in 32 bits and fires at once above it. */
const longestTimer = 2 ** 31 - 1

/** By hand: that of node:timers/promises makes an error with a stack each time it is cut short, and each answer cuts a deadline short. */
const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const wake = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', wake)
      resolve()
    }, ms)
    signal?.addEventListener('abort', wake, { once: true })
  })

const sleepLong = async (ms: number, signal?: AbortSignal): Promise<void> => {
  let left = Math.max(0, ms)
  do {
    const slice = Math.min(left, longestTimer)
    await sleep(slice, signal)
    left -= slice
  } while (left > 0)
}

/** The real world: the process's clocks, its timers and its source of chance. One of the few places that may touch them. */
export const systemRuntime = (): Runtime => ({
  clock: { now: () => Date.now(), monotonic: () => performance.now(), sleep: sleepLong },
  random: () => Math.random(),
  uuid: () => randomUUID(),
  yield: () => undefined,
})

/** Lines of text on standard error, from level info up. */
export const systemLog = (): Log => createLog({ write: line => void process.stderr.write(line), clock: { now: () => Date.now() } })
