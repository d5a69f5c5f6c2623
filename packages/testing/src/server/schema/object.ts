import type { Cause, ResourceDefinition } from './definition.ts'
import { builtinChecks } from './builtin-checks/index.ts'
import { builtinDefaults } from './builtin-defaults.ts'
import { zeroValues } from './builtin-zero.ts'
import { applyDefaults } from './defaults.ts'
import type { JsonObject } from './json.ts'
import { validateMetadata } from './metadata.ts'
import { type ValidateOptions, validate } from './validate.ts'

/**
 * Defaults of the kind: by the schema for custom resources, as the API server's own code does for built-in kinds. What admission
 * and allocation add, and what belongs to creation alone, is not here.
 */
export const setDefaults = (definition: ResourceDefinition, object: JsonObject): JsonObject => {
  const { group, kind, schema, custom } = definition
  if (schema === undefined) return object
  if (custom) return applyDefaults(schema, object)
  return zeroValues(schema, builtinDefaults[`${group}/${kind}`]?.(object) ?? object)
}

/**
 * All that the API server would answer 422 Invalid for. `old` is the stored object of an update. The name of a new object is
 * already generated, the namespace already set.
 */
export const validateObject = (
  definition: ResourceDefinition,
  object: JsonObject,
  old?: JsonObject,
  options: Pick<ValidateOptions, 'subresource'> = {},
): readonly Cause[] => {
  const metadata = validateMetadata(object, definition, old)
  if (!definition.custom) return [...metadata, ...(options.subresource === 'status' ? [] : validateContent(definition, object))]
  if (definition.schema === undefined) return metadata
  return [...metadata, ...validate(definition.schema, object, old, { ...options, before: metadata })]
}

/** The part of it that is about a built-in kind itself: all but metadata. */
export const validateContent = ({ group, kind }: ResourceDefinition, object: JsonObject): readonly Cause[] =>
  builtinChecks[`${group}/${kind}`]?.(object, '') ?? []
