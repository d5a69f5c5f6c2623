import { builtinType, objectMetaType } from './builtin.ts'
import { type JsonObject, isObject, own, setOwn } from './json.ts'
import type { SchemaNode } from './definition.ts'

/**
 * The object without the fields that its schema does not name, and their paths as the API server words them under strict
 * decoding (`spec.foo`, `spec.items[0].bar`). The input is not changed; parts that need no change are shared with it.
 */
export const prune = (schema: SchemaNode, object: JsonObject): { readonly object: JsonObject; readonly unknown: readonly string[] } => {
  const unknown: string[] = []
  const pruned = pruneValue(schema, object, '', unknown)
  return { object: isObject(pruned) ? pruned : object, unknown }
}

const pruneValue = (schema: SchemaNode, value: unknown, path: string, unknown: string[]): unknown => {
  if (Array.isArray(value)) {
    const items = schema.items
    return items === undefined ? value : value.map((item: unknown, i) => pruneValue(items, item, `${path}[${i}]`, unknown))
  }
  if (!isObject(value)) return value
  const { additionalProperties } = schema
  const keepAll = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true
  const result: Record<string, unknown> = {}
  for (const [key, child] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`
    const node = nodeOf(schema, key)
    if (node !== undefined) setOwn(result, key, pruneValue(node, child, at, unknown))
    else if (typeof additionalProperties === 'object') setOwn(result, key, pruneValue(additionalProperties, child, at, unknown))
    else if (keepAll) setOwn(result, key, own(value, key))
    else unknown.push(at)
  }
  return result
}

/** Objects with metadata, and custom kinds themselves, have it of the one type that all kinds share, whatever the schema says of it. */
const nodeOf = (schema: SchemaNode, key: string): SchemaNode | undefined => {
  if (schema['x-kubernetes-embedded-resource'] === true) {
    if (key === 'metadata') return builtinType(objectMetaType)
    if (key === 'apiVersion' || key === 'kind') return text
  }
  const { properties } = schema
  return properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined
}

const text: SchemaNode = { type: 'string' }
