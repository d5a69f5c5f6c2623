import { schemaOfField } from './correlation.ts'
import type { SchemaNode } from './definition.ts'
import { type JsonObject, isObject, setOwn } from './json.ts'

/**
 * The object with the schema's defaults where a field is absent, or null and not nullable. The input is not changed. A default counts only
 * where its parent object exists.
 */
export const applyDefaults = (schema: SchemaNode, object: JsonObject): JsonObject => {
  const result = defaulted(schema, object)
  return isObject(result) ? result : object
}

const defaulted = (schema: SchemaNode, value: unknown): unknown => {
  if (Array.isArray(value)) {
    const items = schema.items
    return items === undefined ? value : value.map((item: unknown) => defaulted(items, filled(items, item)))
  }
  if (!isObject(value)) return value
  const result: Record<string, unknown> = {}
  for (const [key, child] of Object.entries(value)) {
    const node = schemaOfField(schema, key)
    const filling = node === undefined ? child : filled(node, child)
    setOwn(result, key, node === undefined ? filling : defaulted(node, filling))
  }
  for (const [key, node] of Object.entries(schema.properties ?? {})) {
    if (node.default !== undefined && !Object.hasOwn(value, key)) setOwn(result, key, defaulted(node, structuredClone(node.default)))
  }
  return result
}

/**
 * The object without nulls that the schema neither allows nor replaces; in lists they stay. So is read what comes as JSON, while an applied
 * object keeps them, to be refused.
 */
export const dropNulls = (schema: SchemaNode, object: JsonObject): JsonObject => {
  const result = dropped(schema, object)
  return isObject(result) ? result : object
}

const dropped = (schema: SchemaNode | undefined, value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item: unknown) => dropped(schema?.items, item))
  if (!isObject(value) || schema === undefined) return value
  const result: Record<string, unknown> = {}
  for (const [key, child] of Object.entries(value)) {
    const node = schemaOfField(schema, key)
    if (child === null && node !== undefined && node.nullable !== true && node.default === undefined) continue
    setOwn(result, key, dropped(node, child))
  }
  return result
}

/** Null where null is not allowed gives way to the default. */
const filled = (node: SchemaNode, value: unknown): unknown =>
  value === null && node.nullable !== true && node.default !== undefined ? structuredClone(node.default) : value
