import type { Fields, RequestStep, Script, Step, Value } from './script.ts'
import { isFields } from './memory.ts'

export interface Shortened<T> {
  readonly script: Script
  readonly found: T
  /** How many scripts were tried on the way. */
  readonly tries: number
}

export interface ShortenOptions {
  /** Milliseconds after which the shortest so far has to do. */
  readonly limitMs: number
  readonly now: () => number
}

/**
 * A script from which nothing more can be taken without losing what was found: whole stretches of steps first, then single ones, then
 * parts of each. A script of two hundred steps takes some dozens of tries. fast-check's own shrinking takes hundreds, and knows no limit.
 * @param fails Runs a script and says what is wrong with it, if anything is.
 */
export const shorten = async <T>(
  script: Script,
  found: T,
  fails: (script: Script) => Promise<T | undefined>,
  { limitMs, now }: ShortenOptions,
): Promise<Shortened<T>> => {
  const until = now() + limitMs
  let best = { script, found }
  let tries = 0
  const takes = async (steps: readonly Step[]): Promise<boolean> => {
    if (steps.length === 0 || now() >= until) return false
    tries += 1
    const still = await fails({ steps })
    if (still === undefined) return false
    best = { script: { steps }, found: still }
    return true
  }
  for (let size = Math.ceil(script.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    // From the end, where what was found is told: the steps that made it come before.
    for (let at = best.script.steps.length - size; at > -size; at -= size) await takes(without(best.script.steps, Math.max(at, 0), size))
  }
  for (let i = 0; i < best.script.steps.length; i += 1) {
    for (let candidates = simpler(best.script.steps[i]); candidates.length > 0; ) {
      const [candidate, ...rest] = candidates
      if (candidate === undefined) break
      candidates = (await takes(best.script.steps.with(i, candidate))) ? simpler(candidate) : rest
    }
  }
  return { ...best, tries }
}

const without = (steps: readonly Step[], at: number, size: number): readonly Step[] => steps.toSpliced(at, size)

/** The step with one part less, in every way. */
const simpler = (step: Step | undefined): readonly Step[] => {
  if (step === undefined || step.do === 'settle') return []
  const { query = {} } = step
  const parts: readonly (keyof RequestStep)[] = ['accept', 'as', 'query', 'body']
  return [
    ...parts.filter(part => part in step).map(part => lacking(step, part)),
    ...(Object.keys(query).length > 1 ? fewer(query).map(less => ({ ...step, query: less })) : []),
    ...(step.do === 'request' && step.body !== undefined ? smaller(step.body).map(body => ({ ...step, body })) : []),
  ]
}

const lacking = <S extends Step>(step: S, part: keyof RequestStep): S => {
  const rest = { ...step }
  Reflect.deleteProperty(rest, part)
  return rest
}

const fewer = (fields: Fields): readonly Fields[] =>
  Object.keys(fields).map(key => Object.fromEntries(Object.entries(fields).filter(([other]) => other !== key)))

/** The value without one of its fields or items, outer ones first. */
const smaller = (value: Value): readonly Value[] => {
  if (Array.isArray(value))
    return [
      ...value.map((_, i) => value.toSpliced(i, 1)),
      ...value.flatMap((item: Value, i) => smaller(item).map(less => value.with(i, less))),
    ]
  if (!isFields(value)) return []
  return [...fewer(value), ...Object.entries(value).flatMap(([key, item]) => smaller(item).map(less => ({ ...value, [key]: less })))]
}
