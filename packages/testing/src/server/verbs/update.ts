import type { Context } from '../context.ts'
import { rulesOf } from '../kinds/index.ts'
import { type Draft, type DraftMeta, type ManagedFields, type StoredObject, at, equal } from '../objects/index.ts'
import { type Call, type Outcome, ok, writeOptionsOf } from '../request/index.ts'
import { type ResourceDefinition, setDefaults } from '../schema/index.ts'
import { Failure, badRequest, invalid, invalidValue, modified, subjectOf } from '../status/index.ts'
import { checkNamespace, createObject } from './create.ts'
import { type Bookkeeping, recording, writeBooks } from './bookkeeping.ts'
import { decodeDraft, draftFrom } from './decode.ts'
import { problemsOfUpdate } from './problems.ts'
import { present } from './present.ts'
import { find } from './read.ts'
import { wrongUid } from './storage-key.ts'
import { warningsOf } from './warnings.ts'

/** PUT on an object, or on its status. */
export const update = (context: Context, call: Call): Outcome => {
  const options = writeOptionsOf(call, 'UpdateOptions')
  const { fieldManager: manager } = options
  const draft = decodeDraft(call, call.body, options)
  checkIdentity(call, draft)
  const rules = rulesOf(call.definition)
  const existing = context.storage.get(call.definition, call.namespace, call.name)
  const { uid = '' } = draft.metadata
  if (existing === undefined && rules.createOnUpdate === true && call.subresource === '') {
    if (uid !== '') throw wrongUid(call.definition, inNamespace(draft, call), undefined, options.dryRun)
    checkVersion(draft)
    if (!options.dryRun) delete draft.metadata.resourceVersion
    const created = createObject(context, call, draft, options.dryRun, recording(context, call, { manager, body: call.body }))
    return { type: 'object', status: 201, object: present(created, call.definition) }
  }
  const old = find(context, call)
  // In a patch it is a field like any other, and may not change.
  if (uid !== '' && uid !== old.metadata.uid) throw wrongUid(call.definition, inNamespace(draft, call), old, options.dryRun)
  const books = recording(context, call, { manager, body: call.body, old })
  return ok(present(updateObject(context, call, old, draft, options.dryRun, books), call.definition))
}

const inNamespace = (draft: Draft, { namespace }: Call): Draft =>
  namespace === undefined ? draft : { ...draft, metadata: { ...draft.metadata, namespace } }

/** No reason: that is how kube-apiserver 1.37 says it. */
export const checkVersion = ({ metadata: { resourceVersion = '' } }: Draft): void => {
  if (/^\d*$/.test(resourceVersion)) return
  throw new Failure(500, '', `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`)
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
  call: Pick<Call, 'definition' | 'subresource'> & Partial<Pick<Call, 'warnings'>>,
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
  const rules = rulesOf(definition)
  checkVersion(given)
  if (resourceVersion === '' && !(rules.unconditionalUpdate ?? !definition.custom)) {
    const causes = [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')]
    throw invalid(definition.group, definition.plural, old.metadata.name, causes)
  }
  if (resourceVersion !== '' && resourceVersion !== old.metadata.resourceVersion) throw modified(subject)
  // Kubernetes does not fill in a custom kind when its Scale is written.
  const asGiven = definition.custom && subresource === 'scale'
  const wanted = draftFrom(asGiven ? given : setDefaults(definition, given), definition)
  // Who says something of what only the server decides owns it all the same.
  const managedFields = books(wanted)
  keepMetadata(wanted.metadata, old)
  const isolated = subresource === 'status' ? statusOnly(definition, wanted, old) : withoutStatus(definition, wanted, old)
  const prepare = subresource === 'status' ? rules.prepareStatus : rules.prepareUpdate
  prepare?.(isolated, old, context)
  rules.canonicalize?.(isolated)
  const draft = prepare === undefined ? isolated : draftFrom(setDefaults(definition, isolated), definition)
  writeBooks(draft, managedFields)
  countGeneration(definition, draft, old)
  const causes = problemsOfUpdate(definition, subresource, draft, old)
  if (causes.length > 0) throw invalid(definition.group, definition.kind, old.metadata.name, causes)
  call.warnings?.push(...warningsOf(call, draft, old))
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

/** The server's own fields of metadata stay as they are; where a client asks for another value, validation says so. */
const keepMetadata = (metadata: DraftMeta, old: StoredObject): void => {
  const before = old.metadata
  metadata.name = before.name
  // Long out of use, and never stored.
  Reflect.deleteProperty(metadata, 'selfLink')
  if (before.namespace === undefined) delete metadata.namespace
  else metadata.namespace = before.namespace
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
