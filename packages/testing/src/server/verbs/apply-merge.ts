import { type JsonObject, equal, isObject } from '../objects/index.ts'
import type { SchemaNode } from '../schema/index.ts'

/**
 * What an applier wants, merged over what is there: objects field by field, map lists by their keys, sets by their items; everything
 * else, lists without a type among it, belongs to one owner and is replaced as a whole.
 */
export const applyMerge = (schema: SchemaNode | undefined, live: JsonObject, wanted: JsonObject): JsonObject => {
  const merged = new Map(Object.entries(live))
  for (const [key, value] of Object.entries(wanted)) merged.set(key, mergedValue(childOf(schema, key), merged.get(key), value))
  return Object.fromEntries(merged)
}

/** The schema of a field, or of the values of a map. */
export const childOf = (schema: SchemaNode | undefined, key: string): SchemaNode | undefined => {
  const { additionalProperties, properties } = schema ?? {}
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key]
  return typeof additionalProperties === 'object' ? additionalProperties : undefined
}

/** The keys by which an item of a map list is known, with the defaults of those that it leaves out. */
export const keysOf = (schema: SchemaNode | undefined, item: JsonObject): JsonObject => {
  const keys = schema?.['x-kubernetes-list-map-keys'] ?? []
  const entries = keys.toSorted().flatMap(key => {
    const value = item[key] ?? schema?.items?.properties?.[key]?.default
    return value === undefined ? [] : [[key, value] as const]
  })
  return Object.fromEntries(entries)
}

const mergedValue = (schema: SchemaNode | undefined, live: unknown, wanted: unknown): unknown => {
  if (isObject(wanted) && isObject(live)) return schema?.['x-kubernetes-map-type'] === 'atomic' ? wanted : applyMerge(schema, live, wanted)
  if (!Array.isArray(wanted) || !Array.isArray(live)) return wanted
  const items: readonly unknown[] = wanted
  const own: readonly unknown[] = live
  switch (schema?.['x-kubernetes-list-type']) {
    case 'set':
      return [...own, ...items.filter(item => !own.some(other => equal(other, item)))]
    case 'map':
      return mergedItems(schema, own.filter(isObject), items.filter(isObject))
    default:
      return items
  }
}

const mergedItems = (schema: SchemaNode, live: readonly JsonObject[], wanted: readonly JsonObject[]): readonly JsonObject[] => {
  const same = (a: JsonObject, b: JsonObject): boolean => equal(keysOf(schema, a), keysOf(schema, b))
  const kept = live.map(own => {
    const change = wanted.find(item => same(item, own))
    return change === undefined ? own : applyMerge(schema.items, own, change)
  })
  return [...kept, ...wanted.filter(item => !live.some(own => same(own, item)))]
}
