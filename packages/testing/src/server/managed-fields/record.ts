import { type JsonObject, type ManagedFields, isObject } from '../objects/index.ts'
import { capUpdaters } from './cap.ts'
import { type Comparison, compareObjects } from './compare.ts'
import { type FieldSet, difference, emptySet, isEmptySet, union, withoutBranches } from './field-set.ts'
import { type Managed, type ManagerName, type Managers, identityOf, readManagers, writeManagers } from './managers.ts'
import type { Managing } from './managing.ts'
import { isIncomparable } from './versions.ts'

/** A state of an object on its way through the server; `metadata.managedFields` of it is not looked at. */
type State = JsonObject

export interface Update {
  /** As it is stored; for a creation the empty object of the kind. */
  readonly live: State
  readonly next: State
  /** Of the live object; undefined where it has none. */
  readonly stored: readonly ManagedFields[] | undefined
  /** What the request says about managed fields; undefined when nothing. */
  readonly given: unknown
  readonly manager: string
  readonly isNew: boolean
}

/**
 * Who owns what after a create, update or patch by `manager`: it takes what it has changed, and what was removed is nobody's. An
 * object whose managed fields were reset stays without any until the next apply. Undefined for none.
 */
export const recordUpdate = (managing: Managing, update: Update): readonly ManagedFields[] | undefined => {
  const { stored, given, isNew } = update
  const base = startingPoint(managing, stored ?? none, given)
  if (base.size === 0 && !isNew) return undefined
  if (managing.custom && [...base.values()].some(({ apiVersion }) => !managing.serves(apiVersion))) return stored
  const { live, next, manager } = update
  if (isIncomparable(managing, base, live, next)) return stored
  const compared = filtered(compareObjects(managing.schema, live, next, managing.skipped), managing)
  // A write of the Scale may leave two entries of one name, of which the next write keeps the last.
  const isOwn = stored !== undefined && stored.length === base.size && (given === undefined || given === stored)
  if (compared === undefined && isOwn) return stored
  return writeManagers(capUpdaters(updated(managing, base, compared, manager)))
}

const none: readonly ManagedFields[] = []

/** Clients may edit or reset managed fields by writing the object itself; what makes no sense is as if it was not said. */
const startingPoint = ({ subresource }: Managing, stored: readonly ManagedFields[], given: unknown): Managers => {
  if (subresource === '' && Array.isArray(given)) {
    if (isReset(given)) return new Map()
    const managers = readManagers(given, stored)
    if (managers !== undefined) return managers
  }
  return readManagers(stored, stored) ?? new Map()
}

const isReset = (given: readonly unknown[]): boolean => {
  const [first, ...others] = given
  return first === undefined || (others.length === 0 && isObject(first) && Object.keys(first).length === 0)
}

const updated = (managing: Managing, base: Managers, compared: Comparison | undefined, manager: string): Managers => {
  const managers = withoutChanged(managing, base, compared)
  const fields = changedFields(compared)
  if (isEmptySet(fields)) return managers
  const name: ManagerName = {
    manager: manager === '' ? 'unknown' : manager,
    operation: 'Update',
    apiVersion: managing.apiVersion,
    subresource: managing.subresource,
  }
  const id = identityOf(name)
  const before = managers.get(id)
  const own: Managed = { ...name, fields: before === undefined ? fields : union(before.fields, fields), time: managing.now() }
  return new Map([...managers, [id, before?.entry === undefined ? own : { ...own, entry: before.entry }]])
}

/** Without what cannot be owned here: a write of the object never sets its status, for one. */
export const filtered = (compared: Comparison | undefined, { reset }: Managing): Comparison | undefined => {
  if (compared === undefined || reset.length === 0) return compared
  const rest = (set: FieldSet | undefined): FieldSet | undefined => (set === undefined ? undefined : withoutBranches(set, reset))
  return { added: rest(compared.added), modified: rest(compared.modified), removed: rest(compared.removed) }
}

export const changedFields = (compared: Comparison | undefined): FieldSet =>
  union(compared?.modified ?? emptySet, compared?.added ?? emptySet)

/** The managers after somebody else has changed fields: nobody of them owns these any more, and who owns nothing is gone. */
export const withoutChanged = (managing: Managing, managers: Managers, compared: Comparison | undefined, except?: string): Managers => {
  const gone = union(changedFields(compared), compared?.removed ?? emptySet)
  const rest = new Map<string, Managed>()
  for (const [id, managed] of managers) {
    if (id === except) rest.set(id, managed)
    else if (managing.serves(managed.apiVersion)) {
      const fields = difference(managed.fields, gone)
      if (!isEmptySet(fields)) rest.set(id, fields === managed.fields ? managed : { ...managed, fields })
    }
  }
  return rest
}
