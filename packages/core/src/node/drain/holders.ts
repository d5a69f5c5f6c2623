import { type Node, type Pod, findCondition, taints } from '../../api/index.ts'
import { isFinished, isProtected, mustGo, readyStatus } from '../../claim/index.ts'

/** A pod that a machine must wait for. */
export interface Holder {
  readonly pod: Pod
  /**
   * - `due`: to be evicted;
   * - `protected`: by its annotation do-not-disrupt; not even asked for;
   * - `leaving`: on its way out.
   */
  readonly state: 'due' | 'protected' | 'leaving'
  /** Everything else depends on these; they go last. */
  readonly critical: boolean
}

/**
 * The pods that hold a node's machine. As with kubectl drain --ignore-daemonsets, mirror pods, DaemonSets' pods and finished
 * pods do not. Nor do those that nobody can wait for:
 * - pods that came after the deletion because they tolerate our taint: they knew, and would come again;
 * - pods whose containers have all ended and that only hang on a finalizer;
 * - pods past their grace period on a node whose kubelet is silent: nobody is there to end them, and their machine ends with them.
 */
export const holdersOf = (node: Node, pods: readonly Pod[], now: number): readonly Holder[] =>
  pods.flatMap((pod): readonly Holder[] => {
    if (!mustGo(pod) || cameKnowingly(pod, node)) return []
    const critical = isCritical(pod)
    if (pod.metadata?.deletionTimestamp === undefined) return [{ pod, critical, state: isProtected(pod) ? 'protected' : 'due' }]
    return hasEnded(pod) || isAbandoned(pod, node, now) ? [] : [{ pod, critical, state: 'leaving' }]
  })

/** Milliseconds until one of these pods holds no longer by time alone; Infinity when none will. */
export const abandonedInMs = (node: Node, holders: readonly Holder[], now: number): number =>
  readyStatus(node) === 'Unknown'
    ? Math.min(Infinity, ...holders.filter(({ state }) => state === 'leaving').map(({ pod }) => abandonedFrom(pod) - now + 1))
    : Infinity

/** What Kubernetes itself calls critical: these classes, and priorities from 2,000,000,000 on (scheduling.SystemCriticalPriority). */
const criticalClasses: readonly (string | undefined)[] = ['system-node-critical', 'system-cluster-critical']
const systemCriticalPriority = 2_000_000_000
const isCritical = ({ spec }: Pod): boolean =>
  criticalClasses.includes(spec?.priorityClassName) || (spec?.priority ?? 0) >= systemCriticalPriority

const cameKnowingly = (pod: Pod, node: Node): boolean => {
  const deletedAt = Date.parse(node.metadata?.deletionTimestamp ?? '')
  return Date.parse(pod.metadata?.creationTimestamp ?? '') > deletedAt && toleratesDeleting(pod)
}

const toleratesDeleting = (pod: Pod): boolean =>
  pod.spec?.tolerations?.some(
    ({ key, operator, effect }) =>
      (key === taints.deleting || ((key ?? '') === '' && operator === 'Exists')) && ((effect ?? '') === '' || effect === 'NoSchedule'),
  ) ?? false

/** A kubelet says so of each container before it lets go of the pod. */
const hasEnded = (pod: Pod): boolean =>
  (pod.metadata?.finalizers?.length ?? 0) > 0 && (isFinished(pod) || haveTerminated(pod.status?.containerStatuses ?? []))

const haveTerminated = (containers: NonNullable<NonNullable<Pod['status']>['containerStatuses']>): boolean =>
  containers.length > 0 && containers.every(({ state }) => state?.terminated !== undefined)

/** The kubelet's own signal for a pod's end may be on its way. */
const abandonedSlackMs = 10_000

/** `deletionTimestamp` is when the grace period ends. */
const abandonedFrom = (pod: Pod): number => Date.parse(pod.metadata?.deletionTimestamp ?? '') + abandonedSlackMs

const isAbandoned = (pod: Pod, node: Node, now: number): boolean => readyStatus(node) === 'Unknown' && now > abandonedFrom(pod)

/** In words, why a pod that leaves has not left. */
export const whyLeaving = (pod: Pod, node: Node, now: number): string => {
  if (readyStatus(node) === 'Unknown')
    return `the kubelet is silent: ${findCondition(node.status?.conditions, 'Ready')?.reason ?? 'Unknown'}`
  if (Date.parse(pod.metadata?.deletionTimestamp ?? '') > now) return 'ending'
  const held = pod.metadata?.finalizers ?? []
  return held.length > 0 ? `ending; its finalizers: ${held.join(', ')}` : 'ending, past its grace period'
}
