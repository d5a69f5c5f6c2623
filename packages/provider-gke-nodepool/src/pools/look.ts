import { type Call, ProviderError } from '@kube-node/core/provider'
import { isNotFound } from './errors.ts'
import { type FoundManagers, type ManagerPlace, getManager, keyOf, listManaged, placeOf } from './managers.ts'
import type { Cluster, ClusterOperation, GroupManager, ManagedInstance, NodePool } from './resources.ts'
import { type Services, clusterPath, locationPath, poolPath } from './services.ts'

/** A group manager of a pool, and what it sees to. */
export interface ZoneFacts {
  readonly place: ManagerPlace
  readonly baseInstanceName: string
  readonly targetSize: number
  readonly members: readonly ManagedInstance[]
}

/** All that Google says of a pool at one moment. */
export interface PoolFacts {
  readonly pool: NodePool
  readonly zones: readonly ZoneFacts[]
  /** Zones of it that could not be asked. */
  readonly missing: readonly string[]
}

/** GKE gives all pools of a cluster at once. */
export const listPools = async (services: Services, call: Call): Promise<readonly NodePool[]> => {
  const path = `${clusterPath(services)}/nodePools`
  const { nodePools = [] } = await services.container.ask<{ nodePools?: readonly NodePool[] }>(
    'nodePools.list',
    { method: 'GET', path },
    call,
  )
  return nodePools
}

/** @throws ProviderError `NotFound`. */
export const getPool = (services: Services, name: string, call: Call): Promise<NodePool> =>
  services.container.ask<NodePool>('nodePools.get', { method: 'GET', path: poolPath(services, name) }, call)

export const getCluster = (services: Services, call: Call): Promise<Cluster> =>
  services.container.ask<Cluster>('clusters.get', { method: 'GET', path: clusterPath(services) }, call)

/** Those of the cluster's location that are not over. */
export const listOperations = async (services: Services, call: Call): Promise<readonly ClusterOperation[]> => {
  const path = `${locationPath(services)}/operations`
  const { operations = [] } = await services.container.ask<{ operations?: readonly ClusterOperation[] }>(
    'operations.list',
    { method: 'GET', path },
    call,
  )
  return operations.filter(({ status }) => status !== 'DONE')
}

/** What a list has found of a pool. @throws ProviderError `Unavailable` while Google does not show all of it. */
export const factsOf = async (services: Services, pool: NodePool, { managers, missing }: FoundManagers, call: Call): Promise<PoolFacts> => {
  const zones: ZoneFacts[] = []
  const places = placesOf(pool)
  for (const place of places.filter(({ zone }) => !missing.has(zone))) {
    const manager = managers.get(keyOf(place))
    if (manager) zones.push(zoneOf(place, manager, await listManaged(services.compute, place, call)))
    else if (!isComingOrGoing(pool)) {
      throw new ProviderError(
        'Unavailable',
        `pool ${pool.name} names group manager ${place.name} in ${place.zone}, which no list shows yet`,
      )
    }
  }
  return { pool, zones, missing: [...new Set(places.map(({ zone }) => zone).filter(zone => missing.has(zone)))] }
}

/** The pool as it is now, before an order. Undefined when there is none. */
export const lookAt = async (services: Services, name: string, call: Call): Promise<PoolFacts | undefined> => {
  try {
    const pool = await getPool(services, name, call)
    const zones: ZoneFacts[] = []
    for (const place of placesOf(pool)) {
      const manager = await getManager(services.compute, place, call)
      zones.push(zoneOf(place, manager, await listManaged(services.compute, place, call)))
    }
    return { pool, zones, missing: [] }
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

const placesOf = ({ name, instanceGroupUrls = [] }: NodePool): readonly ManagerPlace[] =>
  instanceGroupUrls.map(url => {
    const place = placeOf(url)
    if (!place) throw new ProviderError('Internal', `pool ${name} names a group manager by ${url}, which is no URL of one`)
    return place
  })

const zoneOf = (
  place: ManagerPlace,
  { baseInstanceName, targetSize = 0 }: GroupManager,
  members: readonly ManagedInstance[],
): ZoneFacts => ({
  place,
  baseInstanceName,
  targetSize,
  members,
})

const isComingOrGoing = ({ status }: NodePool): boolean => status === 'PROVISIONING' || status === 'STOPPING' || status === 'ERROR'

/** How many machines the pool shall have. */
export const sizeOf = ({ zones }: Pick<PoolFacts, 'zones'>): number => zones.reduce((sum, { targetSize }) => sum + targetSize, 0)
