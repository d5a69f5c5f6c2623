import fc from 'fast-check'
import { controllerScripts, definitionScripts, mix, scripts } from './generate/index.ts'
import { judge } from './judge.ts'
import type { SubjectName } from './resources.ts'
import type { Script, Step } from './script.ts'
import { withSettling } from './settling.ts'
import type { Sides } from './sides.ts'
import { tell, untilThen } from './story.ts'

export interface SurveyOptions {
  readonly runs: number
  readonly seed: number
  readonly lanes: number
  readonly kinds?: readonly string[]
  /** As in a campaign. */
  readonly controllers?: boolean
}

const kindOf = (step: Step | undefined): string =>
  step === undefined
    ? ''
    : `${step.do === 'request' ? step.method : step.do.toUpperCase()} ${step.resource}${step.sub === undefined ? '' : `/${step.sub}`}`

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
      : chosen === undefined
        ? mix
        : scripts(25, chosen)
  const queue: Script[] = fc.sample(arbitrary, { numRuns: runs, seed })
  const found = new Map<string, { count: number; story: string; script: string }>()
  let next = 0
  let steps = 0
  let same = 0
  const started = performance.now()
  const lane = async (): Promise<void> => {
    for (let i = next++; i < queue.length; i = next++) {
      const script = queue[i]
      if (script === undefined) return
      steps += script.steps.length
      const { divergence, embedded, real } = await judge(sides, script, i)
      if (divergence === undefined) {
        same += 1
        continue
      }
      const upTo = untilThen(script, divergence)
      const where = divergence.path.map(p => (/^\d+$/.test(p) ? '#' : p)).join('.')
      const brief = (v: unknown): string => (JSON.stringify(v) ?? 'nothing').slice(0, 60)
      const key = `${kindOf(script.steps[divergence.step])} ${where} ${brief(divergence.embedded)} | ${brief(divergence.real)}`
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
  const summary = `${pace}; ${same} scripts the same, ${found.size} kinds of divergence`
  return [...stories, summary].join('\n\n')
}
