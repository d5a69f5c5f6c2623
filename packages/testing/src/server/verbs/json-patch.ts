import jsonpatch, { type Operation } from 'fast-json-patch'
import { type JsonObject, isObject } from '../objects/index.ts'
import { Failure, badRequest } from '../status/index.ts'

/** RFC 6902. @throws Failure 400 for what is no list of operations, 422 when one of them cannot be done or a `test` fails. */
export const jsonPatch = (target: JsonObject, patch: unknown): JsonObject => {
  if (!Array.isArray(patch))
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp')
  try {
    // The library changes what it is given, and the store's objects are frozen. It validates the operations itself.
    const copy: unknown = structuredClone(target)
    const { newDocument } = jsonpatch.applyPatch(copy, structuredClone(patch) as readonly Operation[], true, true, true)
    if (isObject(newDocument)) return newDocument
  } catch (error) {
    if (!(error instanceof jsonpatch.JsonPatchError)) throw error
  }
  throw new Failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
}
