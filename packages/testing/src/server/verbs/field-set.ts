import { type JsonObject, isObject } from '../objects/index.ts'
import type { SchemaNode } from '../schema/index.ts'
import { childOf, keysOf } from './apply-merge.ts'

/**
 * The fields of an object in the form of `fieldsV1`: `f:` a field, `k:` an item of a map list by its keys, `v:` an item of a set,
 * `.` the thing itself. Lists that are neither map nor set belong to one owner as a whole.
 */
export const fieldSetOf = (schema: SchemaNode | undefined, object: JsonObject): JsonObject => {
  const fields: Record<string, JsonObject> = {}
  for (const [key, value] of Object.entries(object)) fields[`f:${key}`] = fieldsOfValue(childOf(schema, key), value)
  return fields
}

const fieldsOfValue = (schema: SchemaNode | undefined, value: unknown): JsonObject => {
  if (isObject(value)) {
    if (schema?.['x-kubernetes-map-type'] === 'atomic') return {}
    return fieldSetOf(schema, value)
  }
  if (!Array.isArray(value)) return {}
  const type = schema?.['x-kubernetes-list-type']
  if (type === 'set') return Object.fromEntries(value.map((item: unknown) => [`v:${JSON.stringify(item)}`, {}]))
  if (type !== 'map') return {}
  return Object.fromEntries(value.filter(isObject).map(item => [itemKey(schema, item), { '.': {}, ...fieldSetOf(schema?.items, item) }]))
}

const itemKey = (schema: SchemaNode | undefined, item: JsonObject): string => `k:${JSON.stringify(keysOf(schema, item))}`

/** The object without the leaves of `fields` that none of `kept` names. */
export const withoutFields = (object: JsonObject, fields: JsonObject, kept: readonly JsonObject[]): JsonObject => {
  const result = new Map(Object.entries(object))
  for (const [field, below] of Object.entries(fields)) {
    if (!field.startsWith('f:') || !isObject(below)) continue
    const key = field.slice(2)
    const value = result.get(key)
    if (value === undefined) continue
    const still = kept.flatMap(k => (isObject(k[field]) ? [k[field]] : []))
    const remaining = without(value, below, still)
    if (remaining === undefined) result.delete(key)
    else result.set(key, remaining)
  }
  return Object.fromEntries(result)
}

/** Undefined when nothing of the value remains. */
const without = (value: unknown, below: JsonObject, kept: readonly JsonObject[]): unknown => {
  const isLeaf = Object.keys(below).length === 0
  if (isLeaf) return kept.length > 0 ? value : undefined
  if (isObject(value)) {
    const rest = withoutFields(value, below, kept)
    return Object.keys(rest).length === 0 && kept.length === 0 ? undefined : rest
  }
  if (!Array.isArray(value)) return value
  const items = value.flatMap((item: unknown) => {
    const field = Object.keys(below).find(key => names(key, item))
    const fields = field === undefined ? undefined : below[field]
    if (field === undefined || !isObject(fields)) return [item]
    const still = kept.flatMap(k => (isObject(k[field]) ? [k[field]] : []))
    if (still.length === 0) return []
    return [isObject(item) ? withoutFields(item, fields, still) : item]
  })
  return items.length === 0 && kept.length === 0 ? undefined : items
}

const names = (field: string, item: unknown): boolean => {
  const wanted: unknown = field.length > 2 ? JSON.parse(field.slice(2)) : undefined
  if (field.startsWith('v:')) return JSON.stringify(wanted) === JSON.stringify(item)
  return (
    field.startsWith('k:') &&
    isObject(wanted) &&
    isObject(item) &&
    Object.entries(wanted).every(([key, value]) => item[key] === undefined || item[key] === value)
  )
}
