import { type Node, type Pod, conditionStatus } from '@kube-node/core/api'

// Said here once more on purpose: what tests core must not ask core.

/** It ends with its node. */
export const mustGo = (pod: Pod): boolean =>
  pod.metadata?.annotations?.['kubernetes.io/config.mirror'] === undefined &&
  !(pod.metadata?.ownerReferences ?? []).some(owner => owner.kind === 'DaemonSet') &&
  (pod.metadata?.deletionTimestamp !== undefined || !isFinished(pod))

const isFinished = (pod: Pod): boolean => ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')

/**
 * It is on the books, and nothing of it holds a machine: it has ended and hangs on a finalizer, or nobody is left to end it, since its
 * kubelet is silent and its grace period over.
 */
export const hasLeft = (pod: Pod, node: Node, now: number): boolean => {
  if (pod.metadata?.deletionTimestamp === undefined) return false
  if ((pod.metadata.finalizers?.length ?? 0) > 0 && isFinished(pod)) return true
  return conditionStatus(node.status?.conditions, 'Ready') === 'Unknown' && now > Date.parse(pod.metadata.deletionTimestamp)
}
