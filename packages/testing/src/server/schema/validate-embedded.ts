import type { Cause, SchemaNode } from './definition.ts'
import { schemaOfField } from './correlation.ts'
import { invalid, required } from './field-error.ts'
import { type JsonObject, isObject } from './json.ts'
import { validateEmbeddedMetadata } from './metadata.ts'

/** Objects inside the object (`x-kubernetes-embedded-resource`) need a type and good metadata of their own. The root is not looked at. */
export const validateEmbedded = (schema: SchemaNode, value: unknown, path: string = ''): readonly Cause[] => {
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined ? [] : value.flatMap((item: unknown, i) => inside(items, item, `${path}[${i}]`))
  }
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, child]) => {
    const node = schemaOfField(schema, key)
    if (node === undefined) return []
    const named = schema.properties !== undefined && Object.hasOwn(schema.properties, key)
    return inside(node, child, named ? (path === '' ? key : `${path}.${key}`) : `${path}[${key}]`)
  })
}

const inside = (schema: SchemaNode, value: unknown, path: string): readonly Cause[] => [
  ...(schema['x-kubernetes-embedded-resource'] === true && isObject(value) ? validateResource(value, path) : []),
  ...validateEmbedded(schema, value, path),
]

const kindShape = /^[a-z]([-a-z0-9]*[a-z0-9])?$/

const validateResource = (value: JsonObject, path: string): readonly Cause[] => {
  const { apiVersion, kind } = value
  return [
    ...(apiVersion === undefined ? [required(`${path}.apiVersion`)] : []),
    ...(kind === undefined ? [required(`${path}.kind`)] : []),
    ...(apiVersion === undefined ? [] : checkText(apiVersion, `${path}.apiVersion`, (text) =>
      (text.split('/').length > 2 ? `unexpected GroupVersion string: ${text}` : undefined))),
    ...(kind === undefined ? [] : checkText(kind, `${path}.kind`, (text) => (kindShape.test(text.toLowerCase()) ? undefined
      : 'may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or \'-\', start with an alphabetic character, and end with an alphanumeric character (e.g. \'my-name\',  or \'abc-123\', regex used for validation is \'[a-z]([-a-z0-9]*[a-z0-9])?\')'))),
    ...(isObject(value['metadata']) ? validateEmbeddedMetadata(value['metadata'], `${path}.metadata`) : []),
  ]
}

const checkText = (value: unknown, field: string, complaint: (text: string) => string | undefined): readonly Cause[] => {
  if (typeof value !== 'string') return [invalid(field, value, 'must be a string')]
  const found = value === '' ? 'must not be empty' : complaint(value)
  return found === undefined ? [] : [invalid(field, value, found)]
}
