import type { SchemaNode } from './definition.ts'
import { type JsonObject, isObject, setOwn } from './json.ts'

/**
 * What Go writes for fields that were not given: structs that are no pointers as empty objects with their own required fields in them,
 * required scalars as '' or 0, some lists and times as null. Parts that need nothing are shared with the input.
 */
export const zeroValues = (schema: SchemaNode, object: JsonObject): JsonObject => {
  const result = zeroed(schema, object)
  return isObject(result) ? result : object
}

const zeroed = (schema: SchemaNode, value: unknown): unknown => {
  if (Array.isArray(value)) {
    const { items } = schema
    if (items === undefined || items.properties === undefined) return value
    const filled = value.map((item: unknown) => zeroed(items, item))
    return filled.every((item, i) => item === value[i]) ? value : filled
  }
  if (!isObject(value)) return value
  let result: Record<string, unknown> | undefined
  const set = (key: string, filling: unknown): void => setOwn((result ??= { ...value }), key, filling)
  const values = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
  for (const [key, child] of Object.entries(value)) {
    const node = schema.properties?.[key] ?? values
    if (node === undefined || typeof child !== 'object') continue
    const filled = zeroed(node, child)
    if (filled !== child) set(key, filled)
  }
  for (const [key, node] of Object.entries(schema.properties ?? {})) {
    if (Object.hasOwn(value, key)) continue
    if (node['x-go-zero'] === 'null') set(key, null)
    else if (node.default !== undefined && node['x-go-zero'] !== 'omit') set(key, zeroed(node, node.default))
  }
  return result ?? value
}
