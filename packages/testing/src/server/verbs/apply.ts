import { type Context, nowOf } from '../context.ts'
import { type Draft, type JsonObject, type ManagedFields, type StoredObject, isObject, textAt } from '../objects/index.ts'
import { type Call, type Outcome, writeOptionsOf } from '../request/index.ts'
import type { SchemaNode } from '../schema/index.ts'
import { badRequest, conflict, invalid, requiredField, subjectOf } from '../status/index.ts'
import { applyMerge } from './apply-merge.ts'
import { createObject } from './create.ts'
import { apiVersionOf, decodeDraft, draftFrom } from './decode.ts'
import { fieldSetOf, withoutFields } from './field-set.ts'
import { present } from './present.ts'
import { checkIdentity, updateObject } from './update.ts'

/**
 * Server-side apply, the first version: merges what the manager says over the object, takes away what it said last time and
 * not now, and records what it owns. Conflicts between managers are not found yet.
 */
export const apply = (context: Context, call: Call): Outcome => {
  const options = writeOptionsOf(call, 'PatchOptions')
  const { definition } = call
  const manager = call.query['fieldManager'] ?? ''
  if (manager === '') throw invalid('meta.k8s.io', 'PatchOptions', '', [requiredField('fieldManager', 'is required for apply patch')])
  const kind = textAt(call.body, 'kind')
  const apiVersion = textAt(call.body, 'apiVersion')
  if (kind === '' || apiVersion === '') throw badRequest(`invalid object type: ${apiVersion || '/'}, Kind=${kind}`)
  const wanted = decodeDraft(call, call.body, options)
  checkIdentity(call, wanted)
  if (wanted.metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil')
  const fields = fieldSetOf(definition.schema, ownedPart(wanted))
  const entry: ManagedFields = {
    manager,
    operation: 'Apply',
    apiVersion: apiVersionOf(definition),
    time: nowOf(context),
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    ...(call.subresource === '' ? {} : { subresource: call.subresource }),
  }
  const old = context.storage.get(definition, call.namespace, call.name)
  if (old === undefined) {
    if (wanted.metadata.uid !== undefined)
      throw conflict(
        subjectOf(definition, call.name),
        `uid mismatch: the provided object specified uid ${wanted.metadata.uid}, and no existing object was found`,
      )
    wanted.metadata.name = call.name
    wanted.metadata.managedFields = [entry]
    return { type: 'object', status: 201, object: present(createObject(context, call, wanted, options.dryRun), definition) }
  }
  const draft = merged(definition.schema, present(old, definition), wanted, entry)
  return {
    type: 'object',
    status: 200,
    object: present(updateObject(context, call, old, draftFrom(draft, definition), options.dryRun), definition),
  }
}

/** Identity is nobody's. */
const ownedPart = (wanted: Draft): JsonObject => {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = wanted
  const { name: _name, namespace: _namespace, uid: _uid, resourceVersion: _revision, ...owned } = metadata
  return Object.keys(owned).length === 0 ? rest : { ...rest, metadata: owned }
}

const merged = (schema: SchemaNode | undefined, old: StoredObject, wanted: Draft, entry: ManagedFields): JsonObject => {
  const entries = old.metadata.managedFields ?? []
  const isOurs = (e: ManagedFields): boolean =>
    e.manager === entry.manager && e.operation === 'Apply' && e.subresource === entry.subresource
  const before = entries.find(isOurs)
  const others = entries.filter(e => !isOurs(e))
  const base =
    before?.fieldsV1 === undefined ? old : withoutFields(old, before.fieldsV1, [entry.fieldsV1 ?? {}, ...others.map(e => e.fieldsV1 ?? {})])
  const next = applyMerge(schema, base, wanted)
  const metadata = isObject(next['metadata']) ? next['metadata'] : {}
  // The time of an entry moves only when its content does: applying the same again is no write.
  const same = before !== undefined && JSON.stringify(before.fieldsV1) === JSON.stringify(entry.fieldsV1)
  return { ...next, metadata: { ...metadata, managedFields: [...others, same ? before : entry] } }
}
