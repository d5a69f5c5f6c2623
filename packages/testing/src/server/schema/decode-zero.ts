import type { SchemaNode } from './definition.ts'
import { isObject } from './json.ts'

/** What Go does not write: empty lists and maps, zero values of fields marked `omitempty`. Some come back as null (zeroValues). */
export const isLeftOut = (node: SchemaNode, value: unknown, { title = '' }: SchemaNode): boolean => {
  // A default or an example in a schema is any JSON: an empty list is one.
  if (node.title === 'v1.JSON') return false
  // Of definitions alone, which are stored as JSON, an empty list that is always written stays one.
  if (Array.isArray(value)) return value.length === 0 && !(node['x-go-zero'] === 'null' && title.startsWith('v1.CustomResourceDefinition'))
  if (node['x-go-zero'] === 'omit') return value === '' || value === 0 || value === false
  // Those of a schema are refused even if there are none.
  if (node['x-go-type'] === 'v1.JSONSchemaDependencies') return false
  return isObject(value) && node.additionalProperties !== undefined && Object.keys(value).length === 0
}

/** What Go has where nothing was given. */
export const zero = (schema: SchemaNode): unknown => {
  switch (schema.type) {
    case 'string':
      return ''
    case 'integer':
    case 'number':
      return 0
    case 'boolean':
      return false
    case 'array':
      return []
    case 'object':
      return {}
    default:
      return null
  }
}
