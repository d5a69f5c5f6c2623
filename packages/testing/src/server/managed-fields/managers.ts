import { type ManagedFields, isObject } from '../objects/index.ts'
import { type FieldSet, canonicalSet, emptySet, isEmptySet } from './field-set.ts'

/** Who owns fields, and as what: one name applies and updates, on the object and its subresources, as so many managers. */
export interface ManagerName {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource: string
}

/** A manager's fields. */
export interface Managed extends ManagerName {
  readonly fields: FieldSet
  /** Of the last write that gave it fields. Absent after an apply that changed nothing in the object, and after writes of a scale. */
  readonly time: string | undefined
  /** The entry that this was read from: answered again when nothing has changed. */
  readonly entry?: ManagedFields
}

/** By identity: an applier is the same in all versions. */
export type Managers = ReadonlyMap<string, Managed>

/** Sorts as it does in the API server, whose keys are these words of JSON. */
export const identityOf = ({ manager, operation, apiVersion, subresource }: ManagerName): string =>
  JSON.stringify({
    ...(manager === '' ? {} : { manager }),
    operation,
    ...(operation === 'Apply' ? {} : { apiVersion }),
    ...(subresource === '' ? {} : { subresource }),
  })

/** Managers as they are stored; undefined when an entry is none, as clients may write anything. */
export const readManagers = (entries: readonly unknown[], stored: readonly ManagedFields[] = []): Managers | undefined => {
  const managers = new Map<string, Managed>()
  for (const [i, entry] of entries.entries()) {
    const managed = readEntry(entry, stored[i])
    if (managed === undefined) return undefined
    managers.set(identityOf(managed), managed)
  }
  return managers
}

const readEntry = (given: unknown, stored: ManagedFields | undefined): Managed | undefined => {
  if (!isObject(given)) return undefined
  const { manager = '', operation, apiVersion, fieldsType, fieldsV1, subresource = '', time } = given
  if (operation !== 'Apply' && operation !== 'Update') return undefined
  if (typeof apiVersion !== 'string' || apiVersion === '' || fieldsType !== 'FieldsV1') return undefined
  if (typeof manager !== 'string' || typeof subresource !== 'string') return undefined
  // What this server has stored is in its one spelling already.
  const known = stored !== undefined && stored.fieldsV1 === fieldsV1
  const fields = known ? (stored.fieldsV1 ?? emptySet) : canonicalSet(fieldsV1)
  if (fields === undefined) return undefined
  const same = given === stored ? { entry: stored } : {}
  return { manager, operation, apiVersion, subresource, fields, time: typeof time === 'string' ? time : undefined, ...same }
}

/** Entries in the order of the API server; undefined for none. */
export const writeManagers = (managers: Managers): readonly ManagedFields[] | undefined => {
  const all = [...managers.values()].filter(({ fields }) => !isEmptySet(fields))
  return all.length === 0 ? undefined : all.sort(compareManaged).map(entryOf)
}

const entryOf = ({ manager, operation, apiVersion, subresource, fields, time, entry }: Managed): ManagedFields =>
  entry?.fieldsV1 === fields && entry.time === time
    ? entry
    : {
        ...(manager === '' ? {} : { manager }),
        operation,
        apiVersion,
        ...(time === undefined ? {} : { time }),
        fieldsType: 'FieldsV1',
        fieldsV1: fields,
        ...(subresource === '' ? {} : { subresource }),
      }

const compareManaged = (a: Managed, b: Managed): number =>
  text(a.operation, b.operation) ||
  text(a.time ?? '', b.time ?? '') ||
  text(a.manager, b.manager) ||
  text(a.apiVersion, b.apiVersion) ||
  text(a.subresource, b.subresource)

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
