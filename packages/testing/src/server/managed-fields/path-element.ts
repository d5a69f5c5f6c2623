import { type JsonObject, isObject } from '../objects/index.ts'
import { goJson } from './go-json.ts'

/**
 * A step of a path as `fieldsV1` spells it: `f:` a field or a key of a map, `k:` an item of a list by its keys, `v:` an item of a
 * set, `i:` an item by its place.
 */
export type PathElement = string

export const fieldElement = (name: string): PathElement => `f:${name}`
export const valueElement = (value: unknown): PathElement => `v:${goJson(value)}`
export const keyElement = (keys: JsonObject): PathElement => `k:${goJson(keys)}`

/** The one spelling of an element that a client has written; undefined for what is none. */
export const canonicalElement = (element: string): PathElement | undefined => {
  const rest = element.slice(2)
  switch (element.slice(0, 2)) {
    case 'f:':
      return element
    case 'i:':
      return /^-?\d+$/.test(rest) ? element : undefined
    case 'k:': {
      const keys = parsed(rest)
      return isObject(keys) ? keyElement(keys) : undefined
    }
    case 'v:': {
      const value = parsed(rest)
      return value === undefined ? undefined : valueElement(value)
    }
    default:
      return undefined
  }
}

const parsed = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** As messages print it: `.spec`, `[name="a"]`, `[="a"]`, `[0]`. */
export const printElement = (element: PathElement): string => {
  const rest = element.slice(2)
  if (element.startsWith('f:')) return `.${rest}`
  if (element.startsWith('i:')) return `[${rest}]`
  const value = parsed(rest)
  if (element.startsWith('v:') || !isObject(value)) return `[=${printValue(value)}]`
  return `[${Object.entries(value)
    .map(([name, key]) => `${name}=${printValue(key)}`)
    .join(',')}]`
}

const printValue = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(value))

const order = 'fkvi'

/** The order in which the API server walks a set: fields by name, items by the values of their keys. */
export const compareElements = (a: PathElement, b: PathElement): number => {
  const rank = order.indexOf(a.charAt(0)) - order.indexOf(b.charAt(0))
  if (rank !== 0) return rank
  if (a.startsWith('k:')) return compareKeys(parsed(a.slice(2)), parsed(b.slice(2)))
  if (a.startsWith('f:')) return compareText(a, b)
  return compareValues(parsed(a.slice(2)), parsed(b.slice(2)))
}

const compareKeys = (a: unknown, b: unknown): number => {
  const left = isObject(a) ? Object.entries(a) : []
  const right = isObject(b) ? Object.entries(b) : []
  for (const [i, [name, value]] of left.entries()) {
    const other = right[i]
    if (other === undefined) return 1
    const difference = compareText(name, other[0]) || compareValues(value, other[1])
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

const compareValues = (a: unknown, b: unknown): number =>
  typeof a === 'number' && typeof b === 'number'
    ? a - b
    : typeof a === 'number'
      ? -1
      : typeof b === 'number'
        ? 1
        : compareText(String(a), String(b))

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
