import type { SchemaNode } from './definition.ts'
import { type JsonObject, isObject, setOwn } from './json.ts'

/**
 * A strategic merge patch applied. Lists merge by the schema's patch merge key; what the schema does not know merges as a JSON
 * merge patch does.
 */
export const strategicMerge = (schema: SchemaNode | undefined, original: JsonObject, patch: JsonObject): JsonObject => {
  const result: Record<string, unknown> = { ...original }
  for (const [key, value] of Object.entries(patch)) {
    const node = schema?.properties?.[key]
    if (value === null) delete result[key]
    else if (isObject(value)) {
      const before = Object.hasOwn(original, key) ? original[key] : undefined
      setOwn(result, key, strategicMerge(node, isObject(before) ? before : {}, value))
    } else setOwn(result, key, value)
  }
  return result
}
