import { parse } from 'yaml'
import { ConfigMaps, type Parsed, type Problem, Services } from '../api/index.ts'
import type { Client } from '../kube/index.ts'
import { authorityHashes } from './authority.ts'
import type { ClusterFacts } from './plan.types.ts'

/** What a host of the controllers may say of its cluster; the rest is looked up in the cluster. */
export interface ClusterOptions {
  /** URL under which machines reach the API server. Default: that of ConfigMap kube-public/cluster-info. */
  readonly server?: string
  /** PEM of the authority behind it. Default: that of ConfigMap kube-public/cluster-info. */
  readonly ca?: string
  /** Addresses of the cluster's DNS service. Default: those of Service kube-system/kube-dns, or none. */
  readonly dns?: readonly string[]
  /** Default: cluster.local. */
  readonly domain?: string
}

const info = 'ConfigMap kube-public/cluster-info'

/**
 * What machines must know of the cluster, `uid` being that of its kube-system namespace.
 * Problems say what to configure.
 * @throws ApiError when reading is not allowed, TransportError when no answer came.
 */
export const readClusterFacts = async (
  client: Client,
  uid: string,
  options: ClusterOptions,
  signal: AbortSignal,
): Promise<Parsed<ClusterFacts>> => {
  const { domain = 'cluster.local' } = options
  const known = options.server !== undefined && options.ca !== undefined
  const published = known ? {} : await readClusterInfo(client, signal)
  const server = options.server ?? published.server
  const ca = options.ca ?? published.ca
  const problems = [...serverProblems(server, published.problem), ...authorityProblems(ca, published.problem)]
  if (problems.length > 0 || server === undefined || ca === undefined) return { ok: false, problems }
  const dns = options.dns ?? (await readDns(client, signal))
  return { ok: true, value: { uid, server, ca, dns, domain } }
}

const serverProblems = (server: string | undefined, published: string | undefined): readonly Problem[] => {
  if (server === undefined) return [missing('server', 'the URL under which machines reach the API server', published)]
  const url = URL.canParse(server) ? new URL(server) : undefined
  if (url?.protocol === 'https:' && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '') return []
  return [{ path: 'cluster.server', message: 'must be https://HOST:PORT and no more' }]
}

const authorityProblems = (ca: string | undefined, published: string | undefined): readonly Problem[] => {
  if (ca === undefined) return [missing('ca', 'the PEM of the authority of its certificate', published)]
  try {
    authorityHashes(ca)
    return []
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return [{ path: 'cluster.ca', message: `must be certificates in PEM, and can't be read: ${why}` }]
  }
}

const missing = (field: string, what: string, published = `${info} does not tell it`): Problem => ({
  path: `cluster.${field}`,
  message: `unknown, as ${published}: tell the controller ${what}`,
})

interface Published {
  readonly server?: string
  readonly ca?: string
  /** In words, why nothing is known from there. */
  readonly problem?: string
}

/** Made by kubeadm: a kubeconfig without users, for those who are yet to join. */
const readClusterInfo = async (client: Client, signal: AbortSignal): Promise<Published> => {
  const map = await client.get(ConfigMaps, { namespace: 'kube-public', name: 'cluster-info' }, signal)
  if (!map) return { problem: `there is no ${info}` }
  const text = map.data?.['kubeconfig']
  if (text === undefined) return { problem: `${info} has no entry kubeconfig` }
  const cluster = clusterOf(text)
  if (cluster === undefined) return { problem: `the kubeconfig in ${info} names no cluster` }
  const { server, 'certificate-authority-data': data } = cluster
  return {
    ...(typeof server === 'string' && { server }),
    ...(typeof data === 'string' && { ca: Buffer.from(data, 'base64').toString('utf8') }),
  }
}

const clusterOf = (kubeconfig: string): Readonly<Record<string, unknown>> | undefined => {
  let document: unknown
  try {
    document = parse(kubeconfig)
  } catch {
    // Whatever it is, it names no cluster.
    return undefined
  }
  const clusters = field(document, 'clusters')
  const cluster: unknown = Array.isArray(clusters) ? field(clusters[0], 'cluster') : undefined
  return isObject(cluster) ? cluster : undefined
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null
const field = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)

/** The name is that of the time before CoreDNS; all sorts of clusters keep it. */
const readDns = async (client: Client, signal: AbortSignal): Promise<readonly string[]> => {
  const service = await client.get(Services, { namespace: 'kube-system', name: 'kube-dns' }, signal)
  const { clusterIPs, clusterIP } = service?.spec ?? {}
  return (clusterIPs ?? (clusterIP === undefined ? [] : [clusterIP])).filter(address => address !== '' && address !== 'None')
}
