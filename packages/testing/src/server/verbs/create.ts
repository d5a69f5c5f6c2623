import { type Context, nowOf } from '../context.ts'
import { rulesOf } from '../kinds/index.ts'
import type { Draft, DraftMeta, StoredObject } from '../objects/index.ts'
import { type Call, type Outcome, type User, writeOptionsOf } from '../request/index.ts'
import { type ResourceDefinition, setDefaults } from '../schema/index.ts'
import { Failure, alreadyExists, badRequest, forbidden, invalid, notFound, subjectOf } from '../status/index.ts'
import { asRead, stored } from './as-read.ts'
import { type Bookkeeping, recording, writeBooks } from './bookkeeping.ts'
import { decodeDraft, draftFrom } from './decode.ts'
import { present } from './present.ts'
import { problemsOfCreate } from './problems.ts'
import { warningsOf } from './warnings.ts'

export const create = (context: Context, call: Call): Outcome => {
  const options = writeOptionsOf(call, 'CreateOptions')
  const draft = decodeDraft(call, call.body, options)
  // Wiped before anybody keeps book of it; where a PUT makes an object, it is wiped afterwards.
  delete draft.metadata.deletionTimestamp
  delete draft.metadata.deletionGracePeriodSeconds
  const books = recording(context, call, { manager: options.fieldManager, body: call.body })
  const object = createObject(context, call, draft, options.dryRun, books)
  return { type: 'object', status: 201, object: present(object, call.definition) }
}

/**
 * Makes an object of a draft: names it, fills in what the server decides, validates and stores it. `books` says who owns what; where
 * the server itself makes an object, nobody does.
 */
export const createObject = (
  context: Context,
  call: Pick<Call, 'definition' | 'namespace' | 'user'> & Partial<Pick<Call, 'warnings'>>,
  given: Draft,
  dryRun: boolean,
  books?: Bookkeeping,
): StoredObject => {
  const { definition, namespace, user } = call
  const { metadata } = given
  checkNamespace(metadata.namespace, namespace)
  keepNamespace(metadata, namespace)
  const asked = metadata.resourceVersion ?? ''
  // Admission comes first, and does not know a name that is still to be drawn.
  checkKindLives(context, definition, given)
  checkNamespaceLives(context, definition, given)
  nameIt(context, definition, given)
  const wanted = books === undefined ? given : draftFrom(setDefaults(definition, given), definition)
  const managedFields = books?.(wanted)
  const draft = prepared(context, definition, wanted, user)
  writeBooks(draft, managedFields)
  const causes = problemsOfCreate(definition, draft)
  if (causes.length > 0) throw invalid(definition.group, definition.kind, draft.metadata.name ?? '', causes)
  call.warnings?.push(...warningsOf({ definition, subresource: '' }, draft))
  context.admit?.({ operation: 'CREATE', object: draft, dryRun })
  const name = draft.metadata.name ?? ''
  // 500 and no reason: that is how kube-apiserver 1.37 says it.
  if (/^\d*[1-9]\d*$/.test(asked) && !dryRun) throw new Failure(500, '', 'resourceVersion should not be set on objects to be created')
  const other = context.storage.get(definition, namespace, name)
  if (other !== undefined) throw alreadyExists(subjectOf(definition, name), other.metadata.deletionTimestamp !== undefined)
  if (dryRun) return asStored(asRead(definition, draft, true), asked)
  return stored(context, definition, draft, true, read => context.storage.create(definition, read))
}

/** For answers of dry runs: nothing was written, so there is no resourceVersion but the one that the writer made up. */
const asStored = (draft: Draft, asked: string): StoredObject => {
  const { resourceVersion: _none, ...rest } = draft.metadata
  const metadata = asked === '' ? rest : { ...rest, resourceVersion: asked }
  // Border: the same object that the store would have made of the draft.
  return { ...draft, metadata } as unknown as StoredObject
}

/** @throws Failure 400 when the body names another namespace than the path. */
export const checkNamespace = (own: string | undefined, namespace: string | undefined): void => {
  if ((own ?? '') === '' || own === namespace) return
  // Cluster-scoped objects may say what they like: it is dropped.
  if (namespace === undefined) return
  throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
}

/** Of a cluster-scoped object a namespace is taken away, but not an empty one. */
export const keepNamespace = (metadata: DraftMeta, namespace: string | undefined): void => {
  if (namespace !== undefined) metadata.namespace = namespace
  else if ((metadata.namespace ?? '') !== '') delete metadata.namespace
}

const prepared = (context: Context, definition: ResourceDefinition, given: Draft, user: User): Draft => {
  const rules = rulesOf(definition)
  const { metadata } = given
  // Where nobody counts, a given number stays.
  if (definition.custom || rules.generation === true) delete metadata.generation
  delete metadata.resourceVersion
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
  Reflect.deleteProperty(metadata, 'selfLink')
  metadata.uid = context.runtime.uuid()
  metadata.creationTimestamp = nowOf(context)
  if (definition.custom || rules.generation === true) metadata.generation = 1
  if (definition.subresources.status && rules.statusAtCreation !== true) delete given['status']
  rules.prepareCreate?.(given, context, user)
  rules.canonicalize?.(given)
  return draftFrom(setDefaults(definition, given), definition)
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
const suffixLength = 5
/** As kube-apiserver since 1.31: a generated name that is taken is drawn again. */
const draws = 8

const nameIt = (context: Context, definition: ResourceDefinition, draft: Draft): void => {
  const { metadata } = draft
  if (metadata.name !== undefined && metadata.name !== '') return
  const base = metadata.generateName ?? ''
  // Validation says that there is neither.
  if (base === '') return
  for (let draw = 0; draw < draws; draw += 1) {
    const letters = Array.from({ length: suffixLength }, () => alphabet[Math.floor(context.runtime.random() * alphabet.length)])
    metadata.name = base.slice(0, 63 - suffixLength) + letters.join('')
    if (context.storage.get(definition, metadata.namespace, metadata.name) === undefined) return
  }
}

/** Objects of a kind whose definition is being deleted can still be changed, but no new ones are made. */
const checkKindLives = (context: Context, definition: ResourceDefinition, { metadata: { name = '' } }: Draft): void => {
  if (!definition.custom) return
  const crds = { group: 'apiextensions.k8s.io', plural: 'customresourcedefinitions' }
  const own = context.storage.get(crds, undefined, `${definition.plural}.${definition.group}`)
  if (own?.metadata.deletionTimestamp === undefined) return
  throw forbidden(subjectOf(definition, name), 'create not allowed while custom resource definition is terminating')
}

const checkNamespaceLives = (context: Context, definition: ResourceDefinition, draft: Draft): void => {
  const { name = '' } = draft.metadata
  const namespace = draft.metadata.namespace ?? ''
  if (namespace === '') return
  const found = context.storage.get({ group: '', plural: 'namespaces' }, undefined, namespace)
  if (found === undefined) throw notFound({ group: '', plural: 'namespaces', name: namespace })
  if (found.metadata.deletionTimestamp !== undefined) {
    throw forbidden(subjectOf(definition, name), `unable to create new content in namespace ${namespace} because it is being terminated`, [
      { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' },
    ])
  }
}
