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

/** The answer with another text in the place of some. */
const withText = (value: unknown, pattern: RegExp, replacement: string): unknown => {
  if (typeof value === 'string') return value.replace(pattern, replacement)
  if (Array.isArray(value)) return value.map(item => withText(item, pattern, replacement))
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withText(item, pattern, replacement)]))
}

const withoutDescriptions = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutDescriptions)
  if (!isFields(value)) return value
  const { columnDefinitions, ...rest } = value
  const walked = Object.entries(rest).map(([key, item]) => [key, withoutDescriptions(item)] as const)
  return { ...Object.fromEntries(walked), ...(columnDefinitions === undefined ? {} : { columnDefinitions: withoutKey(columnDefinitions, 'description') }) }
}

export const differences: readonly Difference[] = [
  {
    name: 'managed-fields',
    what: '`metadata.managedFields` is not compared.',
    why: 'Ownership by server-side apply is being completed; then only the times in it will be left out.',
    // Border: leaving out a key of an answer leaves an answer.
    without: seen => withoutKey(seen, 'managedFields') as Seen,
  },
  {
    name: 'column-descriptions',
    what: 'Columns of tables have no descriptions.',
    why: 'They are sentences of the Kubernetes project, which no program reads.',
    // Border: as above.
    without: seen => withoutDescriptions(seen) as Seen,
  },
  {
    name: 'parser-errors',
    what: 'What a JSON parser says of text that is no JSON (in a continue token) is worded differently.',
    why: 'The words come from the parser: there Go, here JavaScript. Status and reason are the same.',
    // Border: as above.
    without: seen => withText(seen, /(continue key is not valid: ).*/, '$1...') as Seen,
  },
]
