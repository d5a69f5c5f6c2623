import jsonpatch, { type Operation } from 'fast-json-patch'
import { type JsonObject, at, isObject } from '../objects/index.ts'
import { Failure, badRequest } from '../status/index.ts'

/** RFC 6902. @throws Failure 400 for what is no list of operations, 422 when one of them cannot be done or a `test` fails. */
export const jsonPatch = (target: JsonObject, patch: unknown): JsonObject => {
  if (!Array.isArray(patch))
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp')
  try {
    // The library changes what it is given, and the store's objects are frozen. It validates the operations itself.
    const copy: unknown = structuredClone(target)
    let document: unknown = copy
    for (const operation of structuredClone(patch) as readonly Operation[]) {
      if (isAbsenceTested(document, operation)) continue
      document = jsonpatch.applyOperation(document, lenient(document, operation), true, true, true).newDocument
    }
    if (isObject(document)) return document
  } catch (error) {
    if (!(error instanceof jsonpatch.JsonPatchError)) throw error
  }
  throw new Failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
}

/** kube-apiserver's library holds that a member of an object which is not there is null; for RFC 6902 there is nothing to test. */
const isAbsenceTested = (document: unknown, operation: Operation): boolean => {
  if (operation.op !== 'test' || operation.value !== null || !operation.path.startsWith('/')) return false
  const { key, parent } = targetOf(document, operation.path)
  return isObject(parent) && parent[key] === undefined
}

const targetOf = (document: unknown, path: string): { readonly parent: unknown; readonly key: string } => {
  const keys = path.slice(1).split('/').map(jsonpatch.unescapePathComponent)
  const key = keys.pop() ?? ''
  return { parent: keys.length === 0 ? document : at(document, ...keys), key }
}

/** kube-apiserver's library replaces also the member of an object that is not there; with RFC 6902 that is an error. */
const lenient = (document: unknown, operation: Operation): Operation => {
  if (operation.op !== 'replace' || !operation.path.startsWith('/')) return operation
  return isObject(targetOf(document, operation.path).parent) ? { ...operation, op: 'add' } : operation
}
