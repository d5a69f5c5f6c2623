import type { SchemaNode } from './definition.ts'
import { equal, isObject, own } from './json.ts'

/**
 * A value of an update beside the one that stood there before. The API server forgives errors in what an update leaves alone
 * ("ratcheting"), and rules see it as `oldSelf`. Absent (undefined) for a value that has no predecessor to compare with.
 */
export interface Correlation {
  readonly schema: SchemaNode
  readonly value: unknown
  readonly old: unknown
}

/** The correlation of a field; only for fields that the schema knows and both objects have. */
export const fieldOf = ({ schema, value, old }: Correlation, key: string): Correlation | undefined => {
  if (!isObject(value) || !isObject(old) || !Object.hasOwn(value, key) || !Object.hasOwn(old, key)) return undefined
  const node = schemaOfField(schema, key)
  return node === undefined ? undefined : { schema: node, value: value[key], old: old[key] }
}

export const schemaOfField = (schema: SchemaNode, key: string): SchemaNode | undefined => {
  if (schema.properties !== undefined && Object.hasOwn(schema.properties, key)) return schema.properties[key]
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
}

/** The correlation of an item: only lists of type `map` have it, by their keys. */
export const itemOf = ({ schema, value, old }: Correlation, index: number): Correlation | undefined => {
  if (schema.items === undefined || !Array.isArray(value)) return undefined
  const item: unknown = value[index]
  const before = predecessor(schema, item, old)
  return before === undefined || before === null ? undefined : { schema: schema.items, value: item, old: before }
}

/** The item of the old list with the same keys. */
export const predecessor = (schema: SchemaNode, item: unknown, old: unknown): unknown => {
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old) || !isObject(item)) return undefined
  return old.find((before: unknown) => isObject(before) && keys.every(key => equal(own(before, key), own(item, key))))
}

/** Did the update leave this value alone? In lists of type `map` the order does not count; unknown fields count as changed. */
export const unchanged = (correlation: Correlation | undefined): boolean => {
  if (correlation === undefined) return false
  const { schema, value, old } = correlation
  if (Array.isArray(value)) {
    if (!Array.isArray(old) || old.length !== value.length) return false
    return schema['x-kubernetes-list-type'] === 'map' ? value.every((_, i) => unchanged(itemOf(correlation, i))) : equal(value, old)
  }
  if (!isObject(value) || !isObject(old)) return equal(value, old)
  const keys = Object.keys(value)
  return keys.length === Object.keys(old).length && keys.every(key => unchanged(fieldOf(correlation, key)))
}
