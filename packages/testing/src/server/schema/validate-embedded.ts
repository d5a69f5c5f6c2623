import type { Cause, SchemaNode } from './definition.ts'
import { schemaOfField } from './correlation.ts'
import { invalid, required } from './field-error.ts'
import { type JsonObject, isObject } from './json.ts'
import { validateEmbeddedMetadata } from './metadata.ts'
import { dns1035Label } from './names.ts'

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

const validateResource = (value: JsonObject, path: string): readonly Cause[] => {
  const { apiVersion, kind } = value
  return [
    ...(apiVersion === undefined ? [required(`${path}.apiVersion`)] : []),
    ...(kind === undefined ? [required(`${path}.kind`)] : []),
    ...(apiVersion === undefined
      ? []
      : checkText(apiVersion, `${path}.apiVersion`, text =>
          text.split('/').length > 2 ? `unexpected GroupVersion string: ${text}` : undefined,
        )),
    ...(kind === undefined ? [] : checkText(kind, `${path}.kind`, kindComplaint)),
    ...(isObject(value['metadata']) ? validateEmbeddedMetadata(value['metadata'], `${path}.metadata`) : []),
  ]
}

const kindComplaint = (kind: string): string | undefined => {
  const [message] = dns1035Label(kind.toLowerCase())
  return message === undefined ? undefined : `may have mixed case, but should otherwise match: ${message}`
}

const checkText = (value: unknown, field: string, complaint: (text: string) => string | undefined): readonly Cause[] => {
  if (typeof value !== 'string') return [invalid(field, value, 'must be a string')]
  const found = value === '' ? 'must not be empty' : complaint(value)
  return found === undefined ? [] : [invalid(field, value, found)]
}
