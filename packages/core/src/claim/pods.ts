import { type Pod, annotations, nameOf } from '../api/index.ts'

/** For an index of Pods by node; one function for all who ask, as an index has one. */
export const nodesOfPod = (pod: Pod): readonly string[] => (pod.spec?.nodeName === undefined ? [] : [pod.spec.nodeName])

/**
 * Whether a pod ends with its node at all: those of the node itself and those that are over do not count. One that was told to end is
 * over when it is gone: kubelets write a final phase before they have unmounted its volumes (seen on 1.37).
 */
export const mustGo = (pod: Pod): boolean =>
  !isMirror(pod) && !isOfDaemonSet(pod) && (pod.metadata?.deletionTimestamp !== undefined || !isFinished(pod))

const isMirror = (pod: Pod): boolean => pod.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined
const isOfDaemonSet = (pod: Pod): boolean =>
  pod.metadata?.ownerReferences?.some(owner => owner.controller === true && owner.kind === 'DaemonSet') ?? false
export const isFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

/** Somebody wants it to stay where it is. */
export const isProtected = (pod: Pod): boolean => pod.metadata?.annotations?.[annotations.doNotDisrupt] === 'true'

export const podName = (pod: Pod): string => `${pod.metadata?.namespace ?? ''}/${nameOf(pod)}`
