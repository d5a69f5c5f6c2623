import type { Context } from '../context.ts'
import { aggregatedDiscovery, aggregatedDiscoveryType, apiGroup, apiGroupList, apiResourceList, apiVersions } from '../discovery/index.ts'
import type { JsonObject } from '../objects/index.ts'
import { openapiDocument, openapiIndex, openapiV2 } from '../openapi/index.ts'
import type { ResourceDefinition } from '../schema/index.ts'
import { methodNotAllowed } from '../status/index.ts'

export interface PlainAnswer {
  readonly status: number
  readonly type: string
  readonly body: JsonObject | string
}

/** What this server says that it is: the API of the version that it is compared with. */
export const serverVersion = {
  major: '1',
  minor: '37',
  emulationMajor: '1',
  emulationMinor: '37',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '36',
  gitVersion: 'v1.37.2+kube-node',
  gitCommit: '',
  gitTreeState: '',
  buildDate: '',
  goVersion: '',
  compiler: '',
  platform: '',
} as const

const json = 'application/json'
const text = 'text/plain; charset=utf-8'
const found = (body: JsonObject): PlainAnswer => ({ status: 200, type: json, body })
const notHere: PlainAnswer = { status: 404, type: text, body: '404 page not found\n' }
const healthPaths = new Set(['/healthz', '/livez', '/readyz'])

/** Everything below the server's address that is not about objects. */
export const nonResource = (context: Context, method: string, path: string, accept: string, address: string): PlainAnswer => {
  const clean = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  if (healthPaths.has(`/${clean.split('/')[1] ?? ''}`)) return { status: 200, type: text, body: 'ok' }
  const answer = documentAt(context.registry.all, clean, accept, address)
  if (answer !== undefined && method !== 'GET') throw methodNotAllowed()
  return answer ?? notHere
}

const documentAt = (definitions: readonly ResourceDefinition[], path: string, accept: string, address: string): PlainAnswer | undefined => {
  const [root, ...rest] = path
    .split('/')
    .filter(segment => segment !== '')
    .map(decodeURIComponent)
  if (root === undefined) return found({ paths: rootPaths(definitions) })
  if (root === 'version' && rest.length === 0) return found(serverVersion)
  if (root === 'openapi') return openapi(definitions, rest)
  const aggregated = accept.split(',').some(type => type.includes('g=apidiscovery.k8s.io') && type.includes('v=v2;'))
  const discovery = (which: 'core' | 'groups'): PlainAnswer => ({
    status: 200,
    type: aggregatedDiscoveryType,
    body: aggregatedDiscovery(definitions, which),
  })
  const [first, second] = rest
  if (root === 'api') {
    if (first === undefined) return aggregated ? discovery('core') : found(apiVersions(address))
    return rest.length === 1 ? maybe(apiResourceList(definitions, '', first)) : undefined
  }
  if (root !== 'apis') return undefined
  if (first === undefined) return aggregated ? discovery('groups') : found(apiGroupList(definitions))
  if (second === undefined) return maybe(apiGroup(definitions, first))
  return rest.length === 2 ? maybe(apiResourceList(definitions, first, second)) : undefined
}

const maybe = (body: JsonObject | undefined): PlainAnswer | undefined => (body === undefined ? undefined : found(body))

const openapi = (definitions: readonly ResourceDefinition[], rest: readonly string[]): PlainAnswer | undefined => {
  const [version, root, ...names] = rest
  if (version === 'v2' && root === undefined) return { status: 200, ...openapiV2 }
  if (version !== 'v3') return undefined
  if (root === undefined) return found(openapiIndex(definitions))
  const [first = '', second = ''] = names
  return maybe(root === 'api' ? openapiDocument(definitions, '', first) : openapiDocument(definitions, first, second))
}

const rootPaths = (definitions: readonly ResourceDefinition[]): readonly string[] => {
  const groups = [...new Set(definitions.map(d => d.group))].filter(group => group !== '').sort()
  const versions = [...new Set(definitions.filter(d => d.group !== '').map(d => `/apis/${d.group}/${d.version}`))].sort()
  return [
    '/api',
    '/api/v1',
    '/apis',
    ...groups.map(group => `/apis/${group}`),
    ...versions,
    '/healthz',
    '/livez',
    '/openapi/v3',
    '/readyz',
    '/version',
  ]
}
