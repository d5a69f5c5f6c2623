import type { Context } from '../context.ts'
import { type JsonObject, type StoredObject, at, draftOf, isObject, textAt, withAt } from '../objects/index.ts'
import { type Call, type Outcome, ok, writeOptionsOf } from '../request/index.ts'
import type { ScalePaths } from '../schema/index.ts'
import { badRequest, invalid, invalidValue, nothingHere } from '../status/index.ts'
import { find, draftFrom, patchTypeOf, patchedBy, updateObject } from '../verbs/index.ts'

/** `autoscaling/v1` Scale: the number of replicas of any kind, for `kubectl scale` and autoscalers. */
export const scale = (context: Context, call: Call): Outcome => {
  const paths = call.definition.subresources.scale
  if (paths === undefined) throw nothingHere()
  const object = find(context, call)
  if (call.verb === 'get') return ok(scaleOf(paths, object))
  const { dryRun } = writeOptionsOf(call, call.verb === 'patch' ? 'PatchOptions' : 'UpdateOptions')
  const wanted = call.verb === 'patch' ? patched(call, paths, object) : call.body
  return ok(scaleOf(paths, write(context, call, paths, object, wanted, dryRun)))
}

const patched = (call: Call, paths: ScalePaths, object: StoredObject): JsonObject => {
  const type = patchTypeOf({ ...call, definition: { ...call.definition, custom: false } })
  if (type === 'application/apply-patch+yaml') return isObject(call.body) ? call.body : {}
  // Border: a Scale has no schema among the kinds; without one a strategic merge is a merge.
  const { schema: _none, ...definition } = call.definition
  return patchedBy(type, definition, scaleOf(paths, object) as StoredObject, call.body)
}

const write = (context: Context, call: Call, paths: ScalePaths, old: StoredObject, wanted: unknown, dryRun: boolean): StoredObject => {
  if (!isObject(wanted)) throw badRequest('the object provided is unrecognized (must be of type Scale)')
  const name = textAt(wanted, 'metadata', 'name')
  if (name !== '' && name !== call.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`)
  const replicas = at(wanted, 'spec', 'replicas') ?? 0
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || (replicas < 0 && !call.definition.custom)) {
    throw invalid('autoscaling', 'Scale', call.name, [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')])
  }
  const draft = draftFrom(withAt(draftOf(old), pathOf(paths.specReplicasPath), replicas), call.definition)
  draft.metadata.resourceVersion = textAt(wanted, 'metadata', 'resourceVersion')
  const uid = textAt(wanted, 'metadata', 'uid')
  if (uid !== '') draft.metadata.uid = uid
  return updateObject(context, { definition: call.definition, subresource: '' }, old, draft, dryRun)
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
