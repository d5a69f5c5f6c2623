import { parentPort, workerData } from 'node:worker_threads'
import type { SeedOutcome, WorkerOptions } from './messages.ts'
import { mutantNamed } from './mutants/index.ts'
import { installMutant } from './mutate.ts'

// Border: the fleet starts workers with just this.
const { minutes, mutant: name, shrink: wanted, unharmed = false, emphasis: asked } = workerData as WorkerOptions
const mutant = name === undefined ? undefined : mutantNamed(name)
const emphasis = asked ?? mutant?.shownBy
// Before core is loaded: the mistake is made while it is read.
if (mutant && !unharmed) installMutant(mutant)
const { shrink, simulate, storyOf } = await import('../../packages/testing/src/simulation/index.ts')

const live = async (seed: number): Promise<SeedOutcome> => {
  try {
    const result = await simulate({
      seed,
      ...(minutes === undefined ? {} : { minutes }),
      ...(emphasis && { emphasis }),
    })
    const { digest, clusterMs, steps, violation } = result
    if (!violation) return { seed, digest, clusterMs, steps }
    const told = wanted ? await shrink(result) : result
    return { seed, digest, clusterMs, steps, invariant: violation.invariant, story: storyOf(told) }
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? `\ncaused by ${inWords(error.cause)}` : ''
    return { seed, digest: '', clusterMs: 0, steps: 0, invariant: 0, story: `seed ${seed}: ${inWords(error)}${cause}` }
  }
}

const inWords = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
const tell = (outcome: SeedOutcome): void => parentPort?.postMessage(outcome)
parentPort?.on('message', (seed: number) => void live(seed).then(tell))
