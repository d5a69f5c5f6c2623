import type { JsonObject } from '../objects/index.ts'
import { type ResourceDefinition, type SchemaNode, zeroValues } from '../schema/index.ts'
import { resetFields } from './reset-fields.ts'
import { unknownStructure } from './structure.ts'

/** All that managing the fields of a kind has to know, apart from the objects themselves. */
export interface Managing {
  readonly schema: SchemaNode
  readonly group: string
  /** Kubernetes cannot convert these to versions that it does not know, and leaves the books as they are where an entry is of one. */
  readonly custom: boolean
  readonly kind: string
  /** In which entries are written. */
  readonly apiVersion: string
  readonly subresource: string
  /** Paths that this endpoint does not write, so that they are nobody's by it. */
  readonly reset: readonly (readonly string[])[]
  /** Those of them that are whole fields at the top. */
  readonly skipped: ReadonlySet<string>
  /** Entries of versions that are gone are dropped. */
  serves(apiVersion: string): boolean
  /** What a custom kind is in another of its versions; undefined for all others. */
  schemaIn(apiVersion: string): SchemaNode | undefined
  /** In the form of metav1.Time. */
  now(): string
}

export interface ManagingOptions {
  readonly definition: ResourceDefinition
  readonly subresource: string
  /** This kind in a version that is served. */
  find(group: string, version: string): ResourceDefinition | undefined
  now(): string
}

export const managingOf = ({ definition, subresource, find, now }: ManagingOptions): Managing => {
  const { group, kind, schema = unknownStructure, version } = definition
  const apiVersion = group === '' ? version : `${group}/${version}`
  const { reset, skipped } = resetFields(definition, subresource)
  return {
    schema,
    group,
    custom: definition.custom,
    kind,
    apiVersion,
    subresource,
    reset,
    skipped,
    serves: other => other === apiVersion || find(...splitVersion(other)) !== undefined,
    schemaIn: other => (definition.custom ? find(...splitVersion(other))?.schema : undefined),
    now,
  }
}

const splitVersion = (apiVersion: string): [group: string, version: string] => {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)]
}

/** What a create starts from: Go's structs are there before anybody says anything, so nobody owns them. */
export const emptyObject = ({ custom, schema }: ResourceDefinition): JsonObject =>
  custom || schema === undefined ? {} : zeroValues(schema, {})
