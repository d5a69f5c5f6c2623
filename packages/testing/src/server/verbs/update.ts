import type { Context } from '../context.ts'
import { rulesOf } from '../kinds/index.ts'
import { type Draft, type DraftMeta, type StoredObject, at, equal } from '../objects/index.ts'
import { type Call, type Outcome, ok, writeOptionsOf } from '../request/index.ts'
import { type ResourceDefinition, setDefaults } from '../schema/index.ts'
import { Failure, badRequest, invalid, invalidValue, modified, subjectOf } from '../status/index.ts'
import { asRead, changesNothing, stored } from './as-read.ts'
import { checkNamespace, createObject, keepNamespace } from './create.ts'
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
export const checkVersion = ({ metadata }: Draft): void => {
  const resourceVersion = metadata.resourceVersion ?? ''
  if (/^\d*$/.test(resourceVersion)) return
  throw new Failure(500, '', `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`)
}

/** @throws Failure 400 when the body is about another object than the path. */
export const checkIdentity = (call: Call, draft: Draft): void => {
  const name = draft.metadata.name ?? ''
  if (name === '') throw badRequest(`the name of the object (${call.name} based on URL) was undeterminable: name must be provided`)
  if (name !== call.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`)
  }
  checkNamespace(draft.metadata.namespace, call.namespace)
}

/**
 * Puts a draft in the place of what exists: keeps what clients may not change, counts the generation, validates, and writes only when
 * something is different. Taking the last finalizer off an object that is being deleted deletes it. `books` says who owns what after
 * it; by default that stays as it is.
 */
export const updateObject = (
  context: Context,
  call: Pick<Call, 'definition' | 'subresource'> & Partial<Pick<Call, 'warnings' | 'emptyMaps'>>,
  existing: StoredObject,
  given: Draft,
  dryRun: boolean,
  books: Bookkeeping = () => existing.metadata.managedFields,
): StoredObject => {
  const { definition, subresource } = call
  const old = present(existing, definition)
  const subject = subjectOf(definition, old.metadata.name)
  // "0" is none: the client has not said what it has seen.
  if (given.metadata.resourceVersion === '0') delete given.metadata.resourceVersion
  const resourceVersion = given.metadata.resourceVersion ?? ''
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
  // An approval is a part of status that can be granted apart.
  const part = subresource === 'approval' ? 'status' : subresource
  const isolated = part === 'status' ? statusOnly(definition, wanted, old) : withoutStatus(definition, wanted, old)
  const prepare = part === 'status' ? rules.prepareStatus : rules.prepareUpdate
  prepare?.(isolated, old, context)
  rules.canonicalize?.(isolated)
  const draft = prepare === undefined ? isolated : draftFrom(setDefaults(definition, isolated), definition)
  writeBooks(draft, managedFields)
  countGeneration(definition, draft, old)
  const causes = problemsOfUpdate(definition, part, draft, old, call.emptyMaps)
  if (causes.length > 0) throw invalid(definition.group, definition.kind, old.metadata.name, causes)
  call.warnings?.push(...warningsOf(call, draft, old))
  context.admit?.({ operation: 'UPDATE', object: draft, old, dryRun })
  return store(context, definition, existing, draft, dryRun, !asGiven)
}

/** A namespace's own finalizers stand in its spec, and go through `finalize`. */
const holdsContent = ({ group, plural }: ResourceDefinition, draft: Draft): boolean => {
  const finalizers = group === '' && plural === 'namespaces' ? at(draft, 'spec', 'finalizers') : undefined
  return Array.isArray(finalizers) && finalizers.length > 0
}

const store = (
  context: Context,
  definition: ResourceDefinition,
  old: StoredObject,
  draft: Draft,
  dryRun: boolean,
  filled: boolean,
): StoredObject => {
  draft.metadata.resourceVersion = old.metadata.resourceVersion
  const { metadata } = draft
  const finished =
    old.metadata.deletionTimestamp !== undefined &&
    (metadata.finalizers ?? []).length === 0 &&
    (metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
    !holdsContent(definition, draft)
  // Border: the draft of an update has all that the stored object had.
  const object = draft as unknown as StoredObject
  if (!finished && changesNothing(context, definition, draft, old)) return old
  // Border: as above.
  if (dryRun) return finished ? object : (asRead(definition, draft, filled) as unknown as StoredObject)
  if (!finished) return stored(context, definition, draft, filled, read => context.storage.update(definition, read, old))
  // The writer gets what it wrote; watchers get the last stored state, with the finalizer still in it.
  context.storage.delete(definition, old)
  return object
}

/** The server's own fields of metadata stay as they are; where a client asks for another value, validation says so. */
const keepMetadata = (metadata: DraftMeta, old: StoredObject): void => {
  const before = old.metadata
  metadata.name = before.name
  // Long out of use, and never stored.
  Reflect.deleteProperty(metadata, 'selfLink')
  keepNamespace(metadata, before.namespace)
  if ((metadata.uid ?? '') === '') metadata.uid = before.uid
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
  // Where nobody counts, a number that somebody once gave stays.
  if (old.metadata.generation === undefined || (!definition.custom && rulesOf(definition).generation !== true)) return
  const counts = (object: Readonly<Record<string, unknown>>): unknown => {
    if (!definition.custom) return object['spec']
    const { metadata: _meta, apiVersion: _version, status, ...rest } = object
    return definition.subresources.status ? rest : { ...rest, status }
  }
  if (!equal(counts(draft), counts(old))) draft.metadata.generation = old.metadata.generation + 1
}
