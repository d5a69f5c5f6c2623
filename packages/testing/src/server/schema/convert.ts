import { dropNulls } from './defaults.ts'
import type { ResourceDefinition, SchemaNode } from './definition.ts'
import type { JsonObject } from './json.ts'
import { prune } from './prune.ts'

/** The schema of the version that an object of a custom kind names; undefined for one that keeps everything. */
export const schemaOfObject = ({ versions }: ResourceDefinition, { apiVersion }: JsonObject): SchemaNode | undefined =>
  versions?.schemas.get(typeof apiVersion === 'string' ? apiVersion.slice(apiVersion.indexOf('/') + 1) : '')

/** What is left of an object when it is read by a schema: what that does not know is dropped, nulls that it does not allow too. */
export const knownFields = (schema: SchemaNode | undefined, object: JsonObject): JsonObject =>
  schema === undefined ? object : dropNulls(schema, prune(schema, object).object)

interface Versioned<Meta> extends JsonObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Meta
}

/**
 * An object of a kind in another of its versions. Conversion (strategy None) renames it and leaves out what that version does not know;
 * it fills nothing in. Metadata is the same in all versions.
 */
export const converted = <Meta>(definition: ResourceDefinition, object: Versioned<Meta>, version: string): Versioned<Meta> => {
  const apiVersion = definition.group === '' ? version : `${definition.group}/${version}`
  if (object.apiVersion === apiVersion) return object
  const { kind, metadata } = object
  const renamed = { ...object, apiVersion }
  return { ...knownFields(schemaOfObject(definition, renamed), renamed), apiVersion, kind, metadata }
}
