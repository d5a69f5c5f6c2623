import type { Context } from '../context.ts'
import type { Draft, StoredObject } from '../objects/index.ts'
import type { Cause } from '../schema/index.ts'
import type { SelectableFields } from '../selectors/index.ts'
import type { User } from '../request/index.ts'

/** What the API server does for one kind beyond what every kind gets. All members are optional: the default is nothing. */
export interface KindRules {
  /** Field selectors beside metadata.name and metadata.namespace. */
  readonly fields?: SelectableFields
  /** May a PUT without resourceVersion overwrite whatever is there? Default: yes for built-in kinds, no for custom ones. */
  readonly unconditionalUpdate?: boolean
  /** Does a PUT make an object that is not there? Default: no. */
  readonly createOnUpdate?: boolean
  /** Does a deletion answer the object, rather than a Status? */
  readonly returnsDeleted?: boolean
  /** Is metadata.generation counted (by changes of spec)? Default for built-in kinds: no. Custom kinds always are. */
  readonly generation?: boolean
  /** Is a given status kept when the object is made? Default: no, where the kind has a status subresource. */
  readonly statusAtCreation?: boolean
  /** Sets what the server decides and drops what clients may not say, before defaults and validation. */
  prepareCreate?(draft: Draft, context: Context, user: User): void
  /** The same for an update of the object (not of its subresources). */
  prepareUpdate?(draft: Draft, old: StoredObject, context: Context): void
  /** The same for an update of its status. */
  prepareStatus?(draft: Draft, old: StoredObject): void
  /** What every write of the object or of its status puts right, after the preparation. */
  canonicalize?(draft: Draft): void
  validateCreate?(draft: Draft): readonly Cause[]
  /** For updates of the object. `emptyMaps` are fields at the top that the writer gives as `{}`: a draft has no empty maps. */
  validateUpdate?(draft: Draft, old: StoredObject, emptyMaps: ReadonlySet<string>): readonly Cause[]
  /** For updates of its status. */
  validateStatus?(draft: Draft, old: StoredObject): readonly Cause[]
  /** Is what may not change told before what is wrong with the content? Default: after it. */
  readonly changesFirst?: boolean
  /** What a writer is told beside the answer: of a new object, or (with `old`) of a changed one. */
  warnings?(draft: Draft, old?: StoredObject): readonly string[]
  /** The same for a write of its status. */
  statusWarnings?(draft: Draft): readonly string[]
  /** Does a deletion heed a propagation policy? Default: yes. Where not, finalizers for that purpose go at once. */
  readonly garbageCollected?: boolean
  /** Do lists "at any version", which know no pages then, and watches come from a watch cache? Default: yes. */
  readonly cached?: boolean
  /** Are rules of metadata asked only when the kind itself has no objection to a new object? Default: all are asked. */
  readonly metadataLast?: boolean
  /** Seconds that a deletion waits for somebody (the kubelet) to finish it. Absent: the kind is deleted at once. */
  gracePeriod?(object: StoredObject, asked: number | undefined): number
  /** @throws Failure when this object may not be deleted. */
  admitDelete?(object: StoredObject): void
}
