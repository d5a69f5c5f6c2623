import { isObject } from '../objects/index.ts'

/** JSON as Go's encoder writes it: keys in order, and escapes for what could be taken for HTML. */
export const goJson = (value: unknown): string =>
  (JSON.stringify(ordered(value)) ?? 'null').replace(/[<>&\u2028\u2029]/g, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)

const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered)
  if (!isObject(value)) return value
  const names = Object.keys(value).sort()
  return Object.fromEntries(names.map(name => [name, ordered(value[name])]))
}
