import { ProviderError } from '@kube-node/core/provider'
import type { ClusterOperation, NodePool } from './resources.ts'

/** "some work is actively being done on the node pool, such as upgrading node software"; a pool in ERROR takes orders, or refuses them. */
const states: Readonly<Record<string, string>> = {
  PROVISIONING: 'GKE is creating it',
  RECONCILING: 'GKE is at work on it',
  STOPPING: 'GKE is deleting it',
}

/**
 * Pure: in words, what the pool is busy with. What is at work on the cluster itself counts: GKE takes one operation at a time.
 * @param operations those that are not over.
 */
export const busyWith = ({ name, status }: NodePool, operations: readonly ClusterOperation[], cluster: string): string | undefined => {
  const at = operations.find(({ targetLink = '' }) => isOf(targetLink, cluster, name))
  if (at) return `GKE is at work on it (${at.operationType ?? 'an operation'} ${at.name})`
  return states[status]
}

/** The pool, or its cluster as a whole. */
const isOf = (targetLink: string, cluster: string, pool: string): boolean =>
  targetLink.endsWith(`/clusters/${cluster}`) || targetLink.endsWith(`/clusters/${cluster}/nodePools/${pool}`)

/** @throws ProviderError `Busy`. */
export const refuseIfBusy = (pool: NodePool): void => {
  const busy = states[pool.status]
  if (busy !== undefined) throw new ProviderError('Busy', `pool ${pool.name}: ${busy}`, { outcome: 'none' })
}
