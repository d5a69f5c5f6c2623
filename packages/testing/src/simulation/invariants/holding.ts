import { type Node, type Pod, conditionStatus } from '@kube-node/core/api'
import type { Truth } from '../truth.ts'

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
export type HasLeft = (pod: Pod, node: Node, now: number) => boolean

/** Who has ended has ended, whatever a write of before that says of it later. */
export const followEnds = ({ pods }: Truth): HasLeft => {
  const ended = new Set<string | undefined>()
  pods.on(({ now, old }) => {
    if (!now) ended.delete(old?.metadata?.uid)
    else if (now.metadata?.deletionTimestamp !== undefined && isHeld(now) && isFinished(now)) ended.add(now.metadata.uid)
  })
  return (pod, node, now) => {
    const graceEnds = pod.metadata?.deletionTimestamp
    if (graceEnds === undefined) return false
    if (ended.has(pod.metadata?.uid)) return true
    return conditionStatus(node.status?.conditions, 'Ready') === 'Unknown' && now > Date.parse(graceEnds)
  }
}

const isHeld = ({ metadata }: Pod): boolean => (metadata?.finalizers?.length ?? 0) > 0
