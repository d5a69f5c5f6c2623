import { type StoredObject, isObject } from '../objects/index.ts'
import type { ResourceDefinition } from '../schema/index.ts'
import { apiVersionOf } from './decode.ts'

/**
 * A stored object in the version that was asked for: versions of one kind differ in apiVersion alone (conversion strategy None). What an
 * apply left empty in a custom kind's metadata is stored, and not read: the next write that is none takes it away.
 */
export const present = (object: StoredObject, definition: ResourceDefinition): StoredObject => {
  const apiVersion = apiVersionOf(definition)
  const own = object.apiVersion === apiVersion ? object : { ...object, apiVersion }
  const empty = definition.custom ? left.filter(key => isEmpty(object.metadata[key])) : []
  if (empty.length === 0) return own
  const metadata = { ...own.metadata }
  for (const key of empty) delete metadata[key]
  return { ...own, metadata }
}

const left = ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const

const isEmpty = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}
