import type { JsonObject, ResourceDefinition } from '../schema/index.ts'

export interface TableOptions {
  /** Milliseconds since 1970, for ages. */
  readonly now: number
  /** What each row carries beside its cells. Default: Metadata, a PartialObjectMetadata. */
  readonly includeObject?: 'Metadata' | 'None' | 'Object'
  /** For the later pages and events of a watch: rows only. */
  readonly noHeaders?: boolean
}

/**
 * `meta.k8s.io/v1` Table, as kubectl asks for it with `as=Table`. List metadata (resourceVersion, continue, remainingItemCount)
 * is the server's: put it over `metadata`.
 */
export const tableOf = (definition: ResourceDefinition, objects: readonly JsonObject[], options: TableOptions): JsonObject => ({
  kind: 'Table',
  apiVersion: 'meta.k8s.io/v1',
  metadata: {},
  ...(options.noHeaders === true ? {} : { columnDefinitions: [] }),
  rows: objects.map((object) => ({ cells: [], object })),
  ...(definition.columns.length === 0 ? {} : {}),
})
