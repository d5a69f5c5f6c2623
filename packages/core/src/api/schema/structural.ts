import { z } from 'zod'
import type { StructuralSchema } from './extensions.ts'

/**
 * zod's OpenAPI 3.0 made structural: no keywords that Kubernetes forbids or does not know, int-or-string in its own form, and nothing left out
 * in silence: a construct that has no structural form is an error.
 */
export const structural = (schema: z.ZodType): StructuralSchema => {
  const { $schema: _, ...root } = z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' }) as JsonSchema
  return convert(root, '')
}

type JsonSchema = { readonly [keyword: string]: unknown }

const kept: ReadonlySet<string> = new Set([
  'description', 'type', 'required', 'enum', 'default', 'pattern', 'minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'maxProperties',
  'x-kubernetes-validations', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-map-type', 'x-kubernetes-preserve-unknown-fields',
])

const convert = (schema: JsonSchema, path: string): StructuralSchema => {
  if (schema['x-kubernetes-int-or-string'] === true) return intOrString(schema)
  const out: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (kept.has(keyword)) out[keyword] = value
    else if (keyword === 'properties') out[keyword] = mapValues(value as Record<string, JsonSchema>, (field, name) => convert(field, `${path}.${name}`))
    else if (keyword === 'items') out[keyword] = convert(value as JsonSchema, `${path}[]`)
    else if (keyword === 'additionalProperties') {
      // With fields of any kind kept, Kubernetes wants no second word about them.
      if (schema['x-kubernetes-preserve-unknown-fields'] !== true) out[keyword] = convert(value as JsonSchema, `${path}{}`)
    } else if (keyword === 'format' && value === 'date-time') out[keyword] = value
    else throw new TypeError(`${path}: a structural schema has no "${keyword}"`)
  }
  // zod's own pattern of a date knows all leap years; the format says the same to the API server.
  if (out['format'] === 'date-time') delete out['pattern']
  return withDefaultInWords(out)
}

/** kubectl explain shows no defaults of its own. */
const withDefaultInWords = (schema: StructuralSchema): StructuralSchema =>
  schema.description === undefined || schema.default === undefined || typeof schema.default === 'object'
    ? schema
    : { ...schema, description: `${schema.description} Default: ${String(schema.default)}.` }

/** Patterns apply to strings and minima to numbers, so both stand beside the choice. */
const intOrString = (schema: JsonSchema): StructuralSchema => {
  const { anyOf, ...rest } = schema
  const [number = {}, text = {}] = anyOf as readonly JsonSchema[]
  const beside = (part: JsonSchema): JsonSchema => Object.fromEntries(Object.entries(part).filter(([keyword]) => keyword !== 'type'))
  return withDefaultInWords({ ...rest, ...beside(number), ...beside(text), anyOf: [{ type: 'integer' }, { type: 'string' }] })
}

const mapValues = <A, B>(record: Readonly<Record<string, A>>, change: (value: A, key: string) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
