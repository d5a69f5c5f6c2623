import { type JsonObject, isObject } from '../schema/json.ts'

/** A column as `meta.k8s.io/v1` Table names it. Priority 1 is shown by `kubectl get -o wide` alone. */
export interface ColumnDefinition {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  readonly priority: number
}

/** How a kind's objects become rows. */
export interface Printer {
  readonly columns: readonly ColumnDefinition[]
  /** One cell a column. `now` in milliseconds since 1970. */
  cells(object: JsonObject, now: number): readonly unknown[]
  /** Marks of a row as a whole (finished pods). */
  conditions?(object: JsonObject): readonly JsonObject[]
}

/** Columns by name; a trailing `+` marks a wide one, `:type` another type than string. The first is the name unless said otherwise. */
export const columns = (...names: readonly string[]): readonly ColumnDefinition[] =>
  names.map((text, i) => {
    const [, name = '', type = 'string', format = i === 0 ? 'name' : '', wide] = /^(.*?)(?::(\w+))?(?:=(\w*))?(\+)?$/.exec(text) ?? []
    return { name, type, format, description: '', priority: wide === undefined ? 0 : 1 }
  })

/** The value below, or undefined where the way there ends. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((below, key) => (isObject(below) && Object.hasOwn(below, key) ? below[key] : undefined), value)

export const text = (value: unknown, ...path: readonly string[]): string => {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : ''
}

export const number = (value: unknown, ...path: readonly string[]): number => {
  const found = at(value, ...path)
  return typeof found === 'number' ? found : 0
}

export const list = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

export const map = (value: unknown, ...path: readonly string[]): JsonObject => {
  const found = at(value, ...path)
  return isObject(found) ? found : {}
}

export const size = (value: unknown, ...path: readonly string[]): number => Object.keys(map(value, ...path)).length

export const nameOf = (object: JsonObject): string => text(object, 'metadata', 'name')

export const createdAt = (object: JsonObject): unknown => at(object, 'metadata', 'creationTimestamp')

export const isDeleted = (object: JsonObject): boolean => at(object, 'metadata', 'deletionTimestamp') !== undefined

/** `a=b,c=d` in order of the keys; `<none>` for an empty map. */
export const formatLabels = (labels: JsonObject): string => {
  const pairs = Object.keys(labels)
    .sort()
    .map(key => `${key}=${text(labels, key)}`)
  return pairs.length === 0 ? '<none>' : pairs.join(',')
}

/** A label selector in the form that `kubectl get -l` takes. `none` for one that selects by nothing at all. */
export const formatSelector = (selector: unknown, none = '<none>'): string => {
  const requirements = [
    ...Object.entries(map(selector, 'matchLabels')).map(([key, value]) => ({ key, shown: `${key}=${String(value)}` })),
    ...list(selector, 'matchExpressions').map(expression => ({ key: text(expression, 'key'), shown: formatExpression(expression) })),
  ]
  const shown = requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(r => r.shown)
  return shown.length === 0 ? none : shown.join(',')
}

const formatExpression = (expression: unknown): string => {
  const key = text(expression, 'key')
  const values = list(expression, 'values').map(String).sort().join(',')
  switch (text(expression, 'operator')) {
    case 'In':
      return `${key} in (${values})`
    case 'NotIn':
      return `${key} notin (${values})`
    case 'DoesNotExist':
      return `!${key}`
    default:
      return key
  }
}
