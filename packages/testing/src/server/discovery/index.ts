import { createHash } from 'node:crypto'
import type { JsonObject, ResourceDefinition } from '../schema/index.ts'
import { subresourcesOf } from './subresources.ts'
import { groupsOf, versionsOf } from './versions.ts'

export { type Subresource, subresourcesOf } from './subresources.ts'
export { groupsOf, versionsOf } from './versions.ts'

/** Ask for it with `Accept`, answer it as `Content-Type`: all of discovery in one document. */
export const aggregatedDiscoveryType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** `/api`. */
export const apiVersions = (serverAddress: string): JsonObject => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
})

/** `/apis`. */
export const apiGroupList = (definitions: readonly ResourceDefinition[]): JsonObject => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groupsOf(definitions).map(group => groupEntry(definitions, group)),
})

/** `/apis/GROUP`; undefined when there is none. */
export const apiGroup = (definitions: readonly ResourceDefinition[], group: string): JsonObject | undefined =>
  groupsOf(definitions).includes(group) ? { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(definitions, group) } : undefined

const groupEntry = (definitions: readonly ResourceDefinition[], group: string): JsonObject => {
  const versions = versionsOf(definitions, group).map(version => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions, preferredVersion: versions[0] }
}

const servedIn = (definitions: readonly ResourceDefinition[], group: string, version: string): readonly ResourceDefinition[] =>
  definitions.filter(d => d.group === group && d.version === version).sort((a, b) => (a.plural < b.plural ? -1 : 1))

/** `/api/v1` (group '') and `/apis/GROUP/VERSION`; undefined when there is none. */
export const apiResourceList = (definitions: readonly ResourceDefinition[], group: string, version: string): JsonObject | undefined => {
  const served = servedIn(definitions, group, version)
  if (served.length === 0) return undefined
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: served.flatMap(definition => [
      resourceEntry(definitions, definition),
      ...subresourcesOf(definition).map(subresource => ({
        name: `${definition.plural}/${subresource.name}`,
        singularName: '',
        namespaced: definition.namespaced,
        ...(subresource.group === undefined ? {} : { group: subresource.group, version: subresource.version }),
        kind: subresource.kind,
        verbs: subresource.verbs,
      })),
    ]),
  }
}

const namesOf = ({ shortNames, categories }: ResourceDefinition): JsonObject => ({
  ...(shortNames.length === 0 ? {} : { shortNames }),
  ...(categories.length === 0 ? {} : { categories }),
})

/** As kube-apiserver does when a definition goes: what is there may be read and deleted; it still changes, though no book says so. */
const verbsOf = ({ verbs, terminating = false }: ResourceDefinition): readonly string[] =>
  terminating ? verbs.filter(verb => verb !== 'create' && verb !== 'patch' && verb !== 'update') : verbs

const resourceEntry = (definitions: readonly ResourceDefinition[], definition: ResourceDefinition): JsonObject => ({
  name: definition.plural,
  singularName: definition.singular,
  namespaced: definition.namespaced,
  kind: definition.kind,
  verbs: verbsOf(definition),
  ...namesOf(definition),
  storageVersionHash: storageVersionHash(definitions, definition),
})

/** Tells clients when objects begin to be stored in another version; its value means nothing else. */
const storageVersionHash = (definitions: readonly ResourceDefinition[], { group, version, kind, plural }: ResourceDefinition): string => {
  const stored = definitions.find(d => d.group === group && d.plural === plural && d.storage === true)?.version ?? version
  return createHash('sha256').update(`${group}/${stored}/${kind}`).digest().subarray(0, 8).toString('base64')
}

/** `/api` (`core`) and `/apis` (all other groups) as `APIGroupDiscoveryList`, when the client asks for `aggregatedDiscoveryType`. */
export const aggregatedDiscovery = (definitions: readonly ResourceDefinition[], which: 'core' | 'groups'): JsonObject => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: (which === 'core' ? [''] : groupsOf(definitions)).map(group => ({
    metadata: group === '' ? {} : { name: group },
    versions: versionsOf(definitions, group).map(version => ({
      version,
      resources: servedIn(definitions, group, version).map(discovered),
      freshness: 'Current',
    })),
  })),
})

const discovered = (definition: ResourceDefinition): JsonObject => {
  const subresources = subresourcesOf(definition)
  // A built-in kind that lies in the group that lists it comes without group and version.
  const own = definition.custom ? { group: definition.group, version: definition.version } : { group: '', version: '' }
  return {
    resource: definition.plural,
    responseKind: { ...own, kind: definition.kind },
    scope: definition.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: definition.singular,
    verbs: verbsOf(definition),
    ...namesOf(definition),
    ...(subresources.length === 0
      ? {}
      : {
          subresources: subresources.map(({ name, group, version, kind, verbs }) => ({
            subresource: name,
            responseKind: { ...(group === undefined ? own : { group, version }), kind },
            verbs,
          })),
        }),
  }
}
