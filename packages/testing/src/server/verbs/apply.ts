import type { Context } from '../context.ts'
import {
  type Applied,
  ApplyConflict,
  Inconvertible,
  type Managing,
  appliedProblem,
  applyLikeKubectl,
  emptyObject,
} from '../managed-fields/index.ts'
import { type Draft, type JsonObject, type ManagedFields, at, isObject, textAt } from '../objects/index.ts'
import { type Call, type Outcome, type WriteOptions, ok, writeOptionsOf } from '../request/index.ts'
import { decode } from '../schema/index.ts'
import { Failure, badRequest, conflict, subjectOf } from '../status/index.ts'
import { managingIn } from './bookkeeping.ts'
import { createObject } from './create.ts'
import { apiVersionOf, draftFrom, noteEmptyMaps } from './decode.ts'
import { present } from './present.ts'
import { find } from './read.ts'
import { checkIdentity, checkVersion, updateObject } from './update.ts'

/** Server-side apply, on an object or its status: PATCH with `application/apply-patch+yaml`. */
export const apply = (context: Context, call: Call): Outcome => {
  const options = applyOptionsOf(call)
  const { definition } = call
  const managing = managingIn(context, call)
  const empty = emptyObject(definition)
  const stored = context.storage.get(definition, call.namespace, call.name)
  if (stored === undefined && call.subresource !== '') find(context, call)
  if (stored === undefined) {
    const { object, managedFields } = applyTo(managing, call, options, { live: empty, empty, stored: undefined })
    const draft = drafted(call, object)
    checkIdentity(call, draft)
    const uid = textAt(draft, 'metadata', 'uid')
    checkVersion(draft)
    // There is no state to be tied to.
    if (!options.dryRun) delete draft.metadata.resourceVersion
    if (uid !== '')
      throw conflict(
        subjectOf(definition, call.name),
        `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
      )
    const created = createObject(context, call, draft, options.dryRun, () => managedFields)
    return { type: 'object', status: 201, object: present(created, definition) }
  }
  const old = present(stored, definition)
  const { managedFields: before, ...metadata } = old.metadata
  const live: JsonObject = { ...old, metadata }
  const { object, managedFields } = applyTo(managing, call, options, { live, empty, stored: before })
  const draft = drafted(call, object)
  checkIdentity(call, draft)
  return ok(
    present(
      updateObject(context, call, stored, draft, options.dryRun, () => managedFields),
      definition,
    ),
  )
}

/** @throws Failure 422 without a manager. */
export const applyOptionsOf = (call: Call): WriteOptions => writeOptionsOf(call, 'PatchOptions', true)

interface Before {
  readonly live: JsonObject
  readonly empty: JsonObject
  readonly stored: readonly ManagedFields[] | undefined
}

/**
 * The object after the apply, and its books.
 * @throws Failure 400 or 500 for what cannot be applied (the 500s are kube-apiserver's own), 409 for fields that others own.
 */
export const applyTo = (managing: Managing, call: Call, options: WriteOptions, before: Before): Applied => {
  const wanted = appliedBody(managing, call.body)
  try {
    return applyLikeKubectl(managing, { ...before, wanted, manager: options.fieldManager, force: options.force })
  } catch (error) {
    if (error instanceof ApplyConflict) throw new Failure(409, 'Conflict', error.message, { causes: error.causes })
    if (error instanceof Inconvertible) throw new Failure(500, '', error.message)
    throw error
  }
}

const appliedBody = ({ apiVersion, kind, schema }: Managing, body: unknown): JsonObject => {
  if (!isObject(body)) {
    const given = Array.isArray(body) ? 'array' : typeof body
    const why = `json: cannot unmarshal ${given} into Go value of type map[string]interface {}`
    throw badRequest(`error decoding patch: error unmarshaling JSON: while decoding JSON: ${why}`)
  }
  const given = { apiVersion: textAt(body, 'apiVersion'), kind: textAt(body, 'kind') }
  if (given.apiVersion !== apiVersion || given.kind !== kind)
    throw badRequest(`invalid object type: ${printKind(given.apiVersion, given.kind)}`)
  if (Array.isArray(at(body, 'metadata', 'managedFields'))) throw badRequest('metadata.managedFields must be nil')
  const problem = appliedProblem(schema, body)
  if (problem !== undefined) {
    const name = `${textAt(body, 'metadata', 'namespace')}/${textAt(body, 'metadata', 'name')}; ${printKind(apiVersion, kind)}`
    // No reason: the API server has no better answer either.
    throw new Failure(500, '', `failed to create typed patch object (${name}): ${problem}`)
  }
  return body
}

/** Go's print of a GroupVersionKind: `/v1, Kind=Node`. */
const printKind = (apiVersion: string, kind: string): string => `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`

/** No reason: a value that its schema lets pass and its type cannot hold is none of the refusals that the API server foresees. */
const inconvertible = ({ body, definition }: Call, why: string): Failure => {
  const gvk = printKind(apiVersionOf(definition), definition.kind)
  const name = `${textAt(body, 'metadata', 'namespace')}/${textAt(body, 'metadata', 'name')}; ${gvk}`
  return new Failure(
    500,
    '',
    `failed to convert new object (${name}) to proper version: unable to convert unstructured object to ${gvk}: ${why}`,
  )
}

const drafted = (call: Call, object: JsonObject): Draft => {
  const { definition } = call
  // Custom kinds are kept as they come: what is wrong with them is for validation to say.
  if (definition.custom) return draftFrom(object, definition)
  const decoded = decode(definition, object, 'tree')
  if (decoded.failure !== undefined) throw inconvertible(call, decoded.failure)
  noteEmptyMaps(call, object)
  return draftFrom(decoded.object, definition)
}
