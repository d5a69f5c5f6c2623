import { createHash } from 'node:crypto'
import { groupsOf, versionsOf } from '../discovery/index.ts'
import { builtinTypeName } from '../schema/builtin.ts'
import type { JsonObject, ResourceDefinition } from '../schema/index.ts'
import { pathsOf } from './paths.ts'
import { schemasOf } from './schemas.ts'

export { openapiV2 } from './v2.ts'

/**
 * `/openapi/v3`: where the document of each group and version is. Its address holds a hash of its content, so that clients may keep
 * it for ever. Makes all documents once: some ten milliseconds, keep the answer while the kinds are the same.
 */
export const openapiIndex = (definitions: readonly ResourceDefinition[]): JsonObject => ({
  paths: Object.fromEntries(
    ['', ...groupsOf(definitions)].flatMap(group =>
      versionsOf(definitions, group).flatMap(version => {
        const path = group === '' ? `api/${version}` : `apis/${group}/${version}`
        const document = openapiDocument(definitions, group, version)
        return document === undefined ? [] : [[path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hashOf(document)}` }] as const]
      }),
    ),
  ),
})

/** Of reviews, which are only answered and never stored, no types are at hand. */
const isDocumented = ({ custom, group, kind, version }: ResourceDefinition): boolean =>
  custom || builtinTypeName(group, version, kind) !== undefined

/** Changes with the document, and only then. */
export const hashOf = (document: JsonObject): string => createHash('sha512').update(JSON.stringify(document)).digest('hex').toUpperCase()

/** `/openapi/v3/api/v1` (group '') and `/openapi/v3/apis/GROUP/VERSION`; undefined when there is none. */
export const openapiDocument = (definitions: readonly ResourceDefinition[], group: string, version: string): JsonObject | undefined => {
  const served = definitions.filter(d => d.group === group && d.version === version && isDocumented(d))
  if (served.length === 0) return undefined
  const custom = served.every(definition => definition.custom)
  return {
    openapi: '3.0.0',
    info: custom ? { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' } : { title: 'Kubernetes', version: '1.37' },
    paths: Object.assign({}, ...served.map(pathsOf)),
    components: {
      schemas: schemasOf(served),
      ...(custom ? {} : { securitySchemes: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } } }),
    },
  }
}
