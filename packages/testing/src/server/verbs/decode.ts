import { type Draft, type JsonObject, isObject, textAt } from '../objects/index.ts'
import { type DecodeSource, type ResourceDefinition, decode } from '../schema/index.ts'
import { type Failure, badRequest, invalid, invalidValue } from '../status/index.ts'
import type { Call, WriteOptions } from '../request/index.ts'

export const apiVersionOf = (definition: ResourceDefinition): string =>
  definition.group === '' ? definition.version : `${definition.group}/${definition.version}`

/**
 * A request's body as a draft of the kind: of the right kind and version, known fields only.
 * @throws Failure 400 for what cannot be this kind at all, or has unknown fields under strict validation.
 */
export const decodeDraft = (call: Call, body: unknown, options: WriteOptions): Draft => {
  const { definition } = call
  const { kind } = definition
  if (!isObject(body)) {
    throw badRequest(`${unrecognized(kind)}: couldn't get version/kind; json parse error: the body is no object (${excerpt(body)})`)
  }
  const given = { kind: textAt(body, 'kind'), apiVersion: textAt(body, 'apiVersion') }
  // The typed decoder of built-in kinds fills in what the path says; the one of custom kinds does not.
  if (definition.custom) {
    for (const [field, word] of [
      ['kind', 'Kind'],
      ['apiVersion', 'apiVersion'],
    ] as const) {
      if (given[field] === '')
        throw badRequest(`${unrecognized(kind)}: Object '${word}' is missing in '${excerpt(body)}' (${excerpt(body)})`)
    }
  }
  const apiVersion = apiVersionOf(definition)
  if (given.apiVersion !== '' && given.apiVersion !== apiVersion) {
    throw badRequest(`the API version in the data (${given.apiVersion}) does not match the expected API version (${apiVersion})`)
  }
  if (given.kind !== '' && given.kind !== kind) throw wrongKind(definition, given.kind, body)
  return decoded(call, body, options, 'json', why => badRequest(`${cannotBe(definition)}: ${why}`))
}

/**
 * What a patch made of an object, as a draft of the kind.
 * @throws Failure 422, which shows the object (of a strategic merge only the patch).
 */
export const decodePatched = (call: Call, { object, shown, source }: Patched, options: WriteOptions): Draft => {
  const refusal = (why: string): Failure => invalid('', '', '', [invalidValue('patch', shown(), why)])
  // In a tree nobody looks at kind and version.
  if (source === 'json') checkType(call, object, shown, refusal)
  return decoded(call, object, options, source, refusal)
}

/** @throws Failure 422 for a patch that would make another kind of object of it. */
const checkType = ({ definition, name }: Call, object: JsonObject, shown: () => string, refusal: (why: string) => Failure): void => {
  const given = { kind: textAt(object, 'kind'), apiVersion: textAt(object, 'apiVersion') }
  const wanted = { kind: definition.kind, apiVersion: apiVersionOf(definition) }
  if (definition.custom) {
    if (given.kind === '') throw refusal(`Object 'Kind' is missing in '${shown()}'`)
    const wrong = (['kind', 'apiVersion'] as const).filter(field => given[field] !== wanted[field])
    if (wrong.length === 0) return
    const causes = wrong.map(field => invalidValue(field, given[field], `must be ${wanted[field]}`))
    const group = given.apiVersion.includes('/') ? (given.apiVersion.split('/')[0] ?? '') : ''
    throw invalid(group, given.kind, name, causes)
  }
  const kind = given.kind || wanted.kind
  const apiVersion = given.apiVersion || wanted.apiVersion
  if (kind === wanted.kind && apiVersion === wanted.apiVersion) return
  throw refusal(
    `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
  )
}

export interface Patched {
  readonly object: JsonObject
  /** As a refusal shows it. */
  shown(): string
  readonly source: DecodeSource
}

const decoded = (call: Call, body: JsonObject, options: WriteOptions, source: DecodeSource, refusal: (why: string) => Failure): Draft => {
  const { definition } = call
  const { object, unknown: paths, failure } = decode(definition, body, source)
  if (failure !== undefined) throw refusal(failure)
  noteEmptyMaps(call, body)
  const unknown = paths.map(path => `unknown field ${JSON.stringify(path)}`).sort()
  if (unknown.length > 0 && options.fieldValidation === 'Strict') throw refusal(`strict decoding error: ${unknown.join(', ')}`)
  if (options.fieldValidation === 'Warn') call.warnings.push(...unknown)
  return draftFrom(object, definition)
}

/** To Go an empty map is not the same as none, until it is stored: some rules of updates tell them apart. */
export const noteEmptyMaps = ({ emptyMaps }: Call, body: JsonObject): void => {
  for (const [field, value] of Object.entries(body)) if (isObject(value) && Object.keys(value).length === 0) emptyMaps.add(field)
}

/** @throws Failure 400 where metadata is no object. */
export const draftFrom = (object: JsonObject, definition: ResourceDefinition): Draft => {
  const metadata = object['metadata'] ?? {}
  if (!isObject(metadata)) throw badRequest(`${cannotBe(definition)}: metadata is no object`)
  // Built-in kinds are decoded into structs with all of metadata's types checked; validateObject judges those of custom kinds.
  return { ...object, apiVersion: apiVersionOf(definition), kind: definition.kind, metadata: { ...metadata } }
}

const wrongKind = (definition: ResourceDefinition, kind: string, body: JsonObject): Error => {
  const { group, version } = definition
  if (definition.custom) {
    return invalid(group, kind, textAt(body, 'metadata', 'name'), [invalidValue('kind', kind, `must be ${definition.kind}`)])
  }
  const internal = `${group.split('.')[0] || 'core'}.${definition.kind}`
  return badRequest(`${cannotBe(definition, kind)}: converting (${version}.${kind}) to (${internal}): unknown conversion`)
}

const unrecognized = (kind: string): string => `the object provided is unrecognized (must be of type ${kind})`

/** How decoding names what it could not make of a body. */
const cannotBe = ({ kind, version }: ResourceDefinition, given: string = kind): string =>
  `${given} in version ${JSON.stringify(version)} cannot be handled as a ${kind}`

const excerpt = (body: unknown): string => (JSON.stringify(body) ?? '').slice(0, 200)
