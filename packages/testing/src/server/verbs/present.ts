import type { StoredObject } from '../objects/index.ts'
import type { ResourceDefinition } from '../schema/index.ts'
import { apiVersionOf } from './decode.ts'

/** A stored object in the version that was asked for: versions of one kind differ in apiVersion alone (conversion strategy None). */
export const present = (object: StoredObject, definition: ResourceDefinition): StoredObject => {
  const apiVersion = apiVersionOf(definition)
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion }
}
