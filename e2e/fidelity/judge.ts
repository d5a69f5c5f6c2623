import { type Divergence, compare } from './compare.ts'
import type { Difference } from './differences.ts'
import { type Seen, normalise } from './normalise.ts'
import { run } from './run.ts'
import type { Script } from './script.ts'
import { type Sides, clearStage, openStage } from './sides.ts'
import { Unanswered } from './unanswered.ts'

export interface Verdict {
  readonly divergence: Divergence | undefined
  readonly embedded: readonly Seen[]
  readonly real: readonly Seen[]
  /** How often the script had to be run again because an answer got lost. */
  readonly again: number
}

const tries = 3

/**
 * Runs a script on both servers, the embedded one first: it tells how many events to wait for. Where an answer gets lost it is run again
 * whole, under another prefix: what is not known to have happened can be compared with nothing.
 * @throws Unanswered when that happens again and again.
 */
export const judge = async (sides: Sides, script: Script, used?: Set<Difference>): Promise<Verdict> => {
  for (let again = 0; ; again += 1) {
    try {
      return { ...(await judgeOnce(sides, script, used)), again }
    } catch (error) {
      if (!(error instanceof Unanswered) || again + 1 === tries) throw error
    }
  }
}

const judgeOnce = async (sides: Sides, script: Script, used: Set<Difference> | undefined): Promise<Omit<Verdict, 'again'>> => {
  const { embedded, real } = sides
  const id = sides.nextId()
  try {
    await Promise.all([openStage(embedded, id), openStage(real, id)])
    const expected = await run(embedded, script, id)
    const found = await run(real, script, id, expected)
    const pair = [normalise(expected, id), normalise(found, id)] as const
    return { divergence: compare(script, ...pair, used), embedded: pair[0], real: pair[1] }
  } finally {
    await Promise.all([clearStage(embedded, id, script), clearStage(real, id, script)])
  }
}
