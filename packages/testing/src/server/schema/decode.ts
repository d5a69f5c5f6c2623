import { base64Error } from './decode-base64.ts'
import { dropNulls } from './defaults.ts'
import type { ResourceDefinition, SchemaNode } from './definition.ts'
import { builtinType, objectMetaType, schemaType } from './builtin.ts'
import { readTime } from './decode-time.ts'
import { isLeftOut, zero } from './decode-zero.ts'
import { treeMismatch } from './decode-tree.ts'
import { type JsonObject, isObject, setOwn } from './json.ts'
import { prune } from './prune.ts'
import { formatQuantity, parseQuantity, quantityMessage } from './quantity.ts'

export interface Decoded {
  /** Without unknown fields, and with times and quantities in their one form. */
  readonly object: JsonObject
  /** Paths, for `fieldValidation`: `strict decoding error: unknown field "spec.foo"`. */
  readonly unknown: readonly string[]
  /** Why the body can't be this kind at all, in the decoder's words. */
  readonly failure?: string
}

/**
 * Where a body comes from. What a strategic merge made is not JSON any more for kube-apiserver, but a tree of Go's maps, which it copies
 * into its types by other code with other words.
 */
export type DecodeSource = 'json' | 'tree'

/** A request's body as the API server reads it: by Go's types for built-in kinds; custom kinds have only metadata of such a type. */
export const decode = (definition: ResourceDefinition, body: JsonObject, source: DecodeSource = 'json'): Decoded => {
  const { schema, custom } = definition
  if (schema === undefined) return { object: body, unknown: [] }
  if (!custom) return decodeTyped(schema, body, source)
  const metadata = body['metadata']
  const meta = metadata === undefined ? undefined : decodeMetadata(metadata)
  const { object, unknown } = prune(schema, meta === undefined ? body : { ...body, metadata: meta.object })
  return {
    object: dropNulls(schema, object),
    // The API server reads metadata first, and names the rest in order of the alphabet.
    unknown: [...(meta?.unknown ?? []).map(path => `metadata.${path}`).sort(), ...unknown.toSorted()],
    ...(meta?.failure === undefined ? {} : { failure: meta.failure }),
  }
}

/** Metadata of any kind as it is read: without what is empty. */
export const readMetadata = (metadata: unknown): JsonObject => decodeMetadata(metadata).object

const decodeMetadata = (metadata: unknown): Decoded => {
  const decoded = decodeTyped(builtinType(objectMetaType), metadata, 'json')
  return metadata === null ? { object: {}, unknown: [] } : decoded
}

/** Where Go's decoder stands: the innermost struct, and the path of JSON names from the root (without indices and keys of maps). */
interface Place {
  readonly struct: string
  readonly field: string
  /** With indices and keys, for unknown fields. */
  readonly path: string
}

class Reader {
  readonly unknown: string[] = []
  readonly source: DecodeSource
  /** JSON is read to its end after a type that does not fit; what a type's own reader refuses ends it, and is all that is told. */
  failure: string | undefined
  ended = false

  constructor(source: DecodeSource) {
    this.source = source
  }

  fail(message: string): undefined {
    this.failure ??= message
    return undefined
  }

  end(message: string): undefined {
    if (this.source === 'tree') return this.fail(message)
    if (!this.ended) this.failure = message
    this.ended = true
    return undefined
  }

  mismatch(schema: SchemaNode, value: unknown, place: Place, type = goType(schema)): undefined {
    if (this.source === 'tree') return this.fail(treeMismatch(schema, value, type))
    return this.jsonMismatch(value, place, type)
  }

  jsonMismatch(value: unknown, place: Place, type: string): undefined {
    const what =
      typeof value === 'number'
        ? numeric.has(type)
          ? `number ${value}`
          : 'number'
        : typeof value === 'boolean'
          ? 'bool'
          : Array.isArray(value)
            ? 'array'
            : typeof value
    const where = place.struct === '' ? 'value' : `struct field ${place.struct}.${place.field}`
    return this.fail(`json: cannot unmarshal ${what} into Go ${where} of type ${type}`)
  }

  read(schema: SchemaNode, value: unknown, place: Place): unknown {
    // What Go reads as "not given".
    if (value === null) return undefined
    if (schema['x-kubernetes-int-or-string'] === true) {
      return typeof value === 'string' || Number.isInteger(value) ? value : this.jsonMismatch(value, this.within(place), 'int32')
    }
    if (schema.format === 'quantity') return this.quantity(value)
    if (schema.format === 'time' || schema.format === 'micro-time') return this.time(value, place, schema.format === 'micro-time')
    if (schema.title?.startsWith('v1.JSONSchemaPropsOr') === true) return this.nestedSchema(schema.title, value, place)
    if (schema['x-kubernetes-preserve-unknown-fields'] === true) return value
    switch (schema.type) {
      case 'object':
        return isObject(value) ? this.object(schema, value, place) : this.mismatch(schema, value, place)
      case 'array':
        return Array.isArray(value) ? this.array(schema, value, place) : this.mismatch(schema, value, place)
      case 'string':
        if (typeof value !== 'string') return this.mismatch(schema, value, place)
        return schema.format === 'byte' ? this.bytes(value) : value
      case 'boolean':
        return typeof value === 'boolean' ? value : this.mismatch(schema, value, place)
      case 'integer':
        return isInteger(schema, value) ? value : this.mismatch(schema, value, place)
      case 'number':
        return typeof value === 'number' ? value : this.mismatch(schema, value, place, 'float64')
      default:
        return value
    }
  }

  object(schema: SchemaNode, value: JsonObject, place: Place): JsonObject {
    const result: Record<string, unknown> = {}
    const { properties, additionalProperties, title } = schema
    const struct = title === undefined ? place.struct : title.slice(title.lastIndexOf('.') + 1)
    for (const [key, child] of Object.entries(value)) {
      const path = place.path === '' ? key : `${place.path}.${key}`
      const property = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined
      const node = property ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined)
      if (node === undefined) this.unknown.push(path)
      else {
        const field = property === undefined ? place.field : place.field === '' ? key : `${place.field}.${key}`
        const read = this.read(node, child, { struct: property === undefined ? place.struct : struct, field, path })
        if (read !== undefined && !(property !== undefined && isLeftOut(node, read, schema))) setOwn(result, key, read)
        else if (read === undefined && property === undefined && node.type === 'string') setOwn(result, key, '')
      }
    }
    return result
  }

  array(schema: SchemaNode, value: readonly unknown[], place: Place): readonly unknown[] {
    const { items } = schema
    return items === undefined
      ? value
      : value.map((item, i) => this.read(items, item, { ...place, path: `${place.path}[${i}]` }) ?? zero(items))
  }

  /** A schema or something simpler, each with a reader of its own, which drops what it does not know unheard. */
  nestedSchema(holder: string, value: unknown, place: Place): unknown {
    if (holder.endsWith('Bool') && typeof value !== 'boolean' && !isObject(value)) return this.end('boolean or JSON schema expected')
    if (Array.isArray(value)) return value.map(item => (isObject(item) ? this.nestedSchema(holder, item, place) : item))
    if (!isObject(value)) return typeof value === 'boolean' ? value : undefined
    const reader = new Reader(this.source)
    const schema = reader.read(builtinType(schemaType), value, place)
    return reader.failure === undefined ? schema : this.fail(reader.failure)
  }

  bytes(value: string): string | undefined {
    const wrong = base64Error(value)
    if (wrong < 0) return value
    return this.fail(`${this.source === 'tree' ? 'error decoding from json: ' : ''}illegal base64 data at input byte ${wrong}`)
  }

  /** Types with a reader of their own read JSON also out of a tree, and know nothing of what is around them then. */
  within(place: Place): Place {
    return this.source === 'tree' ? { ...place, struct: '' } : place
  }

  quantity(value: unknown): string | undefined {
    const parsed = typeof value === 'string' || typeof value === 'number' ? parseQuantity(String(value)) : undefined
    return parsed === undefined ? this.end(quantityMessage) : formatQuantity(parsed)
  }

  time(value: unknown, place: Place, micro: boolean): string | undefined {
    if (typeof value !== 'string') return this.jsonMismatch(value, this.within(place), 'string')
    const { text, failure } = readTime(value, micro)
    return failure === undefined ? text : this.end(failure)
  }
}

const numeric: ReadonlySet<string> = new Set(['int32', 'int64'])

const isInteger = (schema: SchemaNode, value: unknown): boolean =>
  Number.isInteger(value) && (schema.format !== 'int32' || (typeof value === 'number' && value <= 2_147_483_647 && value >= -2_147_483_648))

const goType = (schema: SchemaNode): string => {
  const named = schema.title ?? schema['x-go-type']
  if (named !== undefined) return named
  switch (schema.type) {
    case 'array':
      return `[]${schema.items === undefined ? 'interface {}' : goType(schema.items)}`
    case 'object':
      return typeof schema.additionalProperties === 'object'
        ? `map[string]${goType(schema.additionalProperties)}`
        : 'map[string]interface {}'
    case 'string':
      return schema.format === 'byte' ? '[]uint8' : 'string'
    case 'integer':
      return schema.format ?? 'int64'
    case 'boolean':
      return 'bool'
    case 'number':
      return 'float64'
    default:
      return 'interface {}'
  }
}

const decodeTyped = (schema: SchemaNode, value: unknown, source: DecodeSource): Decoded => {
  const reader = new Reader(source)
  const object = reader.read(schema, value, { struct: '', field: '', path: '' })
  return {
    object: isObject(object) ? object : {},
    unknown: reader.unknown,
    ...(reader.failure === undefined ? {} : { failure: reader.failure }),
  }
}
