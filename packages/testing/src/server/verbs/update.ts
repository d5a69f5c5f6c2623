import type { Context } from '../context.ts'
import { rulesOf } from '../kinds/index.ts'
import { type Draft, type DraftMeta, type StoredObject, equal } from '../objects/index.ts'
import { type Call, type Outcome, ok, writeOptionsOf } from '../request/index.ts'
import { type ResourceDefinition, setDefaults, validateObject } from '../schema/index.ts'
import { Failure, badRequest, conflict, invalid, invalidValue, modified, subjectOf } from '../status/index.ts'
import { checkNamespace, createObject } from './create.ts'
import { decodeDraft, draftFrom } from './decode.ts'
import { warnOfFinalizers } from './finalizer-warnings.ts'
import { present } from './present.ts'
import { find } from './read.ts'
import { scaleProblems } from './scale-problems.ts'

/** PUT on an object, or on its status. */
export const update = (context: Context, call: Call): Outcome => {
  const options = writeOptionsOf(call, 'UpdateOptions')
  const draft = decodeDraft(call, call.body, options)
  checkIdentity(call, draft)
  const rules = rulesOf(call.definition)
  const existing = context.storage.get(call.definition, call.namespace, call.name)
  if (existing === undefined && rules.createOnUpdate === true && call.subresource === '') {
    return { type: 'object', status: 201, object: present(createObject(context, call, draft, options.dryRun), call.definition) }
  }
  const old = find(context, call)
  checkUid(call.definition, draft, old)
  warnOfFinalizers(call, draft, old)
  const unconditional = draft.metadata.resourceVersion === undefined || draft.metadata.resourceVersion === ''
  if (unconditional && !(rules.unconditionalUpdate ?? !call.definition.custom)) {
    const causes = [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')]
    throw invalid(call.definition.group, call.definition.plural, call.name, causes)
  }
  return ok(present(updateObject(context, call, old, draft, options.dryRun), call.definition))
}

/** @throws Failure 400 when the body is about another object than the path. */
export const checkIdentity = (call: Call, draft: Draft): void => {
  const { name = '' } = draft.metadata
  if (name === '') throw badRequest(`the name of the object (${call.name} based on URL) was undeterminable: name must be provided`)
  if (name !== call.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`)
  }
  checkNamespace(draft.metadata.namespace, call.namespace)
}

/**
 * Puts a draft in the place of `old`: keeps what clients may not change, counts the generation, validates, and writes only when
 * something is different. Taking the last finalizer off an object that is being deleted deletes it.
 */
export const updateObject = (
  context: Context,
  call: Pick<Call, 'definition' | 'subresource'>,
  old: StoredObject,
  given: Draft,
  dryRun: boolean,
): StoredObject => {
  const { definition, subresource } = call
  const subject = subjectOf(definition, old.metadata.name)
  const { resourceVersion = '' } = given.metadata
  // No reason: that is how kube-apiserver 1.37 says it.
  if (!/^\d*$/.test(resourceVersion)) throw new Failure(500, '', `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`)
  if (resourceVersion !== '' && resourceVersion !== old.metadata.resourceVersion) throw modified(subject)
  keepMetadata(given.metadata, old)
  const rules = rulesOf(definition)
  const isolated = subresource === 'status' ? statusOnly(definition, given, old) : withoutStatus(definition, given, old)
  if (subresource === '') rules.prepareUpdate?.(isolated, old, context)
  const draft = draftFrom(setDefaults(definition, isolated), definition)
  countGeneration(definition, draft, old)
  const causes = [
    ...validateObject(definition, draft, old, subresource === 'status' ? { subresource } : {}),
    ...(rules.validateUpdate?.(draft, old) ?? []),
    ...(subresource === 'status' ? [] : scaleProblems(definition, draft)),
  ]
  if (causes.length > 0) throw invalid(definition.group, definition.kind, old.metadata.name, causes)
  context.admit?.({ operation: 'UPDATE', object: draft, old })
  return store(context, definition, old, draft, dryRun)
}

const store = (context: Context, definition: ResourceDefinition, old: StoredObject, draft: Draft, dryRun: boolean): StoredObject => {
  draft.metadata.resourceVersion = old.metadata.resourceVersion
  draft.apiVersion = old.apiVersion
  const { metadata } = draft
  const finished =
    metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0 && (metadata.deletionGracePeriodSeconds ?? 0) === 0
  // Border: the draft of an update has all that the stored object had.
  const object = draft as unknown as StoredObject
  if (equal(draft, old) && !finished) return old
  if (dryRun) return object
  if (!finished) return context.storage.update(definition, draft, old)
  // The writer gets what it wrote; watchers get the last stored state, with the finalizer still in it.
  context.storage.delete(definition, old)
  return object
}

/** Where etcd's keys keep an older name. */
const storedNames: Readonly<Record<string, string>> = { nodes: 'minions' }

const storageKey = (definition: ResourceDefinition, { metadata: { name, namespace } }: StoredObject): string =>
  [
    '/registry',
    ...(definition.custom ? [definition.group] : []),
    storedNames[definition.plural] ?? definition.plural,
    ...(namespace === undefined ? [] : [namespace]),
    name,
  ].join('/')

/** PUT: the body's uid is a precondition. (In a patch it is a field like any other, and may not change.) */
const checkUid = (definition: ResourceDefinition, { metadata: { uid = '' } }: Draft, old: StoredObject): void => {
  if (uid === '' || uid === old.metadata.uid) return
  throw conflict(
    subjectOf(definition, old.metadata.name),
    `StorageError: invalid object, Code: 4, Key: ${storageKey(definition, old)}, ` +
      `ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`,
  )
}

/** The server's own fields of metadata stay as they are; where a client asks for another value, validation says so. */
const keepMetadata = (metadata: DraftMeta, old: StoredObject): void => {
  const before = old.metadata
  metadata.name = before.name
  if (before.namespace !== undefined) metadata.namespace = before.namespace
  metadata.uid = metadata.uid === undefined || metadata.uid === '' ? before.uid : metadata.uid
  metadata.creationTimestamp = before.creationTimestamp
  if (before.generation === undefined) delete metadata.generation
  else metadata.generation = before.generation
  if (before.deletionTimestamp !== undefined) metadata.deletionTimestamp = before.deletionTimestamp
  if (before.deletionGracePeriodSeconds !== undefined) metadata.deletionGracePeriodSeconds ??= before.deletionGracePeriodSeconds
  if (metadata.managedFields === undefined && before.managedFields !== undefined) metadata.managedFields = before.managedFields
}

/** Custom kinds: nothing but status moves. Built-in kinds: everything but spec, so that a kubelet labels its Node through status. */
const statusOnly = (definition: ResourceDefinition, given: Draft, old: StoredObject): Draft => {
  if (definition.custom) {
    const { status: _old, ...rest } = old
    const draft = draftFrom(rest, definition)
    return given['status'] === undefined ? draft : { ...draft, status: given['status'] }
  }
  const { spec: _given, ...rest } = given
  return { ...draftFrom(rest, definition), ...(old['spec'] === undefined ? {} : { spec: old['spec'] }) }
}

const withoutStatus = (definition: ResourceDefinition, given: Draft, old: StoredObject): Draft => {
  if (!definition.subresources.status) return given
  const { status: _given, ...rest } = given
  return { ...draftFrom(rest, definition), ...(old['status'] === undefined ? {} : { status: old['status'] }) }
}

const countGeneration = (definition: ResourceDefinition, draft: Draft, old: StoredObject): void => {
  if (old.metadata.generation === undefined) return
  const counts = (object: Readonly<Record<string, unknown>>): unknown => {
    if (!definition.custom) return object['spec']
    const { metadata: _meta, apiVersion: _version, status, ...rest } = object
    return definition.subresources.status ? rest : { ...rest, status }
  }
  if (!equal(counts(draft), counts(old))) draft.metadata.generation = old.metadata.generation + 1
}
