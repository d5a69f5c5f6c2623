import { type Node, type NodeSet, annotations, rolloutBounds } from '../api/index.ts'
import { hasJoined, readyStatus } from '../claim/index.ts'
import type { NodeSetFacts, NodeSetPlan } from './facts.ts'
import { availableInMs, isLive } from './health.ts'

const nothing: NodeSetPlan = { create: 0, remove: [], shortfall: undefined, afterMs: undefined }

export const replicasOf = (set: NodeSet): number => set.spec.replicas ?? 1

/** How far the set may go above and below its replicas. */
export const boundsOf = (set: NodeSet): { readonly surge: number; readonly unavailable: number } => {
  const { maxSurge = 1, maxUnavailable = 0 } = set.spec.strategy?.rollingUpdate ?? {}
  return rolloutBounds({ maxSurge, maxUnavailable }, replicasOf(set))
}

/**
 * What a set does next. Pure. Bounds: no creation while all nodes, those being deleted and those that may exist included,
 * are replicas + maxSurge or more; only what is in excess of replicas is removed.
 */
export const planNodeSet = (facts: NodeSetFacts): NodeSetPlan => {
  const { set, nodes, offer, now } = facts
  if (set.metadata?.deletionTimestamp !== undefined) return nothing
  const replicas = replicasOf(set)
  const live = nodes.filter(isLive)
  const afterMs = soonest(live.map(node => availableInMs(node, set.spec.minReadySeconds ?? 0, now)))
  if (live.length + facts.unknown > replicas) {
    return { ...nothing, remove: live.toSorted(byDeletionOrder(set)).slice(0, Math.max(0, live.length - replicas)), afterMs }
  }
  const wanted = replicas - live.length - facts.unknown
  if (wanted === 0) return { ...nothing, afterMs }
  if (offer.problem) return { ...nothing, shortfall: offer.problem.message, afterMs }
  const budget = replicas + boundsOf(set).surge - nodes.length - facts.unknown
  const create = Math.max(0, Math.min(wanted, budget, facts.room))
  const missing = wanted - Math.max(0, facts.room)
  const limit = offer.nodeClass.spec.limits?.nodes ?? 0
  const shortfall = missing > 0 ? `${missing} nodes are missing: the class allows ${limit} (spec.limits.nodes)` : undefined
  return { create, remove: [], shortfall, afterMs }
}

const soonest = (times: readonly number[]): number | undefined => {
  const coming = times.filter(ms => ms > 0 && ms < Infinity)
  return coming.length === 0 ? undefined : Math.min(...coming)
}

/** Never joined, then not ready, then the cheapest by annotation, then by age; the name last, so that the order is total. */
const byDeletionOrder = (set: NodeSet): ((a: Node, b: Node) => number) => {
  const ageSign = set.spec.scaleDown?.order === 'Oldest' ? 1 : -1
  return (a, b) =>
    Number(hasJoined(a)) - Number(hasJoined(b)) ||
    Number(readyStatus(a) === 'True') - Number(readyStatus(b) === 'True') ||
    costOf(a) - costOf(b) ||
    ageSign * compare(a.metadata?.creationTimestamp ?? '', b.metadata?.creationTimestamp ?? '') ||
    compare(a.metadata?.name ?? '', b.metadata?.name ?? '')
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** As for pods: a whole number, 0 where nothing or nonsense is written. */
const costOf = (node: Node): number => {
  const written = Number(node.metadata?.annotations?.[annotations.deletionCost] ?? 0)
  return Number.isInteger(written) ? written : 0
}
