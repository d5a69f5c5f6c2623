import type { Draft, StoredObject } from '../objects/index.ts'
import type { ResourceDefinition } from '../schema/index.ts'
import { type Failure, conflict, subjectOf } from '../status/index.ts'

/** Where etcd's keys keep an older name. */
const storedNames: Readonly<Record<string, string>> = { nodes: 'minions' }

/** Where etcd has the object. A dry run does not go as far as to know the prefix of all keys. */
const storageKey = (definition: ResourceDefinition, name: string, namespace: string | undefined, dryRun: boolean): string =>
  [
    dryRun ? '' : '/registry',
    ...(definition.custom ? [definition.group] : []),
    storedNames[definition.plural] ?? definition.plural,
    ...(namespace === undefined ? [] : [namespace]),
    name,
  ].join('/')

/** The uid that a writer names is a precondition. `old` is absent where there is no such object. */
export const wrongUid = (
  definition: ResourceDefinition,
  { metadata: { name = '', namespace, uid = '' } }: Draft,
  old: StoredObject | undefined,
  dryRun: boolean,
): Failure =>
  conflict(
    subjectOf(definition, name),
    `StorageError: invalid object, Code: 4, Key: ${storageKey(definition, name, namespace, dryRun)}, ResourceVersion: 0, ` +
      `AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old?.metadata.uid ?? ''}`,
  )
