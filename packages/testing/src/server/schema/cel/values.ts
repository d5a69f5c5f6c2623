import { Environment, EvaluationError } from '@marcbachmann/cel-js'
import type { SchemaNode } from '../definition.ts'
import { isObject, own, setOwn } from '../json.ts'

const reserved: ReadonlySet<string> = new Set([
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
])

/** The name by which rules reach a property whose own name is no identifier: `a-b` is `a__dash__b`. Undefined: out of reach. */
export const escapeProperty = (name: string): string | undefined => {
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name)) return undefined
  if (reserved.has(name)) return `__${name}__`
  return name.replaceAll(/__|[-./]/g, part => escapes[part] ?? part)
}

const escapes: Readonly<Record<string, string>> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' }

const text: SchemaNode = { type: 'string' }

/** Of embedded resources and of the root, rules see no more than this. */
const visibleMeta: SchemaNode = { type: 'object', properties: { name: text, generateName: text } }

/** A JSON value as rules see it: integers as 64-bit integers, dates as timestamps, only the properties that the schema names. */
export const celValue = (schema: SchemaNode | undefined, value: unknown): unknown => {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return value.map((item: unknown) => celValue(schema?.items, item))
  if (isObject(value)) return objectValue(schema, value)
  if (typeof value === 'number') return Number.isInteger(value) && schema?.type !== 'number' ? BigInt(value) : value
  return typeof value === 'string' ? textValue(schema, value) : value
}

const textValue = (schema: SchemaNode | undefined, value: string): unknown => {
  if (schema?.type !== 'string') return value
  if (schema.format === 'byte') return new Uint8Array(Buffer.from(value, 'base64'))
  if (schema.format === 'date-time' || schema.format === 'date') return new Date(value)
  if (schema.format === 'duration') return durationOf(value)
  return value
}

// The library keeps its class of durations to itself; an expression makes one.
const duration = new Environment({ unlistedVariablesAreDyn: true }).parse('duration(text)')

const durationOf = (text: string): unknown => {
  try {
    return duration({ text })
  } catch (error) {
    // The format also allows `3 days`, which CEL can't read: the rule sees the text.
    if (error instanceof EvaluationError) return text
    throw error
  }
}

/** Objects with metadata let rules see their type and name. */
export const withEmbeddedFields = (schema: SchemaNode): SchemaNode =>
  schema['x-kubernetes-embedded-resource'] === true
    ? { ...schema, properties: { ...schema.properties, apiVersion: text, kind: text, metadata: visibleMeta } }
    : schema

const objectValue = (schema: SchemaNode | undefined, value: Readonly<Record<string, unknown>>): unknown => {
  const result: Record<string, unknown> = {}
  const properties = schema === undefined ? undefined : withEmbeddedFields(schema).properties
  const values = typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined
  for (const [key, child] of Object.entries(value)) {
    const node = properties === undefined ? undefined : own(properties, key)
    if (isObject(node)) {
      const name = escapeProperty(key)
      if (name !== undefined) setOwn(result, name, celValue(node, child))
    } else if (properties === undefined || values !== undefined) setOwn(result, key, celValue(values, child))
  }
  return result
}
