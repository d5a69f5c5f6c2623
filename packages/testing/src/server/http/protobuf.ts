import type { JsonObject } from '../objects/index.ts'
import types from './protobuf-types.json' with { type: 'json' }
import { type WireField, wireFields } from './protobuf-wire.ts'

export const protobufType = 'application/vnd.kubernetes.protobuf'

/** Kubernetes' envelope around a message begins with these bytes. */
const magic = [0x6b, 0x38, 0x73, 0x00]

interface Field {
  /** Empty: the message's fields stand among ours. */
  readonly name: string
  readonly shape: 'one' | 'list' | 'map'
  readonly type: string
  /** Go's JSON leaves a zero out here. */
  readonly omitsZero: boolean
}

const table: Readonly<Record<string, readonly string[]>> = types

/**
 * The object that a Go client sent as protobuf. Typed clients of built-in kinds do so since 1.33 unless told otherwise; answers they
 * take in JSON as well, so that nothing has to be encoded.
 * @throws RangeError for bytes that are no message, or of a kind that is not known here.
 */
export const decodeProtobuf = (bytes: Uint8Array): JsonObject => {
  if (!magic.every((byte, i) => bytes[i] === byte)) throw new RangeError('the body is no Kubernetes protobuf message')
  const envelope = wireFields(bytes.subarray(magic.length))
  const meta = wireFields(bytesOf(envelope, 1))
  const apiVersion = text(bytesOf(meta, 1))
  const kind = text(bytesOf(meta, 2))
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : 'core'
  // Options of verbs belong to every group.
  const name = [`${group}.${kind}`, `meta.${kind}`].find(candidate => table[candidate] !== undefined)
  if (name === undefined)
    throw new RangeError(`no kind ${JSON.stringify(kind)} is known in ${JSON.stringify(apiVersion)} for protobuf: send JSON`)
  return { apiVersion, kind, ...message(name, bytesOf(envelope, 2)) }
}

const bytesOf = (fields: readonly WireField[], number: number): Uint8Array => {
  const value = fields.findLast(field => field.number === number)?.value
  return value instanceof Uint8Array ? value : new Uint8Array()
}
const numberOf = (fields: readonly WireField[], number: number): bigint => {
  const value = fields.findLast(field => field.number === number)?.value
  return typeof value === 'bigint' ? value : 0n
}
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

const fieldsOf = (name: string): ReadonlyMap<number, Field> =>
  new Map(
    (table[name] ?? []).map(line => {
      const [number = '', jsonName = '', written = ''] = line.split(' ')
      const omitsZero = written.startsWith('?')
      const rest = omitsZero ? written.slice(1) : written
      const shape = rest.startsWith('[]') ? 'list' : rest.startsWith('{}') ? 'map' : 'one'
      return [Number(number), { name: jsonName, shape, type: shape === 'one' ? rest : rest.slice(2), omitsZero }]
    }),
  )

const message = (name: string, bytes: Uint8Array): JsonObject => {
  const known = fieldsOf(name)
  const result = new Map<string, unknown>()
  for (const wire of wireFields(bytes)) {
    const field = known.get(wire.number)
    if (field === undefined) continue
    if (field.name === '' && wire.value instanceof Uint8Array) {
      for (const [key, value] of Object.entries(message(field.type, wire.value))) result.set(key, value)
    } else if (field.shape === 'map' && wire.value instanceof Uint8Array) {
      const entry = wireFields(wire.value)
      const value = entry.find(f => f.number === 2) ?? { number: 2, value: new Uint8Array() }
      const before = result.get(field.name)
      result.set(field.name, { ...(typeof before === 'object' ? before : {}), [text(bytesOf(entry, 1))]: one(field.type, value) })
    } else if (field.shape === 'list') {
      const before = result.get(field.name)
      result.set(field.name, [...(Array.isArray(before) ? before : []), one(field.type, wire)])
    } else {
      const value = one(field.type, wire)
      if (!(field.omitsZero && isZero(value))) result.set(field.name, value)
    }
  }
  return Object.fromEntries(result)
}

const isZero = (value: unknown): boolean => value === '' || value === 0 || value === false || value === null

const one = (type: string, wire: WireField): unknown => {
  const { value } = wire
  if (typeof value === 'bigint') return type === 'bool' ? value !== 0n : type === 'double' ? wire.double : Number(value)
  if (type === 'string') return text(value)
  if (type === 'bytes') return Buffer.from(value).toString('base64')
  return special[type]?.(wireFields(value)) ?? (special[type] === undefined ? message(type, value) : null)
}

const json = (bytes: Uint8Array): unknown => (bytes.length === 0 ? null : JSON.parse(text(bytes)))
const schemaType = 'apiextensions.k8s.io.JSONSchemaProps'
const schemaIn = (fields: readonly WireField[], number: number): JsonObject | undefined =>
  fields.some(field => field.number === number) ? message(schemaType, bytesOf(fields, number)) : undefined
const listIn = (fields: readonly WireField[], number: number): readonly Uint8Array[] =>
  fields.flatMap(field => (field.number === number && field.value instanceof Uint8Array ? [field.value] : []))

/** Types whose JSON is not that of their message. An empty time is no time. */
const special: Readonly<Record<string, (fields: readonly WireField[]) => unknown>> = {
  'meta.Time': fields => (fields.length === 0 ? null : instant(fields).replace(/\.\d+Z$/, 'Z')),
  'meta.MicroTime': fields => (fields.length === 0 ? null : instant(fields)),
  'meta.Duration': fields => `${Number(numberOf(fields, 1)) / 1e9}s`,
  'meta.FieldsV1': fields => json(bytesOf(fields, 1)),
  'runtime.RawExtension': fields => json(bytesOf(fields, 1)),
  'resource.Quantity': fields => text(bytesOf(fields, 1)),
  'intstr.IntOrString': fields => (numberOf(fields, 1) === 0n ? Number(numberOf(fields, 2)) : text(bytesOf(fields, 3))),
  'apiextensions.k8s.io.JSON': fields => json(bytesOf(fields, 1)),
  'apiextensions.k8s.io.JSONSchemaPropsOrBool': fields => schemaIn(fields, 2) ?? numberOf(fields, 1) !== 0n,
  'apiextensions.k8s.io.JSONSchemaPropsOrArray': fields =>
    schemaIn(fields, 1) ?? listIn(fields, 2).map(bytes => message(schemaType, bytes)),
  'apiextensions.k8s.io.JSONSchemaPropsOrStringArray': fields => schemaIn(fields, 1) ?? listIn(fields, 2).map(text),
}

/** Seconds and nanoseconds as RFC 3339 with microseconds. */
const instant = (fields: readonly WireField[]): string => {
  const micros = String(Math.floor(Number(numberOf(fields, 2)) / 1_000)).padStart(6, '0')
  return new Date(Number(numberOf(fields, 1)) * 1_000).toISOString().replace(/\.\d+Z$/, `.${micros}Z`)
}
