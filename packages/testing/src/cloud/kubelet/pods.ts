import { type Pod, Pods, conditionTime, pathOf } from '@kube-node/core/api'
import type { KubeTransport } from '@kube-node/core/kube'
import { send } from './request.ts'

export type PodWork = 'start' | 'stop'

/** What the kubelet of the node that the pod is bound to has to do about it. */
export const podWork = (pod: Pod): PodWork | undefined => {
  if (pod.metadata?.deletionTimestamp !== undefined) return 'stop'
  return (pod.status?.phase ?? 'Pending') === 'Pending' ? 'start' : undefined
}

const path = ({ metadata }: Pod, subresource?: string): string => pathOf(Pods, metadata?.namespace, metadata?.name, subresource)

/** Says that all of it runs. A pod that is gone, or was replaced under its name, is none of ours any more. */
export const startPod = async (
  transport: KubeTransport,
  pod: Pod,
  nodeAddress: string,
  now: number,
  signal: AbortSignal,
): Promise<void> => {
  const time = conditionTime(now)
  const condition = (type: string): object => ({ type, status: 'True', lastTransitionTime: time })
  const status = {
    phase: 'Running',
    startTime: time,
    hostIP: nodeAddress,
    conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
    containerStatuses: (pod.spec?.containers ?? []).map(({ name, image = '' }) => ({
      name,
      image,
      imageID: '',
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: time } },
    })),
  }
  const body = { metadata: { uid: pod.metadata?.uid }, status }
  await send(transport, { method: 'PATCH', path: path(pod, 'status'), patch: 'strategic-merge-patch', body, signal, expect: [404, 409] })
}

/**
 * The containers have stopped: with grace 0 the API server lets go of the pod. A kubelet says so first in the pod's status; nobody can
 * see that unless a finalizer keeps the pod.
 */
export const stopPod = async (transport: KubeTransport, pod: Pod, signal: AbortSignal): Promise<void> => {
  if ((pod.metadata?.finalizers?.length ?? 0) > 0) {
    const ended = { metadata: { uid: pod.metadata?.uid }, status: { phase: 'Succeeded' } }
    await send(transport, {
      method: 'PATCH',
      path: path(pod, 'status'),
      patch: 'strategic-merge-patch',
      body: ended,
      signal,
      expect: [404, 409],
    })
  }
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid: pod.metadata?.uid } }
  await send(transport, { method: 'DELETE', path: path(pod), body, signal, expect: [404, 409] })
}
