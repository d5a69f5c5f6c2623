import { type GroupProvider, defineGroupProvider } from '@kube-node/core/provider'
import { credentials } from '@kube-node/provider-gce/google'
import { config } from './config.ts'
import { connectPools } from './connection.ts'

export type { GkeNodePoolConfig, PoolTaint } from './config.types.ts'

export interface GkeNodePoolOptions {
  /** URLs of the services. Default: `https://container.googleapis.com/v1` and `https://compute.googleapis.com/compute/v1`. */
  readonly endpoints?: { readonly container?: string; readonly compute?: string }
  /** Calls at once, of each connection. Default 10. */
  readonly concurrency?: number
}

/**
 * Node pools of GKE: `createKubeNode({ cluster, providers: [gkeNodePools()] })`. Credentials come from the Secret that a class names, or
 * are the application default credentials (workload identity, metadata server) where it names none.
 */
export const gkeNodePools = ({ endpoints = {}, concurrency = 10 }: GkeNodePoolOptions = {}): GroupProvider => {
  const { container = 'https://container.googleapis.com/v1', compute = 'https://compute.googleapis.com/compute/v1' } = endpoints
  return defineGroupProvider({
    name: 'gke-node-pools',
    config,
    credentials,
    connection: ['project', 'location', 'cluster'],
    // Google promises no time. Seconds are usual.
    consistencyWindow: '2m',
    maxNameLength: 40,
    limits: { concurrency },
    connect: ({ config: { project, location, cluster }, credentials: { serviceAccountKey } }) =>
      connectPools({ project, location, cluster, urls: { container, compute }, key: serviceAccountKey }),
  })
}
