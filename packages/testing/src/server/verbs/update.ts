import type { Context } from '../context.ts'
import { rulesOf } from '../kinds/index.ts'
import { type Draft, type DraftMeta, type StoredObject, equal } from '../objects/index.ts'
import { type Call, type Outcome, ok, writeOptionsOf } from '../request/index.ts'
import { type Cause, type ResourceDefinition, setDefaults, validateObject } from '../schema/index.ts'
import { badRequest, conflict, forbiddenField, invalid, invalidValue, modified, subjectOf } from '../status/index.ts'
import { checkNamespace, createObject } from './create.ts'
import { decodeDraft, draftFrom } from './decode.ts'
import { present } from './present.ts'
import { find } from './read.ts'

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
  const unconditional = draft.metadata.resourceVersion === undefined || draft.metadata.resourceVersion === ''
  if (unconditional && !(rules.unconditionalUpdate ?? !call.definition.custom)) {
    const causes = [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')]
    throw invalid(call.definition.group, call.definition.plural, call.name, causes)
  }
  return ok(present(updateObject(context, call, old, draft, options.dryRun), call.definition))
}

/** @throws Failure 400 when the body is about another object than the path. */
export const checkIdentity = (call: Call, draft: Draft): void => {
  const { name } = draft.metadata
  if (name !== undefined && name !== '' && name !== call.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`)
  }
  checkNamespace(draft.metadata.namespace, call.namespace)
}

/**
 * Puts a draft in the place of `old`: keeps what clients may not change, counts the generation, validates, and writes only when
 * something is different. Taking the last finalizer off an object that is being deleted deletes it.
 */
export const updateObject = (
  context: Context, call: Pick<Call, 'definition' | 'subresource'>, old: StoredObject, given: Draft, dryRun: boolean,
): StoredObject => {
  const { definition, subresource } = call
  const subject = subjectOf(definition, old.metadata.name)
  const { resourceVersion = '', uid = '' } = given.metadata
  if (uid !== '' && uid !== old.metadata.uid) {
    throw conflict(subject, `StorageError: invalid object, Code: 4, Key: ${storageKey(definition, old)}, ResourceVersion: 0, AdditionalErrorMsg: `
      + `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`)
  }
  if (resourceVersion !== '' && resourceVersion !== old.metadata.resourceVersion) throw modified(subject)
  const metadataCauses = keepMetadata(given.metadata, old)
  const rules = rulesOf(definition)
  const isolated = subresource === 'status' ? statusOnly(definition, given, old) : withoutStatus(definition, given, old)
  if (subresource === '') rules.prepareUpdate?.(isolated, old, context)
  const draft = draftFrom(setDefaults(definition, isolated), definition)
  countGeneration(definition, draft, old)
  const causes = [...metadataCauses, ...validateObject(definition, draft, old), ...(rules.validateUpdate?.(draft, old) ?? [])]
  if (causes.length > 0) throw invalid(definition.group, definition.kind, old.metadata.name, causes)
  return store(context, definition, old, draft, dryRun)
}

const store = (context: Context, definition: ResourceDefinition, old: StoredObject, draft: Draft, dryRun: boolean): StoredObject => {
  draft.metadata.resourceVersion = old.metadata.resourceVersion
  draft.apiVersion = old.apiVersion
  const { metadata } = draft
  const finished = metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0
    && (metadata.deletionGracePeriodSeconds ?? 0) === 0
  // Border: the draft of an update has all that the stored object had.
  const object = draft as unknown as StoredObject
  if (equal(draft, old) && !finished) return old
  if (dryRun) return object
  if (!finished) return context.storage.update(definition, draft, old)
  // The writer gets what it wrote; watchers get the last stored state, with the finalizer still in it.
  context.storage.delete(definition, old)
  return object
}

const storageKey = (definition: ResourceDefinition, { metadata: { name, namespace } }: StoredObject): string =>
  ['/registry', ...(definition.custom ? [definition.group] : []), definition.plural, ...(namespace === undefined ? [] : [namespace]), name].join('/')

/** The server's own fields of metadata stay as they are; what is wrong with the client's wishes is answered. */
const keepMetadata = (metadata: DraftMeta, old: StoredObject): readonly Cause[] => {
  const causes: Cause[] = []
  const before = old.metadata
  metadata.name = before.name
  if (before.namespace !== undefined) metadata.namespace = before.namespace
  metadata.uid = before.uid
  keep(metadata, before, 'generateName')
  keep(metadata, before, 'creationTimestamp')
  keep(metadata, before, 'generation')
  keep(metadata, before, 'deletionTimestamp')
  keep(metadata, before, 'deletionGracePeriodSeconds')
  if (metadata.managedFields === undefined) keep(metadata, before, 'managedFields')
  if (before.deletionTimestamp !== undefined) {
    const added = (metadata.finalizers ?? []).filter(finalizer => !(before.finalizers ?? []).includes(finalizer))
    if (added.length > 0) {
      const list = `[]string{${added.map(f => JSON.stringify(f)).join(', ')}}`
      causes.push(forbiddenField('metadata.finalizers', `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`))
    }
  }
  return causes
}

const keep = <K extends keyof DraftMeta>(metadata: DraftMeta, before: DraftMeta, key: K): void => {
  if (before[key] === undefined) delete metadata[key]
  else metadata[key] = before[key]
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
