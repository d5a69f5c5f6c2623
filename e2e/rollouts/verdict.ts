import { isDeleting, isUp } from '@kube-node/core'
import { type Node, type NodeSet, type Pod, findCondition, labels, nameOf, rolloutBounds } from '@kube-node/core/api'
import type { Step } from './record.ts'

/** What a set and an application may do. */
export interface Bounds {
  readonly maxSurge: number
  readonly maxUnavailable: number
  /** Of the PodDisruptionBudget. */
  readonly minAvailable: number
}

/** The set as it stood after one change. */
export interface Moment {
  readonly version: number
  readonly wanted: number
  /** All nodes of the set, those being deleted included. */
  readonly total: number
  /** Of the revision that the set shall have. */
  readonly fresh: number
  readonly old: number
  /** Live nodes that are up. */
  readonly available: number
  /** Pods that are ready and not on their way out. */
  readonly healthy: number
}

/** The cluster, change by change. */
export interface Replay {
  readonly moments: readonly Moment[]
  /** In words, each change after which there was more, or less, than may be. */
  readonly broken: readonly string[]
}

/** Plays the changes after `from` in the order in which they were written, whatever the order in which watches told of them. */
export const replay = (steps: readonly Step[], from: number, bounds: Bounds): Replay => {
  const world = new Map<string, Step['change']>()
  const moments: Moment[] = []
  const broken: string[] = []
  let last: Moment | undefined
  for (const { version, gone, change } of steps.toSorted((a, b) => a.version - b.version)) {
    const key = `${change.kind}/${change.object.metadata?.uid}`
    if (gone) world.delete(key)
    else world.set(key, change)
    const moment = momentOf(version, [...world.values()])
    if (version > from && last) {
      moments.push(moment)
      broken.push(...whyBroken(moment, last, bounds).map(why => `after the write of ${change.kind}/${nameOf(change.object)}: ${why}`))
    }
    last = moment
  }
  return { moments, broken }
}

/**
 * Nodes of that revision that were deleted after `from` and after the set came back to it. @throws Error when it never did: then
 * nothing was shown.
 */
export const takenOf = (steps: readonly Step[], from: number, revision: string): readonly string[] => {
  const going = new Set<string>()
  const taken: string[] = []
  let shown: string | undefined
  let isBack = false
  for (const { version, change } of steps.toSorted((a, b) => a.version - b.version)) {
    if (change.kind === 'set') {
      const next = change.object.status?.updateRevision
      isBack ||= version > from && shown !== revision && next === revision
      shown = next
    }
    const uid = change.object.metadata?.uid ?? ''
    if (change.kind !== 'node' || !isDeleting(change.object) || going.has(uid)) continue
    going.add(uid)
    if (isBack && change.object.metadata?.labels?.[labels.revision] === revision) taken.push(nameOf(change.object))
  }
  if (!isBack) throw new Error(`the set never came back to revision ${revision}`)
  return taken
}

const momentOf = (version: number, world: readonly Step['change'][]): Moment => {
  const [set] = world.flatMap((one): readonly NodeSet[] => (one.kind === 'set' ? [one.object] : []))
  const nodes = world.flatMap((one): readonly Node[] => (one.kind === 'node' ? [one.object] : []))
  const pods = world.flatMap((one): readonly Pod[] => (one.kind === 'pod' ? [one.object] : []))
  const live = nodes.filter(node => !isDeleting(node))
  const isFresh = (node: Node): boolean => node.metadata?.labels?.[labels.revision] === set?.status?.updateRevision
  const isHealthy = (pod: Pod): boolean => !isDeleting(pod) && findCondition(pod.status?.conditions, 'Ready')?.status === 'True'
  return {
    version,
    wanted: set?.spec.replicas ?? 0,
    total: nodes.length,
    fresh: live.filter(isFresh).length,
    old: live.filter(node => !isFresh(node)).length,
    available: live.filter(isUp).length,
    healthy: pods.filter(isHealthy).length,
  }
}

/** Whoever asks for fewer or more nodes moves the bounds: what is beyond them then may not get worse. */
const whyBroken = (now: Moment, last: Moment, { maxSurge, maxUnavailable, minAvailable }: Bounds): readonly string[] => {
  const { surge, unavailable } = rolloutBounds({ maxSurge, maxUnavailable }, now.wanted)
  const [most, fewest] = [now.wanted + surge, now.wanted - unavailable]
  return [
    ...(now.total > most && now.total > last.total ? [`${now.total} nodes, and ${most} are the most`] : []),
    ...(now.available < fewest && now.available < last.available ? [`${now.available} available nodes, and ${fewest} are the fewest`] : []),
    ...(now.healthy < minAvailable && now.healthy < last.healthy
      ? [`${now.healthy} healthy pods, and ${minAvailable} are the fewest`]
      : []),
  ]
}
