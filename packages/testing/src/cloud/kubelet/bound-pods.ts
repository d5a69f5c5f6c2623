import type { Pod } from '@kube-node/core/api'
import { podWork } from './pods.ts'

/** Which pods are bound to which node: what each kubelet would see in a watch of its own. */
export interface BoundPods {
  /** Takes the pod in; answers whether a kubelet has something new to do for it. */
  see(pod: Pod): boolean
  forget(pod: Pod): void
  on(nodeName: string): readonly Pod[]
  /** The pod as it is now: undefined when it is gone, or was replaced under its name. */
  current(pod: Pod): Pod | undefined
}

export const podKey = ({ metadata }: Pod): string => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`

export const boundPods = (): BoundPods => {
  const nodes = new Map<string, Map<string, Pod>>()
  const same = (a: Pod | undefined, b: Pod): boolean => a?.metadata?.uid === b.metadata?.uid
  return {
    see(pod) {
      const nodeName = pod.spec?.nodeName
      if (nodeName === undefined) return false
      const pods = nodes.get(nodeName) ?? new Map<string, Pod>()
      nodes.set(nodeName, pods)
      const old = pods.get(podKey(pod))
      pods.set(podKey(pod), pod)
      return !old || !same(old, pod) || podWork(old) !== podWork(pod)
    },
    forget(pod) {
      const nodeName = pod.spec?.nodeName ?? ''
      const pods = nodes.get(nodeName)
      pods?.delete(podKey(pod))
      if (pods?.size === 0) nodes.delete(nodeName)
    },
    on: nodeName => [...(nodes.get(nodeName)?.values() ?? [])],
    current(pod) {
      const there = nodes.get(pod.spec?.nodeName ?? '')?.get(podKey(pod))
      return same(there, pod) ? there : undefined
    },
  }
}
