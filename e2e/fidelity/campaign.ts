import fc from 'fast-check'
import { type Difference, differences } from './differences.ts'
import { type Verdict, judge } from './judge.ts'
import { controllerScripts, mix } from './generate/index.ts'
import { regressions } from './regressions.ts'
import type { Script } from './script.ts'
import { withSettling } from './settling.ts'
import type { Sides } from './sides.ts'
import { tell, untilThen } from './story.ts'

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
  /** Names of listed entries that nothing needed. */
  readonly unused: readonly string[]
  readonly text: string
}

/**
 * Old divergences first, then generated scripts in several lanes, each with a seed of its own; a lane that finds a divergence
 * shrinks it to its shortest script and ends.
 */
export const campaign = async (sides: Sides, { controllers = false, runs, seed, lanes, limitMs }: CampaignOptions): Promise<Report> => {
  const used = new Set<Difference>()
  const divergences: string[] = []
  const asTold = (script: Script): Script => (controllers ? withSettling(script) : script)
  let count = 0
  let scripts = 0
  let steps = 0
  const started = performance.now()
  const check = (given: Script): Promise<Verdict> => {
    const script = asTold(given)
    count += 1
    steps += script.steps.length
    return judge(sides, script, count, used)
  }
  const describe = (given: Script, { divergence, embedded, real }: Verdict, title: string): void => {
    if (divergence === undefined) return
    const upTo = untilThen(asTold(given), divergence)
    divergences.push(`${title}\n${tell(upTo, embedded, real, divergence)}\n${JSON.stringify(upTo)}`)
  }

  for (const { name, script } of controllers ? [] : regressions()) {
    scripts += 1
    describe(script, await check(script), `regression ${name}`)
  }
  const lane = async (_: unknown, index: number): Promise<void> => {
    const share = Math.floor(runs / lanes) + (index < runs % lanes ? 1 : 0)
    let last: { readonly script: Script; readonly verdict: Verdict } | undefined
    const property = fc.asyncProperty(controllers ? controllerScripts(25) : mix, async script => {
      const verdict = await check(script)
      if (verdict.divergence === undefined) return true
      last = { script, verdict }
      return false
    })
    const limit = limitMs === undefined ? {} : { interruptAfterTimeLimit: limitMs, markInterruptAsFailure: false }
    const outcome = await fc.check(property, { seed: seed * 100 + index, numRuns: share, ...limit })
    scripts += outcome.numRuns
    // The last that diverged is the shortest: shrinking goes on from each that does.
    if (outcome.failed && last !== undefined)
      describe(last.script, last.verdict, `seed ${seed}, lane ${index}, shrunk ${outcome.numShrinks} times`)
    else if (outcome.failed) throw new Error('a script could not be run', { cause: outcome.errorInstance })
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  const seconds = (performance.now() - started) / 1_000
  const unused = controllers ? [] : differences.filter(each => !used.has(each)).map(({ name }) => name)
  const summary =
    `${scripts} scripts, ${steps} steps on each server, ${seconds.toFixed(0)} s, ${(steps / seconds).toFixed(0)} steps/s; seed ${seed}; ` +
    `${divergences.length} divergences` +
    (unused.length === 0 ? '' : `; differences that nothing needed: ${unused.join(', ')}`)
  return { scripts, steps, seconds, divergences, unused, text: [...divergences, summary].join('\n\n') }
}
