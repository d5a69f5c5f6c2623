import type { SchemaNode } from './definition.ts'
import { type JsonObject, isObject, setOwn } from './json.ts'

/**
 * The object with the schema's defaults where a field is absent, or null and not nullable. The input is not changed.
 * As the API server does it: a default counts only where its parent object exists.
 */
export const applyDefaults = (schema: SchemaNode, object: JsonObject): JsonObject => {
  const result = defaultValue(schema, object)
  return isObject(result) ? result : object
}

const defaultValue = (schema: SchemaNode, value: unknown): unknown => {
  if (Array.isArray(value)) {
    const items = schema.items
    return items === undefined ? value : value.map((item: unknown) => defaultValue(items, item))
  }
  if (!isObject(value)) return value
  const result: Record<string, unknown> = { ...value }
  for (const [key, node] of Object.entries(schema.properties ?? {})) {
    const present = Object.hasOwn(value, key) ? value[key] : undefined
    if (node.default !== undefined && (present === undefined || (present === null && node.nullable !== true))) {
      setOwn(result, key, defaultValue(node, structuredClone(node.default)))
    } else if (present !== undefined) setOwn(result, key, defaultValue(node, present))
  }
  if (typeof schema.additionalProperties === 'object') {
    for (const [key, child] of Object.entries(value)) {
      if (schema.properties === undefined || !Object.hasOwn(schema.properties, key)) {
        setOwn(result, key, defaultValue(schema.additionalProperties, child))
      }
    }
  }
  return result
}
