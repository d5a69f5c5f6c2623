import type { StoredObject } from '../objects/index.ts'
import { type ResourceDefinition, converted } from '../schema/index.ts'

/** A stored object in the version that was asked for. */
export const present = (object: StoredObject, definition: ResourceDefinition): StoredObject =>
  converted(definition, object, definition.version)
