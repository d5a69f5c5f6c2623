import type { KubeObject } from '../api/index.ts'

/** What a store needs to know about an object, read once. */
export interface Identity {
  readonly uid: string
  readonly version: string
  readonly key: string
}

/** @throws TypeError when the object lacks what every stored object has. */
export const identify = (object: KubeObject): Identity => {
  const { name, namespace, uid, resourceVersion } = object.metadata ?? {}
  if (name === undefined || uid === undefined || resourceVersion === undefined) {
    throw new TypeError(`a ${object.kind ?? 'object'} came without name, uid or resourceVersion`)
  }
  return { uid, version: resourceVersion, key: keyText({ name, ...(namespace === undefined ? {} : { namespace }) }) }
}

export const keyText = (key: { readonly namespace?: string; readonly name: string }): string =>
  key.namespace === undefined ? key.name : `${key.namespace}/${key.name}`

/**
 * The object as stores keep it: without managedFields, which is a third of a Node's JSON and which nobody who decides needs. The
 * object that came is left as it is: transports without sockets hand out shared, frozen ones.
 */
export const withoutManagedFields = <T extends KubeObject>(object: T): T => {
  if (object.metadata === undefined || !('managedFields' in object.metadata)) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** For tests: a listener that changes what it was handed fails where it does so. */
export const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const each of Object.values(value)) deepFreeze(each)
  }
  return value
}
