import { isDeepStrictEqual } from 'node:util'
import { type Difference, differences } from './differences.ts'
import { isFields } from './memory.ts'
import type { Seen } from './normalise.ts'
import type { Script, Step } from './script.ts'

/** The first place where the embedded server does not do as the real one. */
export interface Divergence {
  readonly step: number
  /** Where in the answer, then what the two said there. */
  readonly path: readonly string[]
  readonly embedded: unknown
  readonly real: unknown
}

/** A path and the two values at the first place that differs; parts that are equal are walked past. */
const firstDifference = (a: unknown, b: unknown, path: readonly string[] = []): Omit<Divergence, 'step'> | undefined => {
  if (isDeepStrictEqual(a, b)) return undefined
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    return a.map((item, i) => firstDifference(item, b[i], [...path, String(i)])).find(found => found !== undefined)
  }
  if (isFields(a) && isFields(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])]
    return keys.map(key => firstDifference(a[key], b[key], [...path, key])).find(found => found !== undefined)
  }
  return { path, embedded: a, real: b }
}

export const compare = (
  script: Script,
  embedded: readonly Seen[],
  real: readonly Seen[],
  used: Set<Difference> = new Set(),
): Divergence | undefined => {
  // What a watch tells follows from the answers: those are looked at first.
  const order = [...script.steps.entries()].toSorted(([, a], [, b]) => (a.do === b.do ? 0 : a.do === 'watch' ? 1 : -1))
  for (const [i, step] of order) {
    const found = firstDifference(...allowed(step, embedded[i] ?? {}, real[i] ?? {}, used))
    if (found !== undefined) return { step: i, ...found }
  }
  return undefined
}

/** Both answers with what is deliberately different taken out. */
const allowed = (step: Step, embedded: Seen, real: Seen, used: Set<Difference>): readonly [Seen, Seen] => {
  let pair = [embedded, real] as const
  for (const difference of differences) {
    if (isDeepStrictEqual(...pair)) break
    const next = [difference.without(pair[0], step), difference.without(pair[1], step)] as const
    // What is the same on both sides needs no excuse.
    if (firstDifference(...pair)?.path.join() !== firstDifference(...next)?.path.join()) used.add(difference)
    pair = next
  }
  return pair
}
