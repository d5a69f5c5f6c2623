import {
  type Node,
  type NodeClass,
  type NodeSet,
  findCondition,
  hasTaint,
  labels,
  mergePatch,
  nameOf,
  rolloutBounds,
  taints,
} from '@kube-node/core/api'
import { hasJoined, revisionOf } from '@kube-node/core'
import { durationMs } from '@kube-node/core/runtime'
import type { Truth } from '../truth.ts'
import type { World } from '../world.ts'

/** Longer than any cache is behind. */
export const stalenessMs = 90_000

interface ClassAt {
  readonly at: number
  readonly nodeClass: NodeClass
}

/** What a set wanted from a moment on. */
export interface Wish {
  readonly at: number
  readonly set: NodeSet
  readonly replicas: number
  readonly headroom: number
  readonly ceiling: number
  /** Fewer than so many available nodes never because of us. */
  readonly floor: number
}

export interface Wishes {
  /** All that somebody with a stale cache may take for the set's wish. */
  of(uid: string): readonly Wish[]
  /** By some state of its set and its class that somebody may go by, the node is to be replaced, or was never to be had. */
  mayReplace(node: Node, uid: string): boolean
}

export const isWarm = (node: Node): boolean => hasTaint(node.spec?.taints, { key: taints.headroom })

export const followWishes = (world: World, truth: Pick<Truth, 'sets' | 'classes'>): Wishes => {
  const wishes = new Map<string, Wish[]>()
  // The class was there before anybody watched, and may stay as it is for long.
  const classes = [...truth.classes.all.values()].map((nodeClass): ClassAt => ({ at: world.now, nodeClass }))
  truth.sets.on(({ now }) => {
    if (!now) return
    const uid = now.metadata?.uid ?? ''
    wishes.set(uid, [...(wishes.get(uid) ?? []), wishOf(now, world.now)])
  })
  truth.classes.on(({ now }) => {
    if (now) classes.push({ at: world.now, nodeClass: now })
  })
  const recent = <T extends { readonly at: number }>(all: readonly T[]): readonly T[] =>
    all.filter((_, i) => (all[i + 1]?.at ?? Infinity) > world.now - stalenessMs)
  const of = (uid: string): readonly Wish[] => recent(wishes.get(uid) ?? [])

  const isOld = (node: Node, { template }: NodeSet['spec']): boolean =>
    recent(classes.filter(({ nodeClass }) => nameOf(nodeClass) === node.metadata?.labels?.[labels.class])).some(
      ({ nodeClass: { spec } }) => {
        const merged = mergePatch(spec.config ?? {}, template?.config ?? {})
        // A merge patch of two objects is one.
        return (
          revisionOf(spec, merged as Readonly<Record<string, unknown>>, template?.restartedAt) !== node.metadata?.labels?.[labels.revision]
        )
      },
    )
  const isAged = ({ metadata }: Node, { maxLifetime }: NodeSet['spec']): boolean =>
    maxLifetime !== undefined && world.wall - Date.parse(metadata?.creationTimestamp ?? '') >= durationMs(maxLifetime) * 0.9 - 1_000
  /** Its kubelet may have said otherwise since: only its age, and that it ever was anything, count. */
  const isSick = (node: Node, { repair }: NodeSet['spec']): boolean => {
    if (!repair) return false
    if (!hasJoined(node) || hasTaint(node.spec?.taints, { key: taints.notUp })) {
      return world.wall - Date.parse(node.metadata?.creationTimestamp ?? '') >= durationMs(repair.startupTimeout ?? '1000h') - 1_000
    }
    const ready = findCondition(node.status?.conditions, 'Ready')
    return ready?.status !== 'True' || world.wall - Date.parse(ready.lastTransitionTime ?? '') < stalenessMs
  }
  const isHomeless = (node: Node, { zones }: NodeSet['spec']): boolean =>
    zones !== undefined &&
    !hasJoined(node) &&
    findCondition(node.status?.conditions, 'MachineProvisioned')?.reason === 'InsufficientCapacity'

  return {
    of,
    mayReplace: (node, uid) =>
      of(uid).some(({ set: { spec } }) => isOld(node, spec) || isAged(node, spec) || isSick(node, spec) || isHomeless(node, spec)),
  }
}

const wishOf = (set: NodeSet, at: number): Wish => {
  const replicas = set.spec.replicas ?? 1
  const headroom = set.spec.headroom?.nodes ?? 0
  const { maxSurge = 1, maxUnavailable = 0 } = set.spec.strategy?.rollingUpdate ?? {}
  const { surge, unavailable } = rolloutBounds({ maxSurge, maxUnavailable }, replicas)
  return { at, set, replicas, headroom, ceiling: replicas + headroom + surge, floor: Math.max(0, replicas - unavailable) }
}
