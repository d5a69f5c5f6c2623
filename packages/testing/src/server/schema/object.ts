import type { Cause, ResourceDefinition } from './definition.ts'
import { applyDefaults } from './defaults.ts'
import type { JsonObject } from './json.ts'
import { validateMetadata } from './metadata.ts'
import { prune } from './prune.ts'
import { validate } from './validate.ts'

export interface Decoded {
  /** Without unknown fields. */
  readonly object: JsonObject
  /** Paths, for `fieldValidation`: `strict decoding error: unknown field "spec.foo"`. */
  readonly unknown: readonly string[]
  /** The body can't be this kind at all (`json: cannot unmarshal ...`): answer 400 BadRequest with this message. */
  readonly failure?: string
}

/** A request's body as the kind sees it: unknown fields pruned and named, wrong types of built-in kinds refused. */
export const decode = (definition: ResourceDefinition, body: JsonObject): Decoded =>
  definition.schema === undefined ? { object: body, unknown: [] } : prune(definition.schema, body)

/** Defaults of the kind: by the schema for custom resources, as the API server's own code does for built-in kinds. */
export const setDefaults = (definition: ResourceDefinition, object: JsonObject): JsonObject =>
  definition.custom && definition.schema !== undefined ? applyDefaults(definition.schema, object) : object

/** All that the API server would answer 422 Invalid for. `old` is the stored object of an update. */
export const validateObject = (definition: ResourceDefinition, object: JsonObject, old?: JsonObject): readonly Cause[] => [
  ...validateMetadata(object, definition),
  ...(definition.custom && definition.schema !== undefined ? validate(definition.schema, object, old) : []),
]
