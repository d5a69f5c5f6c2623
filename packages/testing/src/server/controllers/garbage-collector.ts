import type { Context } from '../context.ts'
import type { Owner, StoredObject } from '../objects/index.ts'
import { foreground, orphan } from '../verbs/index.ts'
import type { Controller } from './controller.ts'
import type { LocalClient } from './local-client.ts'
import { type Loop, loop } from './loop.ts'
import { type Located, OwnerGraph } from './owner-graph.ts'

/** How long after a write the collector looks: about what a real one takes at rest. */
const delayMs = 10

/**
 * Deletes what nobody owns any more, and does the two finalizers of owners: `foregroundDeletion` (dependents first) and `orphan`
 * (dependents are let go).
 */
export const garbageCollector = (context: Context, client: LocalClient): Controller => {
  const graph = new OwnerGraph()
  let dirty = new Set<string>()

  const pathOf = ({ resource, object }: Located): string | undefined => {
    const definition = context.registry.versions(resource.group, resource.plural)[0]
    if (definition === undefined) return undefined
    const root = definition.group === '' ? `/api/${definition.version}` : `/apis/${definition.group}/${definition.version}`
    const scope = object.metadata.namespace === undefined ? '' : `/namespaces/${encodeURIComponent(object.metadata.namespace)}`
    return `${root}${scope}/${definition.plural}/${encodeURIComponent(object.metadata.name)}`
  }

  /** Conditional on what was looked at; if somebody was faster, his write has made the object dirty again. */
  const patch = (located: Located, metadata: Readonly<Record<string, unknown>>): void => {
    const path = pathOf(located)
    const { uid, resourceVersion } = located.object.metadata
    if (path !== undefined) client.request('PATCH', path, { metadata: { uid, resourceVersion, ...metadata } })
  }

  const remove = (located: Located, propagationPolicy: string): void => {
    const path = pathOf(located)
    const { uid, resourceVersion } = located.object.metadata
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy, preconditions: { uid, resourceVersion } }
    if (path !== undefined) client.request('DELETE', path, body)
  }

  const dropFinalizer = (located: Located, finalizer: string): void =>
    patch(located, { finalizers: located.object.metadata.finalizers?.filter(f => f !== finalizer) })

  /** Is the owner there? `unknown` for kinds that are not served: then nothing is deleted. */
  const stateOf = (owner: Owner, dependent: StoredObject): 'solid' | 'waiting' | 'absent' | 'unknown' => {
    const definition = context.registry.ofKind(owner.apiVersion, owner.kind)
    if (definition === undefined) return 'unknown'
    // A cluster-scoped object cannot be owned by one that lives in a namespace: which one would it be?
    if (definition.namespaced && dependent.metadata.namespace === undefined) return 'unknown'
    const found = context.storage.get(definition, definition.namespaced ? dependent.metadata.namespace : undefined, owner.name)
    if (found?.metadata.uid !== owner.uid) return 'absent'
    return isDeletingDependents(found) ? 'waiting' : 'solid'
  }

  const collectDependent = (located: Located): void => {
    const { metadata } = located.object
    const owners = metadata.ownerReferences ?? []
    if (owners.length === 0 || (metadata.deletionTimestamp !== undefined && !isDeletingDependents(located.object))) return
    const states = owners.map(owner => ({ owner, state: stateOf(owner, located.object) }))
    if (states.some(({ state }) => state === 'unknown')) return
    const solid = states.filter(({ state }) => state === 'solid')
    if (solid.length > 0) {
      if (solid.length < states.length) patch(located, { ownerReferences: solid.map(({ owner }) => owner) })
      return
    }
    if (isDeletingDependents(located.object)) return
    const waiting = states.some(({ state }) => state === 'waiting')
    if (waiting && graph.dependentsOf(metadata.uid).length > 0) remove(located, 'Foreground')
    else remove(located, metadata.finalizers?.includes(orphan) === true ? 'Orphan' : 'Background')
  }

  const processOwner = (located: Located): void => {
    const { uid, deletionTimestamp, finalizers = [] } = located.object.metadata
    if (deletionTimestamp === undefined) return
    const dependents = graph.dependentsOf(uid)
    if (finalizers.includes(orphan)) {
      for (const dependent of dependents) {
        patch(dependent, { ownerReferences: dependent.object.metadata.ownerReferences?.filter(owner => owner.uid !== uid) ?? [] })
      }
      const still = graph.dependentsOf(uid)
      if (still.length === 0) dropFinalizer(located, orphan)
    } else if (finalizers.includes(foreground)) {
      for (const dependent of dependents) collectDependent(dependent)
      const blocking = graph
        .dependentsOf(uid)
        .filter(({ object }) => object.metadata.ownerReferences?.some(owner => owner.uid === uid && owner.blockOwnerDeletion === true))
      if (blocking.length === 0) dropFinalizer(located, foreground)
    }
  }

  const work: Loop = loop(context, 'garbage collector', delayMs, () => {
    const uids = dirty
    dirty = new Set()
    for (const uid of uids) {
      const located = graph.get(uid)
      if (located === undefined) continue
      collectDependent(located)
      const current = graph.get(uid)
      if (current !== undefined) processOwner(current)
    }
    return dirty.size > 0
  })

  return {
    note: (resource, change) => {
      const touched = graph.apply(resource, change)
      if (touched.length === 0) return
      for (const uid of touched) dirty.add(uid)
      work.wake()
    },
    close: work.close,
  }
}

const isDeletingDependents = ({ metadata }: StoredObject): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(foreground) === true
