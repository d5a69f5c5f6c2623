import { type AnyResource, type KubeObject, type OwnerReference, nameOf } from '../api/index.ts'
import type { Key } from '../kube/index.ts'

/** `name` or `namespace/name`, as work queues, logs and people write keys. */
export const keyText = ({ namespace, name }: Key): string => (namespace === undefined ? name : `${namespace}/${name}`)

/** Names hold no slash. */
export const keyOfText = (text: string): Key => {
  const slash = text.indexOf('/')
  return slash < 0 ? { name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) }
}

export const keyOf = (object: KubeObject): Key => {
  const namespace = object.metadata?.namespace
  return namespace === undefined ? { name: nameOf(object) } : { namespace, name: nameOf(object) }
}

/** Of its owners the one that controls it: an object has one at the most. */
export const controllingOwner = (object: KubeObject): OwnerReference | undefined =>
  object.metadata?.ownerReferences?.find(({ controller }) => controller)

/** The key of the controller owner, if that is of the given kind. Versions of one group are the same kind. */
export const ownerKey = (object: KubeObject, kind: AnyResource): Key | undefined => {
  const owner = controllingOwner(object)
  if (owner?.kind !== kind.kind || groupOf(owner.apiVersion) !== kind.group) return undefined
  const namespace = kind.namespaced ? object.metadata?.namespace : undefined
  return namespace === undefined ? { name: owner.name } : { namespace, name: owner.name }
}

const groupOf = (apiVersion: string): string => {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}
