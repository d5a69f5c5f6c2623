import { type Divergence, compare } from './compare.ts'
import type { Difference } from './differences.ts'
import { type Seen, normalise } from './normalise.ts'
import { run } from './run.ts'
import type { Script } from './script.ts'
import { type Sides, clearStage, openStage } from './sides.ts'

export interface Verdict {
  readonly divergence: Divergence | undefined
  readonly embedded: readonly Seen[]
  readonly real: readonly Seen[]
}

/**
 * Runs a script on both servers, the embedded one first: it tells how many events to wait for. `count` gives each script
 * a prefix of its own.
 */
export const judge = async ({ embedded, real }: Sides, script: Script, count: number, used?: Set<Difference>): Promise<Verdict> => {
  const id = `f${count}`
  await Promise.all([openStage(embedded, id), openStage(real, id)])
  try {
    const expected = await run(embedded, script, id)
    const found = await run(real, script, id, expected)
    const pair = [normalise(expected, id), normalise(found, id)] as const
    return { divergence: compare(script, ...pair, used), embedded: pair[0], real: pair[1] }
  } finally {
    await Promise.all([clearStage(embedded, id, script), clearStage(real, id, script)])
  }
}
