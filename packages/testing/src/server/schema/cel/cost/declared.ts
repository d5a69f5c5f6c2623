import type { SchemaNode } from '../../definition.ts'
import { escapeProperty } from '../values.ts'

/** What a schema says of values' sizes. */
export interface Declared {
  /** Most items, entries, or bytes; 0 for what has none of them. */
  readonly most: bigint
  /** Bytes of the shortest value as JSON. */
  readonly least: number
  readonly items?: Declared
  /** Of maps. */
  readonly keys?: Declared
  /** By the name by which rules reach them. */
  readonly fields?: ReadonlyMap<string, Declared>
}

/** The greatest request that is taken, in bytes. */
export const requestBytes: number = 3 * 1_024 * 1_024
/** Of a date and of a time or duration, with their quotes. */
const dateBytes = 12
const timeBytes = 32
const nameLength = 253
/** A character has up to four bytes. */
const bytesPerCharacter = 4

const whole = (value: number): bigint => BigInt(Math.max(Math.trunc(value), 0))

/** Undefined for what rules do not see: what has no type, and lists and maps of it. */
export const declaredOf = (node: SchemaNode, isRoot: boolean): Declared | undefined => {
  if (node['x-kubernetes-int-or-string'] === true) return { most: lengthOf(node), least: 1 }
  const seen = isRoot ? withMetadata(node) : node
  switch (seen.type) {
    case 'array':
      return listOf(seen)
    case 'object':
      return typeof seen.additionalProperties === 'object' ? mapOf(seen, seen.additionalProperties) : objectOf(seen)
    case 'string':
      return stringOf(seen)
    case 'boolean':
      return { most: 0n, least: 4 }
    case 'integer':
    case 'number':
      return { most: 0n, least: 1 }
    default:
      return undefined
  }
}

/** What lies at a path from `self`, which is its first part. */
export const declaredAt = (self: Declared, path: readonly string[]): Declared | undefined =>
  path.slice(1).reduce<Declared | undefined>((at, name) => {
    if (name === '@items' || name === '@values') return at?.items
    return name === '@keys' ? at?.keys : at?.fields?.get(name)
  }, self)

const below = (node: SchemaNode): Declared | undefined => declaredOf(node, node['x-kubernetes-embedded-resource'] === true)

const listOf = ({ items, maxItems }: SchemaNode): Declared | undefined => {
  const each = items === undefined ? undefined : below(items)
  if (each === undefined) return undefined
  // The brackets apart, and a comma behind each.
  return { most: whole(maxItems ?? (requestBytes - 2) / (each.least + 1)), least: 2, items: each }
}

const mapOf = ({ maxProperties }: SchemaNode, values: SchemaNode): Declared | undefined => {
  const each = below(values)
  if (each === undefined) return undefined
  const most = whole(maxProperties ?? (requestBytes - 2) / (each.least + 6))
  return { most, least: 2, keys: { most: 0n, least: 2 }, items: each }
}

const objectOf = ({ properties = {}, required = [] }: SchemaNode): Declared => {
  const fields = new Map<string, Declared>()
  let least = 2
  for (const [name, child] of Object.entries(properties)) {
    const field = below(child)
    if (field === undefined) continue
    const reached = escapeProperty(name)
    if (reached !== undefined) fields.set(reached, field)
    // What has a default need not be in a request.
    const isFilled = child.default !== undefined && child.default !== null
    if (required.includes(name) && !isFilled) least += Buffer.byteLength(name) + field.least + 4
  }
  return { most: 0n, least, fields }
}

const stringOf = (node: SchemaNode): Declared => {
  switch (node.format) {
    case 'byte':
      return { most: whole(node.maxLength ?? requestBytes - 2), least: 2 }
    case 'duration':
      return { most: BigInt(timeBytes), least: 3 }
    case 'date':
      return { most: BigInt(dateBytes), least: dateBytes }
    case 'date-time':
      return { most: BigInt(timeBytes), least: 21 }
    default:
      return { most: lengthOf(node), least: 2 }
  }
}

const lengthOf = (node: SchemaNode): bigint => {
  const { enum: choices = [], maxLength } = node
  if (maxLength !== undefined) return whole(maxLength) * BigInt(bytesPerCharacter)
  if (choices.length === 0 || node['x-kubernetes-int-or-string'] === true) return BigInt(requestBytes - 2)
  return whole(Math.max(0, ...choices.map(choice => (typeof choice === 'string' ? Buffer.byteLength(choice) : 0))))
}

const text: SchemaNode = { type: 'string' }

const isText = (node: SchemaNode | undefined): boolean => node?.type === 'string'

/** Of the root and of objects within objects, rules see these, bounded as their names are. */
const withMetadata = (node: SchemaNode): SchemaNode => {
  const { apiVersion, kind, metadata } = node.properties ?? {}
  const { generateName, name } = metadata?.properties ?? {}
  if (isText(apiVersion) && isText(kind) && metadata?.type === 'object' && isText(name) && isText(generateName)) return node
  const named: SchemaNode = {
    type: 'object',
    properties: { name: capped(name, nameLength), generateName: capped(generateName, nameLength - 1) },
  }
  return { ...node, properties: { ...node.properties, apiVersion: text, kind: text, metadata: named } }
}

const capped = (node: SchemaNode | undefined, length: number): SchemaNode => ({
  type: 'string',
  maxLength: Math.min(node?.maxLength ?? length, length),
})
