import { type Call, type GroupOwner, type GroupRequest, ProviderError } from '@kube-node/core/provider'
import type { GkeNodePoolConfig } from './config.types.ts'
import { isNotFound, isTaken } from './errors.ts'
import { getCluster, getPool } from './look.ts'
import { readFrom, writtenOn } from './owner.ts'
import type { NodePool } from './resources.ts'
import { type Services, clusterPath } from './services.ts'

/** How GKE calls the effects of taints. */
const effects = { NoSchedule: 'NO_SCHEDULE', PreferNoSchedule: 'PREFER_NO_SCHEDULE', NoExecute: 'NO_EXECUTE' } as const

/**
 * One pool a name: GKE refuses the second one, and the metadata tells whose the first one is. Answers the pool that is there already;
 * undefined for one that GKE makes now.
 */
export const createPool = async (
  services: Services,
  request: GroupRequest<GkeNodePoolConfig>,
  call: Call,
): Promise<NodePool | undefined> => {
  // While GKE makes the first one it refuses any other order as one too many, whatever its name.
  const before = await findPool(services, request.name, call)
  if (before) return owned(before, request.owner)
  const zones = await zonesOf(services, request.config, call)
  const body = { nodePool: poolToMake(request, zones.length) }
  try {
    await services.container.ask('nodePools.create', { method: 'POST', path: `${clusterPath(services)}/nodePools`, body }, call)
    return undefined
  } catch (error) {
    if (!isTaken(error)) throw error
    return owned(await getPool(services, request.name, call), request.owner)
  }
}

/**
 * Pure. GKE counts in each zone: of what does not divide the rest is left for core, which knows by then that sizes go in steps, and what a
 * class's limit allows. @throws ProviderError `InvalidConfig` for a class that does not say enough.
 */
export const poolToMake = ({ name, owner, config, revision, size }: GroupRequest<GkeNodePoolConfig>, zones: number): object => {
  const { machineType, diskSizeGiB, diskType, imageType, spot, serviceAccount, labels, taints, resourceLabels, tags } = config
  if (machineType === undefined) {
    const message = 'a pool that kube-node creates needs machineType in the class, or name one that exists in spec.group.id'
    throw new ProviderError('InvalidConfig', message, { outcome: 'none' })
  }
  return {
    name,
    initialNodeCount: sizeAtFirst(size, zones),
    ...(config.zones && { locations: config.zones }),
    config: {
      machineType,
      ...(diskSizeGiB !== undefined && { diskSizeGb: diskSizeGiB }),
      ...(diskType !== undefined && { diskType }),
      ...(imageType !== undefined && { imageType }),
      ...(serviceAccount !== undefined && { serviceAccount }),
      ...(spot && { spot }),
      labels,
      taints: taints.map(({ key, value, effect }) => ({ key, value, effect: effects[effect] })),
      resourceLabels,
      tags,
      metadata: { ...writtenOn({ owner, revision }), 'disable-legacy-endpoints': 'true' },
    },
  }
}

/** Of a pool to be made: those of the cluster, where the class names none. */
export const zonesOf = async (services: Services, { zones }: GkeNodePoolConfig, call: Call): Promise<readonly string[]> =>
  zones ?? (await getCluster(services, call)).locations ?? []

/** Of each zone. */
export const sizeAtFirst = (size: number, zones: number): number => Math.floor(size / Math.max(1, zones))

const findPool = async (services: Services, name: string, call: Call): Promise<NodePool | undefined> => {
  try {
    return await getPool(services, name, call)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** Its UID says which set it is: one of the same name may be another. */
const owned = (pool: NodePool, owner: GroupOwner): NodePool => {
  const theirs = readFrom(pool)?.owner
  if (theirs?.cluster === owner.cluster && theirs.controller === owner.controller && theirs.set === owner.set) return pool
  throw new ProviderError('Internal', `there is a node pool ${pool.name} already, and it is somebody else's`, { outcome: 'none' })
}
