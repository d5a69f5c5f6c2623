import { type JsonObject, type ManagedFields, equal } from '../objects/index.ts'
import type { SchemaNode } from '../schema/index.ts'
import { compareObjects } from './compare.ts'
import { ApplyConflict, type Conflict, conflictsOf } from './conflict.ts'
import { fieldSetOf, withNamedFields } from './extract.ts'
import { type FieldSet, difference, emptySet, intersection, isEmptySet, union, withoutBranches } from './field-set.ts'
import { type Managed, type Managers, identityOf, readManagers, writeManagers } from './managers.ts'
import type { Managing } from './managing.ts'
import { mergeObjects } from './merge.ts'
import { changedFields, filtered, recordUpdate, withoutChanged } from './record.ts'
import { removeFields } from './remove.ts'
import { checkVersions } from './versions.ts'

export interface Apply {
  /** As it is stored, without managed fields; for a creation the empty object of the kind. */
  readonly live: JsonObject
  readonly stored: readonly ManagedFields[] | undefined
  /** What the empty object of the kind is. */
  readonly empty: JsonObject
  readonly wanted: JsonObject
  readonly manager: string
  readonly force: boolean
}

export interface Applied {
  readonly object: JsonObject
  readonly managedFields: readonly ManagedFields[] | undefined
}

/** Who owned the fields of an object that nobody has kept book of, before somebody applied it. */
const beforeFirstApply = 'before-first-apply'

/**
 * Server-side apply: merges what the manager says over the object, takes away what it said last time and not now and nobody else owns.
 * @throws ApplyConflict where another manager owns what would change, unless forced; Inconvertible where that cannot be said.
 */
export const applyObject = (managing: Managing, { live, stored, empty, wanted, manager, force }: Apply): Applied => {
  const { apiVersion, reset, schema, skipped, subresource } = managing
  const managers = read(managing, stored) ?? read(managing, first(managing, empty, live)) ?? new Map<string, Managed>()
  const name = { manager, operation: 'Apply', apiVersion, subresource } as const
  const id = identityOf(name)
  const last = managers.get(id)
  const all = withoutBranches(fieldSetOf(schema, wanted), [...reset, ...[...skipped].map(field => [field])])
  const own: Managed = { ...name, fields: all, time: last?.time, ...(last?.entry === undefined ? {} : { entry: last.entry }) }
  const owners = new Map([...managers, [id, own]])
  const merged = mergeObjects(schema, live, wanted)
  checkVersions(managing, { live, merged, managers, last, own: id })
  const object = pruned(schema, merged, last?.fields ?? emptySet, owners)
  const compared = filtered(compareObjects(schema, live, object, skipped), managing)
  const conflicts = conflictsIn(managing, owners, id, changedFields(compared))
  if (conflicts.length > 0 && !force) throw new ApplyConflict(conflicts)
  const after = new Map(withoutChanged(managing, owners, compared, id))
  const fields = withoutBranches(all, unownable)
  // An apply that changes nothing has no time of its own, though its manager may own more or less than before.
  after.set(id, { ...own, fields, time: equal(live, object) ? own.time : managing.now() })
  return { object, managedFields: writeManagers(after) }
}

const unownable = [
  ['apiVersion'],
  ['kind'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map(
    field => ['metadata', field],
  ),
]

/** Undefined where there are none. */
const read = ({ serves }: Managing, entries: readonly ManagedFields[] | undefined): Managers | undefined => {
  if (entries === undefined) return undefined
  const managers = readManagers(entries, entries)
  return managers === undefined ? undefined : new Map([...managers].filter(([, { apiVersion }]) => serves(apiVersion)))
}

const first = (managing: Managing, empty: JsonObject, live: JsonObject): readonly ManagedFields[] | undefined =>
  recordUpdate(managing, { live: empty, next: live, stored: undefined, given: undefined, manager: beforeFirstApply, isNew: true })

const conflictsIn = ({ serves }: Managing, managers: Managers, own: string, changed: FieldSet): readonly Conflict[] =>
  [...managers]
    .filter(([id, { apiVersion }]) => id !== own && serves(apiVersion))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([id, managed]) => conflictsOf(id, managed, intersection(managed.fields, changed)))

/** Without what the manager owned and no longer names, as far as nobody else owns it or something within it. */
const pruned = (schema: SchemaNode, merged: JsonObject, last: FieldSet, owners: Managers): JsonObject => {
  if (isEmptySet(last)) return merged
  const named = (set: FieldSet): FieldSet => withNamedFields(schema, set)
  const before = named(last)
  const whole = named(fieldSetOf(schema, merged))
  const owned = [...owners.values()].map(({ fields }) => fields).reduce(union, emptySet)
  const without = removeFields(schema, merged, before)
  const kept = removeFields(schema, merged, difference(whole, union(named(fieldSetOf(schema, without)), named(owned))))
  const gone = intersection(difference(whole, named(fieldSetOf(schema, kept))), before)
  return isEmptySet(gone) ? merged : removeFields(schema, merged, gone)
}
