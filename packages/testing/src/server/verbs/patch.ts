import type { Context } from '../context.ts'
import { type JsonObject, type StoredObject, at, isObject, withAt } from '../objects/index.ts'
import { type Call, type Outcome, ok, writeOptionsOf } from '../request/index.ts'
import { type ResourceDefinition, StrategicMergeError, goJson, goPrint, strategicMerge } from '../schema/index.ts'
import { Failure, badRequest, noSuchPatch, unsupportedMediaType } from '../status/index.ts'
import { apply } from './apply.ts'
import { recording } from './bookkeeping.ts'
import { decodePatched } from './decode.ts'
import { jsonPatch } from './json-patch.ts'
import { mergePatch } from './merge-patch.ts'
import { present } from './present.ts'
import { find } from './read.ts'
import { checkIdentity, updateObject } from './update.ts'

export const patch = (context: Context, call: Call): Outcome => {
  const type = patchTypeOf(call)
  if (type === 'application/apply-patch+yaml') return apply(context, call)
  const options = writeOptionsOf(call, 'PatchOptions')
  const old = find(context, call)
  const patched = patchedBy(type, call.definition, present(old, call.definition), call.body)
  const said = withoutKept(patched, old)
  const asTree = type === 'application/strategic-merge-patch+json'
  const shown = (): string => (asTree ? goPrint(afterMerge(call.body, present(old, call.definition))) : goJson(patched))
  const draft = decodePatched(call, { object: said, shown, source: asTree ? 'tree' : 'json' }, options)
  checkIdentity(call, draft)
  const books = recording(context, call, { manager: options.fieldManager, body: said, old })
  return ok(present(updateObject(context, call, old, draft, options.dryRun, books), call.definition))
}

/** A strategic merge takes the nulls out of what it adds, also in the patch that a refusal shows. */
const afterMerge = (patch: unknown, object: unknown): unknown => {
  if (!isObject(patch) || !isObject(object)) return withoutNulls(patch)
  return Object.fromEntries(Object.entries(patch).map(([key, value]) => [key, value === null ? null : afterMerge(value, at(object, key))]))
}

const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, child]) => (child === null ? [] : [[key, withoutNulls(child)]])))
}

/** Most patches leave the books as they are; then there is nothing in them to be read again. */
const withoutKept = (patched: JsonObject, { metadata: { managedFields } }: StoredObject): JsonObject =>
  managedFields !== undefined && at(patched, 'metadata', 'managedFields') === managedFields
    ? withAt(patched, ['metadata', 'managedFields'], undefined)
    : patched

const custom = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'] as const
const builtin = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
] as const
export type PatchType = (typeof builtin)[number]

/** @throws Failure 415 for a content type that is no patch of this kind: custom kinds know no strategic merge. */
export const patchTypeOf = (call: Call): PatchType => {
  const given = (call.headers['content-type'] ?? '').split(';')[0]?.trim()
  const known: readonly PatchType[] = call.definition.custom ? custom : builtin
  const type = known.find(candidate => candidate === given)
  if (type === undefined) throw call.definition.custom ? unsupportedMediaType(known) : noSuchPatch()
  return type
}

/** What the patch makes of the object, not judged yet. @throws Failure 400 or 422. */
export const patchedBy = (
  type: Exclude<PatchType, 'application/apply-patch+yaml'>,
  definition: ResourceDefinition,
  object: StoredObject,
  patch: unknown,
): JsonObject => {
  if (type === 'application/json-patch+json') return jsonPatch(object, patch)
  if (!isObject(patch)) {
    const given = Array.isArray(patch) ? 'array' : typeof patch
    throw badRequest(`error decoding patch: json: cannot unmarshal ${given} into Go value of type map[string]interface {}`)
  }
  if (type === 'application/merge-patch+json') return mergePatch(object, patch)
  try {
    return strategicMerge(definition.schema, object, patch)
  } catch (error) {
    if (!(error instanceof StrategicMergeError)) throw error
    throw error.status === 400 ? badRequest(error.message) : new Failure(500, '', error.message)
  }
}
