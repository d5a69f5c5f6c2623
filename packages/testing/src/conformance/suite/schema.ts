import type { Schema } from '@kube-node/core/provider'

export interface Problem {
  readonly path: readonly string[]
  readonly message: string
}

/** What the schema makes of a value; or what it finds wrong. @throws Error when it answers with a promise. */
export const validate = <T>(schema: Schema<T>, value: unknown): { readonly value: T } | { readonly problems: readonly Problem[] } => {
  const result = schema['~standard'].validate(value)
  if (result instanceof Promise) throw new Error('the schema answers with a promise: core needs its answer at once')
  if (!result.issues) return { value: result.value }
  return { problems: result.issues.map(({ message, path = [] }) => ({ message, path: path.map(keyOf) })) }
}

/** Standard Schema allows a key, or an object that holds one. */
const keyOf = (part: unknown): string => (typeof part === 'object' && part !== null && 'key' in part ? String(part.key) : String(part))

/** @throws Error with the schema's words. */
export const parsed = <T>(what: string, schema: Schema<T>, value: unknown): T => {
  const result = validate(schema, value)
  if ('value' in result) return result.value
  throw new Error(`${what} does not fit the provider's schema: ${result.problems.map(p => [...p.path, p.message].join(': ')).join('; ')}`)
}

/** The properties of an object schema, by their JSON Schema. */
export const propertiesOf = (schema: Schema): Readonly<Record<string, unknown>> => {
  const { properties } = schema['~standard'].jsonSchema.input({ target: 'openapi-3.0' })
  return typeof properties === 'object' && properties !== null ? { ...properties } : {}
}
