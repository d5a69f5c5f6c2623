import { isFields } from './memory.ts'
import type { Seen } from './normalise.ts'
import type { Step } from './script.ts'

/** One thing in which the embedded server is meant to differ, or may for now. The comparison forgives exactly these. */
export interface Difference {
  readonly name: string
  readonly what: string
  readonly why: string
  /** The answer without it. Applied to both sides alike. */
  without(seen: Seen, step: Step): Seen
}

const withoutKey = (value: unknown, key: string): unknown => {
  if (Array.isArray(value)) return value.map(item => withoutKey(item, key))
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).flatMap(([k, item]) => (k === key ? [] : [[k, withoutKey(item, key)]])))
}

export const differences: readonly Difference[] = [
  {
    name: 'managed-fields',
    what: '`metadata.managedFields` is not compared.',
    why: 'Ownership by server-side apply is being completed; then only the times in it will be left out.',
    // Border: leaving out a key of an answer leaves an answer.
    without: seen => withoutKey(seen, 'managedFields') as Seen,
  },
]
