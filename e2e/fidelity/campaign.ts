import fc from 'fast-check'
import { type Difference, differences } from './differences.ts'
import { type Verdict, judge } from './judge.ts'
import { controllerScripts, mix } from './generate/index.ts'
import { regressions } from './regressions.ts'
import type { Script } from './script.ts'
import { withSettling } from './settling.ts'
import { shorten } from './shorten.ts'
import type { Sides } from './sides.ts'
import { placeOf, tell, untilThen } from './story.ts'
import { Unanswered } from './unanswered.ts'

export interface CampaignOptions {
  readonly runs: number
  readonly seed: number
  /** Scripts at once: waiting for one server hides behind the other's work. */
  readonly lanes: number
  /** Scripts in which Kubernetes' controllers have their part, on sides that have them at work; the old divergences are left out. */
  readonly controllers?: boolean
  /** Milliseconds after which no new script is begun; what was found until then counts. Default: none. */
  readonly limitMs?: number
}

export interface Report {
  readonly scripts: number
  readonly steps: number
  readonly seconds: number
  /** A story and the script as JSON, for each divergence found. */
  readonly divergences: readonly string[]
  /** The same for each script that got no answer however often it was run: nothing is known of it. */
  readonly unanswered: readonly string[]
  /** How often a script was run again because an answer got lost. */
  readonly again: number
  /** Names of listed entries that nothing needed. */
  readonly unused: readonly string[]
  readonly text: string
}

/** Enough for the longest scripts; a divergence that is not as short as it could be is a divergence all the same. */
const shortenMs = 120_000

const placeFound = (script: Script, { divergence }: Verdict): string => (divergence === undefined ? '' : placeOf(script, divergence))

/**
 * Old divergences first, then generated scripts in several lanes, each with a seed of its own; a lane that finds a divergence
 * shortens its script, for two minutes at most, and ends.
 */
export const campaign = async (sides: Sides, { controllers = false, runs, seed, lanes, limitMs }: CampaignOptions): Promise<Report> => {
  const used = new Set<Difference>()
  const divergences: string[] = []
  const asTold = (script: Script): Script => (controllers ? withSettling(script) : script)
  const unanswered: string[] = []
  let scripts = 0
  let steps = 0
  let again = 0
  const started = performance.now()
  /** Nothing is known of a script without an answer: it is told on its own. */
  const check = async (given: Script): Promise<Verdict | undefined> => {
    const script = asTold(given)
    steps += script.steps.length
    try {
      const verdict = await judge(sides, script, used)
      again += verdict.again
      return verdict
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error
      unanswered.push(`unanswered: ${error.message}\n${JSON.stringify(script)}`)
      return undefined
    }
  }
  const failing = async (script: Script): Promise<Verdict | undefined> => {
    const verdict = await check(script)
    return verdict?.divergence === undefined ? undefined : verdict
  }
  const describe = (given: Script, { divergence, embedded, real }: Partial<Verdict>, title: string): void => {
    if (divergence === undefined || embedded === undefined || real === undefined) return
    const upTo = untilThen(asTold(given), divergence)
    divergences.push(`${title}\n${tell(upTo, embedded, real, divergence)}\n${JSON.stringify(upTo)}`)
  }

  for (const { name, script } of controllers ? [] : regressions()) {
    scripts += 1
    describe(script, (await check(script)) ?? {}, `regression ${name}`)
  }
  const lane = async (_: unknown, index: number): Promise<void> => {
    const share = Math.floor(runs / lanes) + (index < runs % lanes ? 1 : 0)
    let found: { readonly script: Script; readonly verdict: Verdict } | undefined
    const property = fc.asyncProperty(controllers ? controllerScripts(25) : mix, async script => {
      const verdict = await failing(script)
      if (verdict !== undefined) found = { script, verdict }
      return verdict === undefined
    })
    const limit = limitMs === undefined ? {} : { interruptAfterTimeLimit: limitMs, markInterruptAsFailure: false }
    const outcome = await fc.check(property, { seed: seed * 100 + index, numRuns: share, endOnFailure: true, ...limit })
    scripts += outcome.numRuns
    if (!outcome.failed) return
    if (found === undefined) throw new Error('a script could not be run', { cause: outcome.errorInstance })
    const place = placeFound(found.script, found.verdict)
    // What is left of a script may well tell the servers apart in another way, which is not what was found.
    const alike = async (script: Script): Promise<Verdict | undefined> => {
      const verdict = await failing(script)
      return verdict !== undefined && placeFound(script, verdict) === place ? verdict : undefined
    }
    const short = await shorten(found.script, found.verdict, alike, { limitMs: shortenMs, now: () => performance.now() })
    describe(short.script, short.found, `seed ${seed}, lane ${index}, the shortest of ${short.tries} more scripts`)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  const seconds = (performance.now() - started) / 1_000
  const unused = controllers ? [] : differences.filter(each => !used.has(each)).map(({ name }) => name)
  const summary =
    `${scripts} scripts, ${steps} steps on each server, ${seconds.toFixed(0)} s, ${(steps / seconds).toFixed(0)} steps/s; seed ${seed}; ` +
    `${divergences.length} divergences; ${again} run again, ${unanswered.length} unanswered` +
    (unused.length === 0 ? '' : `; differences that nothing needed: ${unused.join(', ')}`)
  const text = [...divergences, ...unanswered, summary].join('\n\n')
  return { scripts, steps, seconds, divergences, unanswered, again, unused, text }
}
