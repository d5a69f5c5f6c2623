import type { Group } from '@kube-node/core/provider'
import type { Instance } from '@kube-node/provider-gce/instances'
import { busyWith } from './busy.ts'
import { type PoolFacts, sizeOf } from './look.ts'
import { memberOf } from './member.ts'
import { readFrom } from './owner.ts'
import type { ClusterOperation, NodePool, PoolAutoscaling } from './resources.ts'

export interface GroupReading {
  readonly cluster: string
  /** Wall time in milliseconds. */
  readonly now: number
  /** Instances of the cluster by their ids. */
  readonly seen: ReadonlyMap<string, Instance>
  /** Of the cluster's location, those that are not over. */
  readonly operations: readonly ClusterOperation[]
}

/** Pure. */
export const groupOf = (facts: PoolFacts, { cluster, now, seen, operations }: GroupReading): Group => {
  const { pool, zones } = facts
  const busy = busyWith(pool, operations, cluster)
  const problem = problemOf(facts)
  const written = readFrom(pool)
  const revision = written?.revision
  const step = pool.locations?.length ?? 1
  return {
    id: pool.name,
    size: sizeOf(facts),
    ...limitsOf(pool),
    ...(step > 1 && { step }),
    ...(busy !== undefined && { busy }),
    ...(problem !== undefined && { problem }),
    ...(pool.autoscaling?.enabled === true && { autoscaled: scalerOf(pool.autoscaling) }),
    ...(written && { owner: written.owner }),
    ...(revision !== undefined && { revision }),
    members: zones.flatMap(({ place, members }) => members.flatMap(member => memberOf(member, { place, now, seen, revision }) ?? [])),
  }
}

/** Pure: what the cluster autoscaler keeps the pool within. Without it a pool has no limits but quotas. */
export const limitsOf = ({ autoscaling, locations = [] }: NodePool): Pick<Group, 'min' | 'max'> => {
  if (autoscaling?.enabled !== true) return {}
  const { minNodeCount = 0, maxNodeCount = 0, totalMinNodeCount = 0, totalMaxNodeCount = 0 } = autoscaling
  const zones = Math.max(1, locations.length)
  return totalMaxNodeCount > 0
    ? { min: totalMinNodeCount, max: totalMaxNodeCount }
    : { min: minNodeCount * zones, max: maxNodeCount * zones }
}

const scalerOf = ({ autoprovisioned }: PoolAutoscaling): string =>
  autoprovisioned === true ? 'node auto-provisioning of GKE made it, and resizes it' : 'the cluster autoscaler of GKE resizes it'

/** Why machines are lacking, in Google's words: of an instance that can't be made first, then of the pool. */
const problemOf = ({ pool, zones }: PoolFacts): string | undefined => {
  const failed = zones.flatMap(({ members }) => members.flatMap(({ id, lastAttempt }) => (id ? [] : (lastAttempt?.errors?.errors ?? []))))
  const [first] = failed
  if (first) return said([first.code, first.message])
  if (pool.status !== 'ERROR' && pool.status !== 'RUNNING_WITH_ERROR') return undefined
  const [condition] = pool.conditions ?? []
  return said([pool.status, condition?.message || pool.statusMessage])
}

const mostCharacters = 500

const said = (parts: readonly (string | undefined)[]): string =>
  (
    parts
      .filter(part => part)
      .join(': ')
      .split('\n')[0] ?? ''
  ).slice(0, mostCharacters)
