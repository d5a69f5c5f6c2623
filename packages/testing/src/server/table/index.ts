import type { JsonObject, ResourceDefinition } from '../schema/index.ts'
import { builtinPrinters } from './builtin/index.ts'
import { customPrinter, plainPrinter } from './custom.ts'
import type { Printer } from './printer.ts'

export { humanDuration } from './age.ts'
export { jsonPath } from './json-path.ts'

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
export const tableOf = (definition: ResourceDefinition, objects: readonly JsonObject[], options: TableOptions): JsonObject => {
  const printer = printerOf(definition)
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {},
    columnDefinitions: options.noHeaders === true ? null : printer.columns,
    rows: objects.map(object => {
      const conditions = printer.conditions?.(object) ?? []
      return {
        cells: printer.cells(object, options.now),
        ...(conditions.length === 0 ? {} : { conditions }),
        object: included(object, options),
      }
    }),
  }
}

const printerOf = (definition: ResourceDefinition): Printer =>
  definition.custom ? customPrinter(definition.columns) : (builtinPrinters[`${definition.group}/${definition.kind}`] ?? plainPrinter)

const included = (object: JsonObject, { includeObject = 'Metadata' }: TableOptions): JsonObject | null => {
  if (includeObject === 'None') return null
  return includeObject === 'Object' ? object : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object['metadata'] }
}
