import { type Context, nowOf, timestamp } from '../context.ts'
import { cleanupFinalizer, rulesOf, selectableOf } from '../kinds/index.ts'
import { type Draft, type JsonObject, type StoredObject, at, draftOf, isObject, withAt } from '../objects/index.ts'
import { type Call, type Outcome, listOptionsOf, ok } from '../request/index.ts'
import type { ResourceDefinition } from '../schema/index.ts'
import { type Subject, conflict, subjectOf } from '../status/index.ts'
import { parseSelector } from '../selectors/index.ts'
import { asRead, changesNothing, stored } from './as-read.ts'
import { type DeleteOptions, deleteOptionsOf } from './delete-options.ts'
import { present } from './present.ts'
import { find } from './read.ts'
import { wrongVersion } from './storage-key.ts'

export const foreground = 'foregroundDeletion'
export const orphan = 'orphan'

export const remove = (context: Context, call: Call): Outcome => {
  const options = deleteOptionsOf(call)
  const { object, gone } = deleteObject(context, call.definition, find(context, call), options)
  return ok(gone && rulesOf(call.definition).returnsDeleted !== true ? success(call.definition, object) : present(object, call.definition))
}

/** DELETE on a collection: each object as by itself, answered with the list of them. */
export const removeCollection = (context: Context, call: Call): Outcome => {
  const { labelSelector, fieldSelector } = listOptionsOf(call.query, false)
  const selector = parseSelector(labelSelector, fieldSelector, selectableOf(call.definition))
  const options = deleteOptionsOf(call)
  const { objects } = context.storage.collection(call.definition).now(context.storage.revision)
  const chosen = objects.filter(
    object =>
      (call.namespace === undefined || object.metadata.namespace === call.namespace) &&
      (selector === undefined || selector.matches(object)),
  )
  const { revision } = context.storage
  for (const object of chosen) deleteObject(context, call.definition, object, options)
  // The answer shows them as they were found.
  return {
    type: 'list',
    objects: chosen.map(object => present(object, call.definition)),
    metadata: { resourceVersion: String(revision) },
  }
}

const success = (definition: ResourceDefinition, { metadata: { name, uid } }: StoredObject): Readonly<Record<string, unknown>> => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: { name, ...(definition.group === '' ? {} : { group: definition.group }), kind: definition.plural, uid },
})

/**
 * Deletes, or marks as being deleted: finalizers, a pod's grace period and a namespace's content hold an object until
 * somebody has done his part.
 */
export const deleteObject = (
  context: Context,
  definition: ResourceDefinition,
  object: StoredObject,
  options: DeleteOptions,
): { readonly object: StoredObject; readonly gone: boolean } => {
  checkPreconditions(definition, object, options)
  const rules = rulesOf(definition)
  const judge = (grace?: number): void => {
    rules.admitDelete?.(object)
    context.admit?.({
      operation: 'DELETE',
      old: object,
      dryRun: options.dryRun,
      settled: settledOptions(definition, object, options, grace),
    })
  }
  if (isNamespace(definition) && hasContent(object)) {
    if (object.metadata.deletionTimestamp !== undefined) return { object, gone: false }
    judge()
    return { object: terminateNamespace(context, definition, object, options), gone: false }
  }
  if (isCustomResourceDefinition(definition)) {
    judge()
    return { object: terminateCustomResources(context, definition, object, options), gone: false }
  }
  // What the version of the request does not know goes with it.
  const draft = draftOf(present(object, definition))
  const grace = rules.gracePeriod?.(object, options.gracePeriodSeconds)
  const waiting = grace === undefined ? 'over' : markGraceful(context, draft, object, grace, options.gracePeriodSeconds)
  // Nothing is judged where nothing changes.
  if (waiting === 'pending') return { object, gone: false }
  judge(object.metadata.deletionTimestamp === undefined ? grace : undefined)
  // Where nobody collects, the collector's finalizers would hold the object for ever.
  const finalizers = finalizersFor(object, rules.garbageCollected === false ? 'Background' : options.policy)
  if (finalizers !== undefined) draft.metadata.finalizers = [...finalizers]
  const held = (draft.metadata.finalizers ?? []).length > 0
  if (held && waiting === 'over') markDeleting(context, draft, object)
  // Kubernetes forgets the version that it was told when the last finalizers go with the object, and finds that another one is there.
  if (finalizers !== undefined && !held && waiting === 'over' && options.resourceVersion !== '')
    throw wrongVersion(definition, object, options.dryRun)
  const marked = waiting === 'marked' || held ? write(context, definition, object, draft, options.dryRun) : object
  if (held || (draft.metadata.deletionGracePeriodSeconds ?? 0) > 0) return { object: marked, gone: false }
  if (options.dryRun) return { object: marked, gone: true }
  return { object: context.storage.delete(definition, marked), gone: true }
}

/** What kube-apiserver 1.37 has written into the options of a deletion by the time that policies see them. */
const settledOptions = (
  definition: ResourceDefinition,
  { metadata: { uid } }: StoredObject,
  { gracePeriodSeconds: asked, resourceVersion }: DeleteOptions,
  grace = asked !== undefined && asked < 0 ? 1 : undefined,
): JsonObject => ({
  ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
  ...(isNamespace(definition) || isCustomResourceDefinition(definition)
    ? { preconditions: { uid, ...(resourceVersion === '' ? {} : { resourceVersion }) } }
    : {}),
})

const write = (context: Context, definition: ResourceDefinition, old: StoredObject, draft: Draft, dryRun: boolean): StoredObject => {
  if (changesNothing(context, definition, draft, old)) return old
  // Border: a draft made of a stored object with metadata added.
  if (dryRun) return asRead(definition, draft, true) as unknown as StoredObject
  return stored(context, definition, draft, true, read => context.storage.update(definition, read, old))
}

export const checkPreconditions = (definition: ResourceDefinition, { metadata }: StoredObject, options: DeleteOptions): void => {
  if (isNamespace(definition)) return checkNamespacePreconditions(definition, metadata, options)
  // The kind stands where other conflicts name the resource: so does kube-apiserver 1.37.
  const subject: Subject = { group: definition.group, plural: definition.kind, name: metadata.name }
  if (options.uid !== '' && options.uid !== metadata.uid) {
    throw conflict(
      subject,
      `the UID in the precondition (${options.uid}) does not match the UID in record (${metadata.uid}). ` +
        'The object might have been deleted and then recreated',
    )
  }
  if (options.resourceVersion !== '' && options.resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      subject,
      `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record ` +
        `(${metadata.resourceVersion}). The object might have been modified`,
    )
  }
}

/** Namespaces have their own way to be deleted, and their own words. */
const checkNamespacePreconditions = (definition: ResourceDefinition, metadata: StoredObject['metadata'], options: DeleteOptions): void => {
  const differs = (what: string, asked: string, found: string): void => {
    if (asked === '' || asked === found) return
    const why = `Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${found}`
    throw conflict(subjectOf(definition, metadata.name), why)
  }
  differs('UID', options.uid, metadata.uid)
  differs('ResourceVersion', options.resourceVersion, metadata.resourceVersion)
}

const bumpGeneration = (draft: Draft): void => {
  if (draft.metadata.generation !== undefined) draft.metadata.generation += 1
}

/** A shorter grace may be asked for later; a longer one, or none, changes nothing. */
const markGraceful = (
  context: Context,
  draft: Draft,
  { metadata }: StoredObject,
  grace: number,
  asked: number | undefined,
): 'marked' | 'pending' | 'over' => {
  if (metadata.deletionTimestamp === undefined) {
    draft.metadata.deletionTimestamp = timestamp(context.runtime.clock.now() + grace * 1_000)
    draft.metadata.deletionGracePeriodSeconds = grace
    bumpGeneration(draft)
    return 'marked'
  }
  const before = metadata.deletionGracePeriodSeconds ?? 0
  if (before === 0) return 'over'
  const shorter = asked === undefined ? before : asked < 0 ? 1 : asked
  if (shorter >= before) return 'pending'
  const now = context.runtime.clock.now()
  const end = Date.parse(metadata.deletionTimestamp) + (shorter - before) * 1_000
  draft.metadata.deletionTimestamp = timestamp(Math.max(end, now))
  // Time is up, but whoever ends it (the kubelet) still has to do so, unless the deletion asks for no grace at all.
  draft.metadata.deletionGracePeriodSeconds = end < now && shorter !== 0 ? 1 : shorter
  return 'marked'
}

const markDeleting = (context: Context, draft: Draft, { metadata }: StoredObject): void => {
  if (metadata.deletionTimestamp !== undefined) return
  draft.metadata.deletionTimestamp = nowOf(context)
  draft.metadata.deletionGracePeriodSeconds = 0
  bumpGeneration(draft)
}

/** The finalizers that the propagation policy asks for; undefined where it changes none. */
const finalizersFor = (object: StoredObject, policy: DeleteOptions['policy']): readonly string[] | undefined => {
  const before = object.metadata.finalizers ?? []
  const kept = policy === undefined ? before : before.filter(finalizer => finalizer !== foreground && finalizer !== orphan)
  const own = policy === 'Foreground' ? [foreground] : policy === 'Orphan' ? [orphan] : []
  const after = [...kept, ...own]
  return after.length === before.length && after.every(finalizer => before.includes(finalizer)) ? undefined : after
}

const isCustomResourceDefinition = (definition: ResourceDefinition): boolean =>
  definition.group === 'apiextensions.k8s.io' && definition.plural === 'customresourcedefinitions'

const isNamespace = (definition: ResourceDefinition): boolean => definition.group === '' && definition.plural === 'namespaces'

const hasContent = (namespace: StoredObject): boolean => {
  const finalizers = at(namespace, 'spec', 'finalizers')
  return Array.isArray(finalizers) && finalizers.length > 0
}

const terminateNamespace = (
  context: Context,
  definition: ResourceDefinition,
  namespace: StoredObject,
  options: DeleteOptions,
): StoredObject => {
  const draft = draftOf(namespace)
  draft.metadata.deletionTimestamp = nowOf(context)
  draft['status'] = { ...(isObject(namespace['status']) ? namespace['status'] : {}), phase: 'Terminating' }
  return write(context, definition, namespace, draft, options.dryRun)
}

/** A CRD that is deleted takes its objects along first, through a finalizer of the server's own. */
const terminateCustomResources = (
  context: Context,
  definition: ResourceDefinition,
  crd: StoredObject,
  options: DeleteOptions,
): StoredObject => {
  if (crd.metadata.deletionTimestamp !== undefined) return crd
  const draft = draftOf(crd)
  const now = nowOf(context)
  draft.metadata.deletionTimestamp = now
  draft.metadata.finalizers = [...(crd.metadata.finalizers ?? []), cleanupFinalizer]
  const conditions = at(crd, 'status', 'conditions')
  const terminating = {
    type: 'Terminating',
    status: 'True',
    lastTransitionTime: now,
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  }
  Object.assign(draft, withAt(draft, ['status', 'conditions'], [...(Array.isArray(conditions) ? conditions : []), terminating]))
  return write(context, definition, crd, draft, options.dryRun)
}
