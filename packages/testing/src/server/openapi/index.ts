import { createHash } from 'node:crypto'
import { groupsOf, versionsOf } from '../discovery/index.ts'
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
      versionsOf(definitions, group).map(version => {
        const path = group === '' ? `api/${version}` : `apis/${group}/${version}`
        const content = JSON.stringify(openapiDocument(definitions, group, version))
        const hash = createHash('sha512').update(content).digest('hex').toUpperCase()
        return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }]
      }),
    ),
  ),
})

/** `/openapi/v3/api/v1` (group '') and `/openapi/v3/apis/GROUP/VERSION`; undefined when there is none. */
export const openapiDocument = (definitions: readonly ResourceDefinition[], group: string, version: string): JsonObject | undefined => {
  const served = definitions.filter(d => d.group === group && d.version === version)
  if (served.length === 0) return undefined
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.37' },
    paths: Object.assign({}, ...served.map(pathsOf)),
    components: { schemas: schemasOf(served) },
  }
}
