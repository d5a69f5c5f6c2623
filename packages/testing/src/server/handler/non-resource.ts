import type { Context } from '../context.ts'
import { checkPlain, isAggregated } from '../negotiation/index.ts'
import { aggregatedDiscovery, aggregatedDiscoveryType, apiGroup, apiGroupList, apiResourceList, apiVersions } from '../discovery/index.ts'
import type { JsonObject } from '../objects/index.ts'
import type { ResourceDefinition } from '../schema/index.ts'
import { methodNotAllowed } from '../status/index.ts'
import type { HandledRequest } from './handler.ts'
import { openapi } from './openapi.ts'
import { type PlainAnswer, answered, found } from './plain-answer.ts'

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

const text = 'text/plain; charset=utf-8'
const notHere: PlainAnswer = { ...answered(text, '404 page not found\n'), status: 404 }
const healthPaths = new Set(['/healthz', '/livez', '/readyz'])

/** Everything below the server's address that is not about objects. */
export const nonResource = (context: Context, request: HandledRequest, address: string): PlainAnswer => {
  const { method, path } = request
  const clean = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  if (healthPaths.has(`/${clean.split('/')[1] ?? ''}`)) return answered(text, 'ok')
  const answer = documentAt(context, clean, request, address)
  if (answer !== undefined && method !== 'GET') throw methodNotAllowed()
  return answer ?? notHere
}

const documentAt = (context: Context, path: string, request: HandledRequest, address: string): PlainAnswer | undefined => {
  const definitions = context.registry.all
  const accept = request.headers?.['accept'] ?? ''
  const [root, ...rest] = path
    .split('/')
    .filter(segment => segment !== '')
    .map(decodeURIComponent)
  if (root === undefined) return found({ paths: rootPaths(definitions) })
  if (root === 'version' && rest.length === 0) return found(serverVersion)
  if (root === 'openapi') return openapi(definitions, rest, request, () => context.runtime.clock.now())
  const discovery = (which: 'core' | 'groups'): PlainAnswer => answered(aggregatedDiscoveryType, aggregatedDiscovery(definitions, which))
  const [first, second] = rest
  if (root === 'api') {
    if (first === undefined) return isAggregated(accept) ? discovery('core') : found(apiVersions(address))
    return rest.length === 1 ? plain(apiResourceList(definitions, '', first), accept) : undefined
  }
  if (root !== 'apis') return undefined
  if (first === undefined) return isAggregated(accept) ? discovery('groups') : found(apiGroupList(definitions))
  if (second === undefined) return plain(apiGroup(definitions, first), accept)
  return rest.length === 2 ? plain(apiResourceList(definitions, first, second), accept) : undefined
}

/** @throws Failure 406 when it is wanted in another form. */
const plain = (body: JsonObject | undefined, accept: string): PlainAnswer | undefined => {
  if (body !== undefined) checkPlain(accept)
  return maybe(body)
}

const maybe = (body: JsonObject | undefined): PlainAnswer | undefined => (body === undefined ? undefined : found(body))

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
