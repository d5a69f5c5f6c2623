import type { ManagedFields } from '../objects/index.ts'
import { type SchemaNode, builtinType, objectMetaType } from '../schema/index.ts'
import { difference, hasPath, isEmptySet, setOf } from './field-set.ts'
import { type Managed, identityOf, readManagers, writeManagers } from './managers.ts'
import type { Managing } from './managing.ts'
import { fieldElement } from './path-element.ts'

export interface ScaleOptions {
  readonly parent: Managing
  readonly stored: readonly ManagedFields[] | undefined
  /** `['spec', 'replicas']` in the parent. */
  readonly replicasPath: readonly string[]
}

/** Who owns the number of replicas, seen from the Scale, and back: whoever writes a Scale owns that one field of the object behind it. */
export interface ScaleManagers {
  readonly managing: Managing
  readonly stored: readonly ManagedFields[] | undefined
  /** The parent's entries after the Scale's have become these. */
  toParent(entries: readonly ManagedFields[] | undefined): readonly ManagedFields[] | undefined
}

const apiVersion = 'autoscaling/v1'
const replicas = ['f:spec', 'f:replicas']

export const scaleManagers = ({ parent, stored = [], replicasPath }: ScaleOptions): ScaleManagers => {
  const path = replicasPath.map(fieldElement)
  const owners = [...(readManagers(stored, stored) ?? [])].filter(([, { apiVersion: version }]) => parent.serves(version))
  const seen = new Map<string, Managed>()
  for (const [, { entry: _entry, ...managed }] of owners) {
    if (!hasPath(managed.fields, path)) continue
    const own: Managed = { ...managed, apiVersion, fields: setOf(replicas) }
    seen.set(identityOf(own), own)
  }
  return {
    managing: {
      schema: scaleSchema(),
      group: 'autoscaling',
      custom: false,
      kind: 'Scale',
      apiVersion,
      subresource: 'scale',
      reset: [],
      skipped: new Set(),
      serves: version => version === apiVersion || parent.serves(version),
      schemaIn: () => undefined,
      now: parent.now,
    },
    stored: writeManagers(seen),
    toParent: entries => {
      const scale = new Map(readManagers(entries ?? []) ?? [])
      const after = new Map<string, Managed>()
      for (const [id, managed] of owners) {
        const stays = !hasPath(managed.fields, path) || scale.delete(id)
        const fields = stays ? managed.fields : difference(managed.fields, setOf(path))
        if (!isEmptySet(fields)) after.set(id, { ...managed, fields })
      }
      // Kubernetes 1.37 looks for their times in the parent, where updaters are known by another version and so have none.
      for (const [id, managed] of scale) {
        if (!hasPath(managed.fields, replicas)) continue
        const { entry: _entry, ...own } = managed
        const time = owners.find(([other]) => other === id)?.[1].time
        const moved: Managed = { ...own, apiVersion: parent.apiVersion, fields: setOf(path), time }
        // An updater of the parent is another one here, so that both may stand side by side under one name.
        after.set(id, moved)
      }
      return writeManagers(after)
    },
  }
}

const scaleSchema = (): SchemaNode => ({
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: builtinType(objectMetaType),
    spec: { type: 'object', properties: { replicas: { type: 'integer' } } },
    status: { type: 'object', properties: { replicas: { type: 'integer' }, selector: { type: 'string' } } },
  },
})
