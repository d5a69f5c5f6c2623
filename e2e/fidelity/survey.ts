import fc from 'fast-check'
import { controllerScripts, definitionScripts, mix, scripts, wrongDefinitionScripts } from './generate/index.ts'
import { type Verdict, judge } from './judge.ts'
import type { SubjectName } from './resources.ts'
import type { Script } from './script.ts'
import { withSettling } from './settling.ts'
import type { Sides } from './sides.ts'
import { placeOf, tell, untilThen } from './story.ts'
import { Unanswered } from './unanswered.ts'

export interface SurveyOptions {
  readonly runs: number
  readonly seed: number
  readonly lanes: number
  readonly kinds?: readonly string[]
  /** As in a campaign. */
  readonly controllers?: boolean
}

/**
 * All divergences that the scripts show, one story (its end, and the script as JSON) for each kind of them, most frequent first. For work
 * on the embedded server.
 */
export const survey = async (sides: Sides, { runs, seed, lanes, kinds, controllers = false }: SurveyOptions): Promise<string> => {
  // Border: names from the command line.
  const chosen = kinds as readonly SubjectName[] | undefined
  const arbitrary = controllers
    ? controllerScripts(25).map(withSettling)
    : chosen?.includes('gadgets') === true
      ? definitionScripts(20)
      : chosen?.includes('customresourcedefinitions') === true
        ? wrongDefinitionScripts(20)
        : chosen === undefined
          ? mix
          : scripts(25, chosen)
  const queue: Script[] = fc.sample(arbitrary, { numRuns: runs, seed })
  const found = new Map<string, { count: number; story: string; script: string }>()
  let next = 0
  let steps = 0
  let same = 0
  const started = performance.now()
  let again = 0
  const unanswered: string[] = []
  const judged = async (script: Script): Promise<Verdict | undefined> => {
    try {
      const verdict = await judge(sides, script)
      again += verdict.again
      return verdict
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error
      unanswered.push(`== unanswered: ${error.message}\n${JSON.stringify(script)}`)
      return undefined
    }
  }
  const lane = async (): Promise<void> => {
    for (let i = next++; i < queue.length; i = next++) {
      const script = queue[i]
      if (script === undefined) return
      steps += script.steps.length
      const verdict = await judged(script)
      if (verdict === undefined) continue
      const { divergence, embedded, real } = verdict
      if (divergence === undefined) {
        same += 1
        continue
      }
      const upTo = untilThen(script, divergence)
      const brief = (v: unknown): string => (JSON.stringify(v) ?? 'nothing').slice(0, 60)
      const key = `${placeOf(script, divergence)} ${brief(divergence.embedded)} | ${brief(divergence.real)}`
      const known = found.get(key)
      if (known !== undefined) known.count += 1
      else found.set(key, { count: 1, story: tell(upTo, embedded, real, divergence), script: JSON.stringify(upTo) })
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  const seconds = (performance.now() - started) / 1_000
  const stories = [...found]
    .toSorted(([, a], [, b]) => b.count - a.count)
    .map(([key, { count, script, story }]) => `== ${count}x ${key}\n${story.split('\n').slice(-60).join('\n')}\n${script}`)
  const pace = `${runs} scripts, ${steps} steps, ${seconds.toFixed(1)} s, ${(steps / seconds).toFixed(0)} steps/s`
  const answers = `${again} run again, ${unanswered.length} unanswered`
  const summary = `${pace}; ${same} scripts the same, ${found.size} kinds of divergence; ${answers}`
  return [...stories, ...unanswered, summary].join('\n\n')
}
