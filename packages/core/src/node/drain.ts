import type { Pod } from '../api/index.ts'

export interface DrainPods {
  /** To be evicted. */
  readonly evict: readonly Pod[]
  /** Already on their way out. */
  readonly leaving: readonly Pod[]
}

/** As kubectl drain with --ignore-daemonsets: mirror pods, DaemonSets' pods and finished pods stay where they are. */
export const sortPods = (pods: readonly Pod[]): DrainPods => {
  const due = pods.filter(mustGo)
  return {
    evict: due.filter(pod => pod.metadata?.deletionTimestamp === undefined),
    leaving: due.filter(pod => pod.metadata?.deletionTimestamp !== undefined),
  }
}

export const mustGo = (pod: Pod): boolean => !isMirror(pod) && !isOfDaemonSet(pod) && !isFinished(pod)

const isMirror = (pod: Pod): boolean => pod.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined
const isOfDaemonSet = (pod: Pod): boolean =>
  pod.metadata?.ownerReferences?.some(owner => owner.controller === true && owner.kind === 'DaemonSet') ?? false
const isFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

const named = (pod: Pod): string => `${pod.metadata?.namespace ?? ''}/${pod.metadata?.name ?? ''}`

/** So many names fit a condition that people still read. */
const mostNames = 5

/** "waits for 7 pods: default/a, default/b, ... and 2 more". */
export const describeWaiting = (evict: readonly Pod[], leaving: readonly Pod[]): string => {
  const all = [...leaving, ...evict].map(named).toSorted()
  const names = all.slice(0, mostNames).join(', ')
  const more = all.length > mostNames ? ` and ${all.length - mostNames} more` : ''
  return `waits for ${all.length} ${all.length === 1 ? 'pod' : 'pods'}: ${names}${more}`
}
