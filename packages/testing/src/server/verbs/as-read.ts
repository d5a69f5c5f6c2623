import type { Context } from '../context.ts'
import {
  type Draft,
  type DraftMeta,
  type ManagedFields,
  type StoredObject,
  deepFreeze,
  draftOf,
  equal,
  isObject,
} from '../objects/index.ts'
import { type ResourceDefinition, applyDefaults, converted, knownFields, readMetadata, schemaOfObject } from '../schema/index.ts'
import { present } from './present.ts'

interface Writing {
  /** In the version in which its kind is stored. */
  readonly written: Draft
  readonly read: Draft
}

/**
 * The draft as it is written, and as everybody reads it then. kube-apiserver writes an object of a custom kind as it was sent, but for what
 * the version does not know in which the kind is stored, and completes it whenever it is read:
 * - what an apply leaves empty in metadata (null, a list without items) is absent;
 * - what the schema of that version has a default for is filled in, also where a write of the Scale made the object around it.
 *
 * Here it is stored as it reads, and what was written is remembered where that is something else. A backup forgets it. `filled` says
 * whether the draft has the defaults of its own version.
 */
const writing = (definition: ResourceDefinition, draft: Draft, filled: boolean): Writing => {
  if (!definition.custom) return { written: draft, read: draft }
  const written = converted(definition, draft, definition.versions?.storage ?? definition.version)
  const complete = filled && written === draft ? written : completed(definition, written)
  if (!Object.values(written.metadata).some(isEmpty)) return { written, read: complete }
  const { managedFields, ...rest } = written.metadata
  // Border: what reading makes of metadata is metadata.
  const metadata = readMetadata(rest) as DraftMeta
  return { written, read: { ...complete, metadata: managedFields === undefined ? metadata : { ...metadata, managedFields } } }
}

const completed = (definition: ResourceDefinition, draft: Draft): Draft => {
  const schema = schemaOfObject(definition, draft)
  if (schema === undefined) return draft
  const { apiVersion, kind, metadata } = draft
  const complete = { ...applyDefaults(schema, draft), apiVersion, kind, metadata }
  return equal(complete, draft) ? draft : complete
}

/** What a rehearsed write would have made everybody read. */
export const asRead = (definition: ResourceDefinition, draft: Draft, filled: boolean): Draft => writing(definition, draft, filled).read

/** Writes what will be read of the draft. */
export const stored = (
  context: Context,
  definition: ResourceDefinition,
  draft: Draft,
  filled: boolean,
  write: (read: Draft) => StoredObject,
): StoredObject => {
  const { written, read } = writing(definition, draft, filled)
  const object = write(read)
  if (read !== written) context.writtenOtherwise.set(object, written)
  return object
}

/**
 * Would writing the draft over the object, of which it was made, be no change? It is compared with what writing the object back as it
 * reads would make of it, and with what was written in truth: so an object that reads otherwise than it was written, or lies in an old
 * version, is written anew though nobody changes it.
 */
export const changesNothing = (context: Context, definition: ResourceDefinition, draft: Draft, old: StoredObject): boolean => {
  const { written } = writing(definition, draft, true)
  const before = writing(definition, draftOf(present(old, definition)), true).written
  return isSame(written, before) && isSame(written, context.writtenOtherwise.get(old) ?? draftOf(old))
}

/** As the object is, but perhaps for the times in its books: that alone is not worth a write. */
const isSame = (draft: Draft, old: Draft): boolean => {
  const { managedFields, resourceVersion: _version, ...metadata } = draft.metadata
  const { managedFields: before, resourceVersion: _was, ...was } = old.metadata
  const timeless = ({ time: _time, ...entry }: ManagedFields): object => entry
  return (
    (managedFields === before || equal(managedFields?.map(timeless), before?.map(timeless))) &&
    equal(metadata, was) &&
    equal({ ...draft, metadata: undefined }, { ...old, metadata: undefined })
  )
}

/** Once a definition has changed, what was stored before reads as if it had been so when it was written. */
export const rereadAll = ({ storage, writtenOtherwise }: Context, definition: ResourceDefinition): void => {
  storage.collection(definition).reread(object => {
    const written = writtenOtherwise.get(object) ?? draftOf(object)
    const { apiVersion, kind } = object
    const known = { ...knownFields(schemaOfObject(definition, object), written), apiVersion, kind, metadata: object.metadata }
    const read = completed(definition, known)
    if (equal(read, object)) return object
    // Border: metadata is that of the stored object.
    const next = deepFreeze(read) as StoredObject
    writtenOtherwise.set(next, written)
    return next
  })
}

const isEmpty = (value: unknown): boolean => {
  if (value === null || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  if (!isObject(value)) return false
  const items = Object.values(value)
  return items.length === 0 || items.includes(null)
}
