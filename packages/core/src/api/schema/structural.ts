import { z } from 'zod'
import type { StructuralSchema } from './extensions.ts'

/**
 * zod's OpenAPI 3.0 made structural: int-or-string in its own form, and no keyword that Kubernetes forbids or does not know. Nothing is
 * left out in silence: a construct that has no structural form is an error.
 */
export const structural = (schema: z.ZodType): StructuralSchema => {
  const { $schema: _, ...root } = z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' })
  return convert(root, '')
}

type JsonSchema = z.core.JSONSchema.JSONSchema

const copied: ReadonlySet<string> = new Set([
  'description',
  'type',
  'required',
  'enum',
  'default',
  'pattern',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'maxProperties',
  'x-kubernetes-validations',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-preserve-unknown-fields',
])
const converted: ReadonlySet<string> = new Set(['properties', 'items', 'additionalProperties', 'format'])

const convert = (schema: JsonSchema, path: string): StructuralSchema => {
  if (schema['x-kubernetes-int-or-string'] === true) return intOrString(schema)
  const unknown = Object.keys(schema).find(keyword => !copied.has(keyword) && !converted.has(keyword))
  if (unknown !== undefined) throw new TypeError(`${path}: a structural schema has no "${unknown}"`)
  const { properties, items, additionalProperties, format } = schema
  if (format !== undefined && format !== 'date-time') throw new TypeError(`${path}: the API server does not check the format "${format}"`)

  const part = (inner: NonNullable<typeof items>, name: string): StructuralSchema => {
    if (typeof inner !== 'object' || Array.isArray(inner)) throw new TypeError(`${path}${name}: a structural schema has one schema here`)
    return convert(inner, `${path}${name}`)
  }
  // Where fields of any kind are kept, Kubernetes wants no second word about them.
  const values = schema['x-kubernetes-preserve-unknown-fields'] === true ? undefined : additionalProperties
  return withDefaultInWords({
    ...sameWords(schema),
    ...(format !== undefined && { format }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, part(field, `.${name}`)])),
    }),
    ...(items !== undefined && { items: part(items, '[]') }),
    ...(values !== undefined && { additionalProperties: part(values, '{}') }),
  })
}

/** What both languages say in the same words. zod's pattern of a date knows all leap years; its format says that to the API server. */
const sameWords = (schema: JsonSchema): StructuralSchema =>
  Object.fromEntries(Object.entries(schema).filter(([word]) => copied.has(word) && !(word === 'pattern' && schema.format !== undefined)))

/** kubectl explain shows no defaults of its own. */
const withDefaultInWords = (schema: StructuralSchema): StructuralSchema => {
  const { description, default: value } = schema
  if (description === undefined || value === undefined || typeof value === 'object') return schema
  return { ...schema, description: `${description} Default: ${typeof value === 'string' ? value : JSON.stringify(value)}.` }
}

/** Patterns apply to strings and minima to numbers, so both stand beside the choice. */
const intOrString = (schema: JsonSchema): StructuralSchema => {
  const { anyOf = [], ...rest } = schema
  const { type: _, ...bounds } = anyOf.reduce<JsonSchema>((all, choice) => ({ ...all, ...choice }), {})
  return withDefaultInWords({
    ...sameWords({ ...rest, ...bounds }),
    'x-kubernetes-int-or-string': true,
    anyOf: [{ type: 'integer' }, { type: 'string' }],
  })
}
