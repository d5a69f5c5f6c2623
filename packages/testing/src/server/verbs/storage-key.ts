import type { Draft, StoredObject } from '../objects/index.ts'
import type { ResourceDefinition } from '../schema/index.ts'
import { type Failure, conflict, subjectOf } from '../status/index.ts'

/** Where etcd's keys keep an older name. */
const storedNames: Readonly<Record<string, string>> = { nodes: 'minions' }

/** Where etcd has the object. A dry run does not go as far as to know the prefix of all keys. */
const storageKey = (
  definition: ResourceDefinition,
  { metadata: { name = '', namespace } }: Draft | StoredObject,
  dryRun: boolean,
): string =>
  [
    dryRun ? '' : '/registry',
    ...(definition.custom ? [definition.group] : []),
    storedNames[definition.plural] ?? definition.plural,
    ...(namespace === undefined ? [] : [namespace]),
    name,
  ].join('/')

const failed = (
  definition: ResourceDefinition,
  object: Draft | StoredObject,
  dryRun: boolean,
  what: string,
  asked: string,
  found: string,
) =>
  conflict(
    subjectOf(definition, object.metadata.name ?? ''),
    `StorageError: invalid object, Code: 4, Key: ${storageKey(definition, object, dryRun)}, ResourceVersion: 0, ` +
      `AdditionalErrorMsg: Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${found}`,
  )

/** The uid that a writer names is a precondition. `old` is absent where there is no such object. */
export const wrongUid = (definition: ResourceDefinition, draft: Draft, old: StoredObject | undefined, dryRun: boolean): Failure =>
  failed(definition, draft, dryRun, 'UID', draft.metadata.uid ?? '', old?.metadata.uid ?? '')

/** A deletion that no longer knows the version that it was told. */
export const wrongVersion = (definition: ResourceDefinition, object: StoredObject, dryRun: boolean): Failure =>
  failed(definition, object, dryRun, 'ResourceVersion', '', object.metadata.resourceVersion)
