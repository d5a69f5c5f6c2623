import { type JsonObject, isObject, setOwn } from '../schema/json.ts'

/**
 * What JSON.parse(JSON.stringify(value)) would make, in one walk and frozen on the way: drops undefined fields, turns
 * undefined items and non-finite numbers into null, calls toJSON. Freezing here is what lets the store hand out one object to
 * everybody.
 * @throws TypeError for what JSON cannot hold (a bigint, a function at the top).
 */
export const normalised = (value: unknown): unknown => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value : null
    case 'object':
      return value === null ? null : normalisedObject(value)
    default:
      throw new TypeError(`JSON cannot hold a ${typeof value}`)
  }
}

const normalisedObject = (value: object): unknown => {
  if (Array.isArray(value)) return Object.freeze(value.map((item: unknown) => (isAbsent(item) ? null : normalised(item))))
  if ('toJSON' in value && typeof value.toJSON === 'function') return normalised(value.toJSON())
  const copy: Record<string, unknown> = {}
  for (const [key, child] of Object.entries(value)) if (!isAbsent(child)) setOwn(copy, key, normalised(child))
  return Object.freeze(copy)
}

const isAbsent = (value: unknown): boolean => value === undefined || typeof value === 'function' || typeof value === 'symbol'

/** Freezes a JSON value all the way down; parts that are frozen already are taken to be frozen below as well. */
export const deepFreeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const child of Object.values(value)) deepFreeze(child)
  return Object.freeze(value)
}

/** The value at a path of keys; undefined where some step is missing. */
export const at = (object: unknown, ...path: readonly string[]): unknown => {
  let value = object
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

/** The object with the value at the path (removed where it is undefined); missing parents are made, the input is not changed. */
export const withAt = (object: JsonObject, path: readonly string[], value: unknown): JsonObject => {
  const [key, ...rest] = path
  if (key === undefined) return object
  const copy: Record<string, unknown> = { ...object }
  if (rest.length > 0) {
    const child = Object.hasOwn(object, key) ? object[key] : undefined
    setOwn(copy, key, withAt(isObject(child) ? child : {}, rest, value))
  } else if (value === undefined) delete copy[key]
  else setOwn(copy, key, value)
  return copy
}

export const textAt = (object: unknown, ...path: readonly string[]): string => {
  const value = at(object, ...path)
  return typeof value === 'string' ? value : ''
}
