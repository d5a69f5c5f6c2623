import type { JsonObject, ResourceDefinition } from '../schema/index.ts'

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
  kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(definitions).map((group) => groupOf(definitions, group)),
})

/** `/apis/GROUP`; undefined when there is none. */
export const apiGroup = (definitions: readonly ResourceDefinition[], group: string): JsonObject | undefined =>
  groupsOf(definitions).includes(group) ? { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(definitions, group) } : undefined

/** `/api/v1` (group '') and `/apis/GROUP/VERSION`; undefined when there is none. */
export const apiResourceList = (definitions: readonly ResourceDefinition[], group: string, version: string): JsonObject | undefined => {
  const served = definitions.filter((d) => d.group === group && d.version === version)
  if (served.length === 0) return undefined
  return {
    kind: 'APIResourceList', apiVersion: 'v1', groupVersion: group === '' ? version : `${group}/${version}`,
    resources: served.map((d) => ({ name: d.plural, singularName: d.singular, namespaced: d.namespaced, kind: d.kind, verbs: d.verbs })),
  }
}

/** `/api` (`core`) and `/apis` (all other groups) as `APIGroupDiscoveryList`, when the client asks for `aggregatedDiscoveryType`. */
export const aggregatedDiscovery = (definitions: readonly ResourceDefinition[], which: 'core' | 'groups'): JsonObject => {
  void definitions, which
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items: [] }
}

const groupsOf = (definitions: readonly ResourceDefinition[]): readonly string[] =>
  [...new Set(definitions.map((d) => d.group))].filter((group) => group !== '')

const groupOf = (definitions: readonly ResourceDefinition[], group: string): JsonObject => {
  const versions = [...new Set(definitions.filter((d) => d.group === group).map((d) => d.version))]
    .map((version) => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions, preferredVersion: versions[0] }
}
