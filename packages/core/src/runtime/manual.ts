import type { Runtime } from './runtime.ts'

interface Sleeper {
  readonly at: number
  readonly order: number
  wake(): void
}

/** A runtime whose time stands still until somebody moves it: for unit tests of anything that waits. */
export interface ManualRuntime extends Runtime {
  /** Moves time forward by `ms`, waking sleepers in order and letting what they wake run before the next one. */
  advance(ms: number): Promise<void>
  /**
   * Moves the clocks and wakes nobody: a process that was frozen, at the moment of its thaw, before any of its timers has
   * fired. Sleepers that are due wake at the next `advance`.
   */
  jump(ms: number): void
  /** Lets all that can run without time passing run. */
  settle(): Promise<void>
  /** How many sleeps are under way: a test of clean-up sees 0. */
  readonly sleeping: number
}

export interface ManualRuntimeOptions {
  /** Wall time at the start, in milliseconds since the epoch. Default: 2026-01-01T00:00:00Z. */
  readonly now?: number
  /** Answers of random(): a list is repeated. Default: 0.5 for ever. */
  readonly random?: readonly number[] | (() => number)
}

const defaultStart = 1_767_225_600_000

const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** Time for tests: starts at `now`, moves by `advance` alone. uuid() counts up, so two runs give the same names. */
export const manualRuntime = (options: ManualRuntimeOptions = {}): ManualRuntime => {
  const start = options.now ?? defaultStart
  const chances = options.random ?? [0.5]
  const sleepers = new Set<Sleeper>()
  let elapsed = 0
  let order = 0
  let drawn = 0
  let uuids = 0

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const onAbort = (): void => {
        sleepers.delete(sleeper)
        reject(signal?.reason)
      }
      const sleeper: Sleeper = {
        at: elapsed + Math.max(0, ms),
        order: order++,
        wake: () => {
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      sleepers.add(sleeper)
    })

  const earliest = (): Sleeper | undefined => {
    let first: Sleeper | undefined
    for (const s of sleepers) if (!first || s.at < first.at || (s.at === first.at && s.order < first.order)) first = s
    return first
  }

  return {
    clock: { now: () => start + elapsed, monotonic: () => elapsed, sleep },
    random: typeof chances === 'function' ? chances : () => chances[drawn++ % chances.length] ?? 0.5,
    uuid: () => `00000000-0000-4000-8000-${String(++uuids).padStart(12, '0')}`,
    yield: () => undefined,
    settle,
    get sleeping() {
      return sleepers.size
    },
    jump(ms) {
      elapsed += ms
    },
    async advance(ms) {
      const until = elapsed + ms
      await settle()
      for (let next = earliest(); next && next.at <= until; next = earliest()) {
        elapsed = Math.max(elapsed, next.at)
        next.wake()
        await settle()
      }
      elapsed = until
      await settle()
    },
  }
}
