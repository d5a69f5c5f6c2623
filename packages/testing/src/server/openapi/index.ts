import type { JsonObject, ResourceDefinition } from '../schema/index.ts'

/** `/openapi/v3`: where the document of each group and version is, with a hash of its content. */
export const openapiIndex = (definitions: readonly ResourceDefinition[]): JsonObject => {
  void definitions
  return { paths: {} }
}

/** `/openapi/v3/api/v1` (group '') and `/openapi/v3/apis/GROUP/VERSION`; undefined when there is none. */
export const openapiDocument = (definitions: readonly ResourceDefinition[], group: string, version: string): JsonObject | undefined => {
  void definitions, group, version
  return undefined
}
