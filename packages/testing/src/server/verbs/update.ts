import type { Context } from '../context.ts'
import { rulesOf } from '../kinds/index.ts'
import { type Draft, type DraftMeta, type ManagedFields, type StoredObject, at, equal } from '../objects/index.ts'
import { type Call, type Outcome, ok, writeOptionsOf } from '../request/index.ts'
import { type ResourceDefinition, setDefaults, validateObject } from '../schema/index.ts'
import { Failure, badRequest, conflict, invalid, invalidValue, modified, subjectOf } from '../status/index.ts'
import { checkNamespace, createObject } from './create.ts'
import { type Bookkeeping, recording, writeBooks } from './bookkeeping.ts'
import { decodeDraft, draftFrom } from './decode.ts'
import { warnOfFinalizers } from './finalizer-warnings.ts'
import { present } from './present.ts'
import { find } from './read.ts'
import { scaleProblems } from './scale-problems.ts'

/** PUT on an object, or on its status. */
export const update = (context: Context, call: Call): Outcome => {
  const options = writeOptionsOf(call, 'UpdateOptions')
  const { fieldManager: manager } = options
  const draft = decodeDraft(call, call.body, options)
  checkIdentity(call, draft)
  const rules = rulesOf(call.definition)
  const existing = context.storage.get(call.definition, call.namespace, call.name)
  if (existing === undefined && rules.createOnUpdate === true && call.subresource === '') {
    checkNoUid(call, draft)
    delete draft.metadata.resourceVersion
    const created = createObject(context, call, draft, options.dryRun, recording(context, call, { manager, body: call.body }))
    return { type: 'object', status: 201, object: present(created, call.definition) }
  }
  const old = find(context, call)
  checkUid(call.definition, draft, old)
  const unconditional = draft.metadata.resourceVersion === undefined || draft.metadata.resourceVersion === ''
  if (unconditional && !(rules.unconditionalUpdate ?? !call.definition.custom)) {
    const causes = [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')]
    throw invalid(call.definition.group, call.definition.plural, call.name, causes)
  }
  const books = recording(context, call, { manager, body: call.body, old })
  const updated = updateObject(context, call, old, draft, options.dryRun, books)
  warnOfFinalizers(call, draft, old)
  return ok(present(updated, call.definition))
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
 * something is different. Taking the last finalizer off an object that is being deleted deletes it. `books` says who owns what after
 * it; by default that stays as it is.
 */
export const updateObject = (
  context: Context,
  call: Pick<Call, 'definition' | 'subresource'>,
  old: StoredObject,
  given: Draft,
  dryRun: boolean,
  books: Bookkeeping = () => old.metadata.managedFields,
): StoredObject => {
  const { definition, subresource } = call
  const subject = subjectOf(definition, old.metadata.name)
  // "0" is none: the client has not said what it has seen.
  if (given.metadata.resourceVersion === '0') delete given.metadata.resourceVersion
  const { resourceVersion = '' } = given.metadata
  // No reason: that is how kube-apiserver 1.37 says it.
  if (!/^\d*$/.test(resourceVersion))
    throw new Failure(500, '', `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`)
  if (resourceVersion !== '' && resourceVersion !== old.metadata.resourceVersion) throw modified(subject)
  keepMetadata(given.metadata, old)
  const rules = rulesOf(definition)
  const wanted = draftFrom(setDefaults(definition, given), definition)
  const managedFields = books(wanted)
  const isolated = subresource === 'status' ? statusOnly(definition, wanted, old) : withoutStatus(definition, wanted, old)
  const prepare = subresource === '' ? rules.prepareUpdate : undefined
  prepare?.(isolated, old, context)
  rules.canonicalize?.(isolated)
  const draft = prepare === undefined ? isolated : draftFrom(setDefaults(definition, isolated), definition)
  writeBooks(draft, managedFields)
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

/** A namespace's own finalizers stand in its spec, and go through `finalize`. */
const holdsContent = ({ group, plural }: ResourceDefinition, draft: Draft): boolean => {
  const finalizers = group === '' && plural === 'namespaces' ? at(draft, 'spec', 'finalizers') : undefined
  return Array.isArray(finalizers) && finalizers.length > 0
}

const store = (context: Context, definition: ResourceDefinition, old: StoredObject, draft: Draft, dryRun: boolean): StoredObject => {
  draft.metadata.resourceVersion = old.metadata.resourceVersion
  draft.apiVersion = old.apiVersion
  const { metadata } = draft
  const finished =
    metadata.deletionTimestamp !== undefined &&
    (metadata.finalizers ?? []).length === 0 &&
    (metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
    !holdsContent(definition, draft)
  // Border: the draft of an update has all that the stored object had.
  const object = draft as unknown as StoredObject
  if (!finished && isSame(draft, old)) return old
  if (dryRun) return object
  if (!finished) return context.storage.update(definition, draft, old)
  // The writer gets what it wrote; watchers get the last stored state, with the finalizer still in it.
  context.storage.delete(definition, old)
  return object
}

/** As the object is, but perhaps for the times in its books: that alone is not worth a write. */
const isSame = (draft: Draft, old: StoredObject): boolean => {
  const { managedFields, ...metadata } = draft.metadata
  const { managedFields: before, ...was } = old.metadata
  const timeless = ({ time: _time, ...entry }: ManagedFields): object => entry
  return (
    (managedFields === before || equal(managedFields?.map(timeless), before?.map(timeless))) &&
    equal(metadata, was) &&
    equal({ ...draft, metadata: undefined }, { ...old, metadata: undefined })
  )
}

/** A PUT that would make the object cannot be about one that has a uid already. */
const checkNoUid = ({ definition, name, namespace }: Call, { metadata: { uid = '' } }: Draft): void => {
  if (uid === '') return
  const key = ['/registry', definition.plural, ...(namespace === undefined ? [] : [namespace]), name].join('/')
  throw conflict(
    subjectOf(definition, name),
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, ` +
      `AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: `,
  )
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
}

const keepOwners = (metadata: DraftMeta, { metadata: { ownerReferences } }: StoredObject): void => {
  if (ownerReferences === undefined) delete metadata.ownerReferences
  else metadata.ownerReferences = ownerReferences
}

/** Custom kinds: nothing but status moves. Built-in kinds: everything but spec, so that a kubelet labels its Node through status. */
const statusOnly = (definition: ResourceDefinition, given: Draft, old: StoredObject): Draft => {
  if (definition.custom) {
    const { status: _old, ...rest } = old
    const draft = draftFrom(rest, definition)
    return given['status'] === undefined ? draft : { ...draft, status: given['status'] }
  }
  const { spec: _given, ...rest } = given
  // Old kubelets sent owners that they had garbled.
  if (definition.group === '' && definition.plural === 'pods') keepOwners(rest.metadata, old)
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
