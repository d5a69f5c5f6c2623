import type { JsonObject, StoredObject } from '../objects/index.ts'
import { isObject } from '../objects/index.ts'
import type { Outcome } from '../request/index.ts'
import type { ResourceDefinition } from '../schema/index.ts'
import { Failure, notInThisForm } from '../status/index.ts'
import { tableOf } from '../table/index.ts'
import type { IncludeObject, Shape } from './accept.ts'

export interface RenderOptions {
  readonly shape: Shape
  readonly definition: ResourceDefinition
  /** Milliseconds since 1970, for ages: a watch asks again with each event. */
  now(): number
  readonly includeObject: IncludeObject
}

/** What a verb answered, in the form that the client asked for. */
export const render = (outcome: Outcome, options: RenderOptions): JsonObject => {
  const { shape, definition } = options
  if (outcome.type === 'object') {
    if (shape === 'Object' || !isOfKind(outcome.object, definition)) return outcome.object
    if (shape === 'PartialObjectMetadataList') throw notAList(definition)
    return shape === 'Table'
      ? { ...table(options, [outcome.object], false), metadata: listMetadata(outcome.object) }
      : partial(outcome.object)
  }
  const { metadata, objects } = outcome
  if (shape === 'Table') return { ...table(options, objects, false), metadata }
  if (shape === 'PartialObjectMetadata')
    throw notInThisForm(`you requested PartialObjectMetadata, but the requested object is a list (${goType(definition)}List)`)
  if (shape === 'PartialObjectMetadataList') {
    // No items are none at all here: an empty slice of Go's that was never made.
    const items = objects.length === 0 ? null : objects.map(partial)
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items }
  }
  const apiVersion = definition.group === '' ? definition.version : `${definition.group}/${definition.version}`
  // Items of built-in kinds come without kind and apiVersion: the typed encoder leaves them out.
  return definition.custom
    ? { kind: definition.listKind, apiVersion, metadata: { continue: '', ...metadata }, items: objects }
    : { kind: definition.listKind, apiVersion, metadata, items: objects.map(bare) }
}

/** Renders the objects of one watch: only the first row has the headers of the table. */
export const eventRenderer = (options: RenderOptions): ((object: StoredObject) => JsonObject) => {
  if (options.shape === 'Object') return object => object
  if (options.shape !== 'Table') return partial
  let headersSent = false
  return object => {
    const row = { ...table(options, [object], headersSent), metadata: listMetadata(object) }
    headersSent = true
    return row
  }
}

const table = ({ definition, now, includeObject }: RenderOptions, objects: readonly JsonObject[], noHeaders: boolean): JsonObject =>
  tableOf(definition, objects, {
    now: now(),
    includeObject,
    noHeaders,
  })

/** How kube-apiserver's messages name the kind. */
const goType = ({ custom, group, kind }: ResourceDefinition): string =>
  custom ? '*unstructured.Unstructured' : `*${group.split('.')[0] || 'core'}.${kind}`

/** What was asked for has happened all the same: only the answer cannot be told in this form. */
const notAList = (definition: ResourceDefinition): Failure =>
  definition.custom
    ? new Failure(500, '', 'content is not a list')
    : notInThisForm(`you requested PartialObjectMetadataList, but the requested object is not a list (${goType(definition)})`)

const isOfKind = (object: JsonObject, definition: ResourceDefinition): boolean => object['kind'] === definition.kind

const listMetadata = (object: JsonObject): JsonObject =>
  isObject(object['metadata']) ? { resourceVersion: object['metadata']['resourceVersion'] } : {}

const partial = ({ metadata }: JsonObject): JsonObject => ({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata })

const bare = ({ kind: _kind, apiVersion: _version, ...rest }: JsonObject): JsonObject => rest
