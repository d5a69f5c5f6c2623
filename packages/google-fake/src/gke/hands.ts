import type { Vm } from '../compute/index.ts'
import type { Json } from '../wire/index.ts'
import { beginWork } from './container.ts'
import { type Gke, type Pool, type PoolStatus, endVm, makeVm, poolIn, resizeManager } from './state.ts'

/** What somebody else does at GKE: a person at the console, the cluster autoscaler, GKE itself. */
export interface FakeGke {
  readonly cluster: string
  readonly location: string
  pools(): readonly Pool[]
  pool(name: string): Pool | undefined
  /** A pool as somebody makes it, at once. */
  makePool(
    name: string,
    sizeOfEachZone: number,
    more?: { readonly zones?: readonly string[]; readonly autoscaling?: Json; readonly config?: Json },
  ): Pool
  /** In each zone. Down, whichever Google likes. */
  resize(name: string, sizeOfEachZone: number): void
  /** VMs of a pool, those that leave included. */
  vmsOf(name: string): readonly Vm[]
  /** How many VMs its managers shall have. */
  sizeOf(name: string): number
  /** Somebody deletes it, with its machines. */
  deletePool(name: string): void
  /** GKE works on the pool, or on the cluster when none is named. Answers how it ends. */
  working(operationType: string, name?: string): () => void
  say(name: string, status: PoolStatus, message?: string): void
  /** As an upgrade or an auto-repair does: another VM of the same name. */
  recreate(vm: string): void
}

export const gkeHands = (gke: Gke): FakeGke => {
  const { cluster, project } = gke
  const poolOf = (name: string): Pool => {
    const pool = cluster.pools.get(name)
    if (!pool) throw new Error(`the fake has no pool ${name}`)
    return pool
  }
  const settled = <T>(value: () => T): T => {
    project.operations.settle()
    return value()
  }
  const managersOf = (pool: Pool | undefined): Pool['managers'] => pool?.managers ?? []
  return {
    cluster: cluster.name,
    location: cluster.location,
    pools: () => settled(() => [...cluster.pools.values()]),
    pool: name => settled(() => cluster.pools.get(name)),
    makePool(name, size, { zones = cluster.zones, autoscaling, config = { machineType: 'e2-medium' } } = {}) {
      const pool = poolIn(gke, { name, config, initialNodeCount: size, status: 'RUNNING', autoscaling }, zones)
      cluster.pools.set(name, pool)
      for (const manager of pool.managers) resizeManager(gke, manager, size)
      return pool
    },
    resize(name, size) {
      for (const manager of poolOf(name).managers) resizeManager(gke, manager, size)
    },
    vmsOf: name => settled(() => managersOf(cluster.pools.get(name)).flatMap(({ members }) => [...members].flatMap(({ vm }) => vm ?? []))),
    sizeOf: name => managersOf(cluster.pools.get(name)).reduce((sum, { targetSize }) => sum + targetSize, 0),
    deletePool(name) {
      for (const manager of poolOf(name).managers) resizeManager(gke, manager, 0)
      cluster.pools.delete(name)
    },
    working(operationType, name) {
      const pool = name === undefined ? undefined : poolOf(name)
      const begun = beginWork(gke, operationType, pool)
      if (pool) pool.status = 'RECONCILING'
      return () => {
        begun.isDone = true
        if (pool?.status === 'RECONCILING') pool.status = 'RUNNING'
      }
    },
    say(name, status, message = '') {
      const pool = poolOf(name)
      pool.status = status
      pool.statusMessage = message
    },
    recreate(vm) {
      for (const manager of [...cluster.pools.values()].flatMap(({ managers }) => managers)) {
        for (const member of manager.members) {
          if (member.vm?.name !== vm) continue
          member.action = 'RECREATING'
          endVm(gke, manager, member, () => makeVm(gke, manager, member))
        }
      }
    },
  }
}
