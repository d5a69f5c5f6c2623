import type { Cause } from '../definition.ts'
import { duplicate, invalid, notSupported, required } from '../field-error.ts'
import { type JsonObject, equal, isObject, own } from '../json.ts'
import type { NameRule } from '../names.ts'

/** What is wrong with a value that stands at a path. */
export type Check = (value: unknown, path: string) => readonly Cause[]

/** Absent, or what Go takes for that. */
const isNothing = (value: unknown): boolean => value === undefined || value === null || value === ''

const given =
  (check: Check): Check =>
  (value, path) =>
    isNothing(value) ? [] : check(value, path)

export const all =
  (...checks: readonly Check[]): Check =>
  (value, path) =>
    checks.flatMap(check => check(value, path))

/** Checks fields by name; extra checks look at the whole. An object that is not there is checked as an empty one. */
export const object =
  (fields: Readonly<Record<string, Check>>, ...whole: readonly Check[]): Check =>
  (value, path) => {
    const found = isObject(value) ? value : {}
    return [
      ...Object.entries(fields).flatMap(([key, check]) => check(own(found, key), path === '' ? key : `${path}.${key}`)),
      ...whole.flatMap(check => check(found, path)),
    ]
  }

/** The same, but only where there is an object. */
export const optional = (check: Check): Check => given(check)

export const list =
  (check: Check): Check =>
  (value, path) =>
    Array.isArray(value) ? value.flatMap((item: unknown, i) => check(item, `${path}[${i}]`)) : []

export const keys =
  (check: (key: string, path: string, object: JsonObject) => readonly Cause[]): Check =>
  (value, path) =>
    isObject(value) ? Object.keys(value).flatMap(key => check(key, path, value)) : []

export const needed =
  (detail = ''): Check =>
  (value, path) =>
    isNothing(value) || (Array.isArray(value) && value.length === 0) ? [required(path, detail)] : []

export const oneOf = (...options: readonly string[]): Check =>
  given((value, path) => (options.includes(String(value)) ? [] : [notSupported(path, value, options)]))

export const atLeast = (least: number, complaint = `must be greater than or equal to ${least}`): Check =>
  given((value, path) => (typeof value === 'number' && value < least ? [invalid(path, value, complaint)] : []))

export const named = (rule: NameRule): Check =>
  given((value, path) => (typeof value === 'string' ? rule(value).map(message => invalid(path, value, message)) : []))

/** A port of a host or container. Zero is what Go has where none was given. */
export const port: Check = (value, path) =>
  typeof value === 'number' && value >= 1 && value <= 65_535 ? [] : [invalid(path, value ?? 0, 'must be between 1 and 65535, inclusive')]

/** Items must differ in a field; items without it are nobody's twins. */
export const uniqueBy =
  (key: string): Check =>
  (value, path) => {
    const values = (Array.isArray(value) ? value : []).map((item: unknown) => (isObject(item) ? own(item, key) : undefined))
    return values.flatMap((item, i) =>
      !isNothing(item) && values.findIndex(other => equal(other, item)) < i ? [duplicate(`${path}[${i}].${key}`, item)] : [],
    )
  }

const percentMessage =
  "a valid percent string must be a numeric string followed by an ending '%' " +
  "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"

/** `3` or `25%`. */
export const amountOrPercent: Check = given((value, path) => {
  if (typeof value === 'number') return atLeast(0)(value, path)
  const text = String(value)
  if (!/^\d+%$/.test(text)) return [invalid(path, value, percentMessage)]
  return Number(text.slice(0, -1)) > 100 ? [invalid(path, value, 'must not be greater than 100%')] : []
})
