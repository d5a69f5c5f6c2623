import type { Context } from '../context.ts'
import { type ScaleManagers, recordUpdate, scaleManagers } from '../managed-fields/index.ts'
import { type JsonObject, type ManagedFields, type StoredObject, at, draftOf, equal, isObject, textAt, withAt } from '../objects/index.ts'
import { type Call, type Outcome, ok, writeOptionsOf } from '../request/index.ts'
import type { ScalePaths } from '../schema/index.ts'
import { Failure, badRequest, invalid, internal, invalidValue, nothingHere } from '../status/index.ts'
import {
  applyOptionsOf,
  applyTo,
  draftFrom,
  find,
  managingIn,
  type PatchType,
  patchTypeOf,
  patchedBy,
  present,
  updateObject,
} from '../verbs/index.ts'

/** `autoscaling/v1` Scale: the number of replicas of any kind, for `kubectl scale` and autoscalers. */
export const scale = (context: Context, call: Call): Outcome => {
  const paths = call.definition.subresources.scale
  if (paths === undefined) throw nothingHere()
  // Options are judged before it is known whether there is such an object.
  const type = call.verb === 'patch' ? patchTypeOf({ ...call, definition: { ...call.definition, custom: false } }) : undefined
  if (call.verb !== 'get') writeOptionsOf(call, type === undefined ? 'UpdateOptions' : 'PatchOptions', type === applyType)
  const existing = find(context, call)
  const object = present(existing, call.definition)
  if (call.verb === 'get') {
    checkReplicas(call, paths, object)
    return ok(scaleOf(paths, object))
  }
  const managers = scaleManagers({
    parent: managingIn(context, { ...call, subresource: '' }),
    stored: object.metadata.managedFields,
    replicasPath: pathOf(paths.specReplicasPath),
  })
  const { scale: wanted, entries } = changed(call, type, paths, object, managers)
  const dryRun = call.query['dryRun'] === 'All'
  const written = write(context, call, paths, existing, wanted, dryRun, managers.toParent(entries))
  return ok(scaleOf(paths, present(written, call.definition)))
}

/** Of a built-in kind the number is always there. @throws Failure 500, as kube-apiserver does. */
const checkReplicas = ({ definition }: Call, { specReplicasPath }: ScalePaths, object: StoredObject): void => {
  if (!definition.custom || at(object, ...pathOf(specReplicasPath)) !== undefined) return
  throw internal(`the spec replicas field ${JSON.stringify(specReplicasPath)} does not exist`)
}

const applyType = 'application/apply-patch+yaml'

interface Changed {
  readonly scale: unknown
  readonly entries: readonly ManagedFields[] | undefined
}

/** The Scale that the request wants, and who owns its fields. */
const changed = (
  call: Call,
  type: PatchType | undefined,
  paths: ScalePaths,
  object: StoredObject,
  { managing, stored }: ScaleManagers,
): Changed => {
  const live = scaleOf(paths, object)
  if (type === applyType) {
    const first = call.definition.custom && isScale(call.body) && (stored ?? []).length === 0
    if (first) throw noManager()
    const applied = applyTo(managing, call, applyOptionsOf(call), { live, empty: nothingSaid, stored })
    if (call.definition.custom && !equal(applied.object, live)) throw inconvertible(call)
    return { scale: applied.object, entries: applied.managedFields }
  }
  const { fieldManager: manager } = writeOptionsOf(call, type === undefined ? 'UpdateOptions' : 'PatchOptions')
  const next = type === undefined ? call.body : patched(call, type, paths, object)
  if (!isObject(next)) return { scale: next, entries: stored }
  // Go's omitempty: who asks for none says nothing.
  const said = at(next, 'spec', 'replicas') === 0 ? withAt(next, ['spec', 'replicas'], undefined) : next
  return { scale: next, entries: recordUpdate(managing, { live, next: said, stored, given: undefined, manager, isNew: false }) }
}

/** Go's Scale is there before anybody says anything, with a number in its status. */
const nothingSaid: JsonObject = { spec: {}, status: { replicas: 0 } }

const isScale = (body: unknown): boolean => textAt(body, 'kind') === 'Scale' && textAt(body, 'apiVersion') === 'autoscaling/v1'

const notConverted = 'request to convert CR to an invalid group/version: autoscaling/v1'

/** Where nobody owns anything yet, kube-apiserver 1.37 fails earlier: it would write down who was there before. */
const noManager = (): Failure =>
  new Failure(
    500,
    '',
    'failed to create manager for existing fields: failed to convert live object (/; autoscaling/v1, Kind=Scale) to proper version: ' +
      notConverted,
  )

/** Kubernetes 1.37 cannot apply the Scale of a custom kind: not if that changes anything. */
const inconvertible = ({ body }: Call): Failure => {
  const name = `${textAt(body, 'metadata', 'namespace')}/${textAt(body, 'metadata', 'name')}; autoscaling/v1, Kind=Scale`
  return new Failure(500, '', `failed to convert new object (${name}) to proper version: ${notConverted}`)
}

type Patch = Exclude<PatchType, typeof applyType>

const patched = (call: Call, type: Patch, paths: ScalePaths, object: StoredObject): JsonObject => {
  // Border: a Scale has no schema among the kinds; without one a strategic merge is a merge.
  const { schema: _none, ...definition } = call.definition
  return patchedBy(type, definition, scaleOf(paths, object) as StoredObject, call.body)
}

const write = (
  context: Context,
  call: Call,
  paths: ScalePaths,
  old: StoredObject,
  wanted: unknown,
  dryRun: boolean,
  managedFields: readonly ManagedFields[] | undefined,
): StoredObject => {
  if (!isObject(wanted)) throw badRequest('the object provided is unrecognized (must be of type Scale)')
  const name = textAt(wanted, 'metadata', 'name')
  if (name !== '' && name !== call.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`)
  const replicas = at(wanted, 'spec', 'replicas') ?? 0
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || (replicas < 0 && !call.definition.custom)) {
    throw invalid('autoscaling', 'Scale', call.name, [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')])
  }
  const draft = draftFrom(withAt(draftOf(present(old, call.definition)), pathOf(paths.specReplicasPath), replicas), call.definition)
  const version = textAt(wanted, 'metadata', 'resourceVersion')
  // A Scale without one is about whatever is there, also where the kind itself does not allow that.
  if (version !== '') draft.metadata.resourceVersion = version
  const uid = textAt(wanted, 'metadata', 'uid')
  if (uid !== '') draft.metadata.uid = uid
  return updateObject(context, { definition: call.definition, subresource: 'scale' }, old, draft, dryRun, () => managedFields)
}

const scaleOf = (paths: ScalePaths, object: StoredObject): JsonObject => {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const count = (path: string): number => {
    const value = at(object, ...pathOf(path))
    return typeof value === 'number' ? value : 0
  }
  const selector = selectorText(
    paths.labelSelectorPath === undefined ? at(object, 'spec', 'selector') : at(object, ...pathOf(paths.labelSelectorPath)),
  )
  const replicas = count(paths.specReplicasPath)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    // Go's omitempty: a Scale of 0 has an empty spec.
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: count(paths.statusReplicasPath), ...(selector === undefined || selector === '' ? {} : { selector }) },
  }
}

/** Custom kinds name a path with text in it; built-in ones have a LabelSelector, or plain labels, in spec. */
const selectorText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value
  const labels = at(value, 'matchLabels') ?? value
  return isObject(labels)
    ? Object.entries(labels)
        .map(([key, own]) => `${key}=${String(own)}`)
        .sort()
        .join(',')
    : undefined
}

/** `.spec.replicas` as keys. */
const pathOf = (path: string): readonly string[] => path.split('.').filter(key => key !== '')
