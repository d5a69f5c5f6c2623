import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { SeedOutcome, WorkerOptions } from './messages.ts'

export interface FleetOptions extends WorkerOptions {
  readonly seeds: Iterable<number>
  /** Default: one for each core. */
  readonly workers?: number
  /** Answers false when enough is known. */
  readonly onOutcome: (outcome: SeedOutcome) => boolean
}

/** Lives through many seeds on all cores. */
export const runFleet = async ({ seeds, workers = availableParallelism(), onOutcome, ...options }: FleetOptions): Promise<void> => {
  const queue = seeds[Symbol.iterator]()
  let over = false
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: options satisfies WorkerOptions })
      const end = (): void => void worker.terminate().then(() => resolve(), reject)
      const next = (): void => {
        const { value, done } = over ? { value: undefined, done: true } : queue.next()
        if (done === true || value === undefined) end()
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
        else worker.postMessage(value)
      }
      worker.on('message', (outcome: SeedOutcome) => {
        if (!over && !onOutcome(outcome)) over = true
        next()
      })
      worker.on('error', reject)
      next()
    })
  await Promise.all(Array.from({ length: workers }, work))
}

export const seedsFrom = function* (first: number, count: number): Generator<number> {
  for (let seed = first; seed < first + count; seed++) yield seed
}
