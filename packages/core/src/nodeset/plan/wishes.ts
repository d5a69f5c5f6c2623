import { type NodeSet, rolloutBounds } from '../../api/index.ts'
import { type Duration, durationMs } from '../../runtime/index.ts'

/** What a set asks for, defaults filled in and shares turned into numbers. */
export interface Wishes {
  readonly replicas: number
  /** Warm nodes beyond `replicas`. */
  readonly headroom: number
  /** Nodes above replicas and headroom while something is replaced. */
  readonly surge: number
  /** Nodes of `replicas` that may be lacking meanwhile. */
  readonly unavailable: number
  readonly minReadyMs: number
  readonly deadlineMs: number
  /** Nothing is replaced for being old; what is sick is, and the set scales. */
  readonly paused: boolean
  /** Nodes of an old revision wait for somebody to delete them. */
  readonly onDelete: boolean
  readonly order: 'Newest' | 'Oldest' | 'LeastPods'
  readonly lifetimeMs: number | undefined
  readonly startupMs: number | undefined
  readonly unhealthy: readonly (Unhealthy & { readonly afterMs: number })[]
}

type Unhealthy = NonNullable<NonNullable<NodeSet['spec']['repair']>['unhealthy']>[number]

export const replicasOf = (set: NodeSet): number => set.spec.replicas ?? 1

export const wishesOf = (set: NodeSet): Wishes => {
  const { spec } = set
  const { maxSurge = 1, maxUnavailable = 0 } = spec.strategy?.rollingUpdate ?? {}
  const replicas = replicasOf(set)
  return {
    replicas,
    headroom: spec.headroom?.nodes ?? 0,
    ...rolloutBounds({ maxSurge, maxUnavailable }, replicas),
    minReadyMs: (spec.minReadySeconds ?? 0) * 1_000,
    deadlineMs: (spec.progressDeadlineSeconds ?? 1_800) * 1_000,
    paused: spec.paused ?? false,
    onDelete: spec.strategy?.type === 'OnDelete',
    order: spec.scaleDown?.order ?? 'Newest',
    lifetimeMs: msOf(spec.maxLifetime),
    startupMs: msOf(spec.repair?.startupTimeout),
    unhealthy: (spec.repair?.unhealthy ?? []).map(one => ({ ...one, afterMs: durationMs(one.after) })),
  }
}

const msOf = (duration: Duration | undefined): number | undefined => (duration === undefined ? undefined : durationMs(duration))
