import type { ResolvedField } from '../api/index.ts'
import { canonicalJson } from '../claim/index.ts'
import type { OpaqueConfig } from '../provider/index.ts'

/** The status shows so many fields; a further one counts what it leaves out. */
const mostFields = 31
/** Characters. */
const longestField = 256
const longestValue = 1_024

/**
 * Pure: what floats in a config, and what it means now, by the paths of the resolved config: `ami: {ssmParameter: /newest}` that became
 * `ami: {id: ami-1}` is told as `ami.id`, since that is what a person would write to pin it. Undefined where nothing floats.
 *
 * @param mayBeTold strikes out of a text what nobody may read.
 */
export const resolvedFields = (
  written: OpaqueConfig,
  resolved: OpaqueConfig | undefined,
  mayBeTold: (text: string) => string,
): readonly ResolvedField[] | undefined => {
  const changes = resolved === undefined ? [] : changesIn([], written, resolved)
  if (changes.length === 0) return undefined
  const fields = changes
    .map(({ path, value }) => ({
      field: cut(fieldOf(path.map(mayBeTold)), longestField),
      value: cut(wordsOf(value, mayBeTold), longestValue),
    }))
    .toSorted((a, b) => (a.field < b.field ? -1 : 1))
  const left = fields.length - mostFields
  return left <= 1 ? fields : [...fields.slice(0, mostFields), { field: '...', value: `${left} more` }]
}

interface Change {
  readonly path: readonly string[]
  readonly value: unknown
}

/** The smallest members that are new or others. What is gone gave way to them; where nothing came for it, all that is left is told. */
const changesIn = (path: Change['path'], before: OpaqueConfig, after: OpaqueConfig): readonly Change[] =>
  Object.entries(after).flatMap(([key, value]): readonly Change[] => {
    const was = before[key]
    if (value === undefined || canonicalJson(was) === canonicalJson(value)) return []
    const place = [...path, key]
    const inside = isObject(value) ? changesIn(place, isObject(was) ? was : {}, value) : []
    return inside.length > 0 ? inside : [{ path: place, value }]
  })

/** As kubectl's JSONPath has it: keys with dots stand in brackets. */
const fieldOf = (path: Change['path']): string =>
  path
    .map(key => (/^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`))
    .join('')
    .replace(/^\./, '')

const wordsOf = (value: unknown, mayBeTold: (text: string) => string): string =>
  typeof value === 'string' ? mayBeTold(value) : canonicalJson(told(value, mayBeTold))

/** Text by text: quoted in JSON, a secret of several lines would be another one. */
const told = (value: unknown, mayBeTold: (text: string) => string): unknown => {
  if (typeof value === 'string') return mayBeTold(value)
  if (Array.isArray(value)) return value.map(item => told(item, mayBeTold))
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [mayBeTold(key), told(item, mayBeTold)])) : value
}

/** Well-formed: the API server would keep another text than half a character, and each look would find a difference. */
const cut = (text: string, longest: number): string => (text.length <= longest ? text : `${text.slice(0, longest - 3)}...`).toWellFormed()

const isObject = (value: unknown): value is OpaqueConfig => typeof value === 'object' && value !== null && !Array.isArray(value)
