import { randomUUID } from 'node:crypto'
import { type Route, isMachineType } from '../compute/index.ts'
import { type Answer, type Json, type Request, asJson, asText, ok } from '../wire/index.ts'
import { describeCluster, describeClusterWork, describePool } from './describe.ts'
import { containerRefused } from './refusal.ts'
import { type ClusterWork, type Gke, type Pool, poolIn, resizeManager } from './state.ts'

/** `projects/p/locations/l/clusters/c/nodePools/n:setSize`, below `/v1/`. Undefined: no such method. */
export const containerRoute = (gke: Gke, { method, path, body }: Request): Route | undefined => {
  const [projects, , locations, location, collection, name, pools, last = ''] = path
  if (projects !== 'projects' || locations !== 'locations') return undefined
  if (collection === 'operations' && name === undefined) return { method: 'operations.list', run: () => listWorks(gke, location ?? '') }
  if (collection !== 'clusters') return undefined
  const within = (what: string, run: () => Answer): Route => ({
    method: what,
    run: () => (location === gke.cluster.location && name === gke.cluster.name ? run() : missing(gke, `clusters/${name}`)),
  })
  if (pools === undefined) return method === 'GET' ? within('clusters.get', () => ok(describeCluster(gke))) : undefined
  if (pools !== 'nodePools') return undefined
  const [id = '', verb] = last.split(':')
  if (id === '') {
    if (method === 'POST') return within('nodePools.create', () => create(gke, asJson(body['nodePool'])))
    const all = (): object => ({ nodePools: [...gke.cluster.pools.values()].map(pool => describePool(gke, pool)) })
    return within('nodePools.list', () => ok(all()))
  }
  const on = (what: string, run: (pool: Pool) => Answer): Route =>
    within(what, () => {
      const pool = gke.cluster.pools.get(id)
      return pool ? run(pool) : missing(gke, `clusters/${name}/nodePools/${id}`)
    })
  if (verb === 'setSize') return on('nodePools.setSize', pool => setSize(gke, pool, body))
  if (method === 'DELETE') return on('nodePools.delete', pool => remove(gke, pool))
  return method === 'GET' ? on('nodePools.get', pool => ok(describePool(gke, pool))) : undefined
}

/** As in https://github.com/hashicorp/terraform-provider-google/issues/7851 */
const missing = ({ project, cluster }: Gke, what: string): Answer =>
  containerRefused(404, 'notFound', 'NOT_FOUND', `Not found: projects/${project.id}/locations/${cluster.location}/${what}.`)

const listWorks = (gke: Gke, location: string): Answer =>
  ok({ operations: [gke.cluster.location, '-'].includes(location) ? gke.cluster.works.map(work => describeClusterWork(gke, work)) : [] })

/**
 * One at a time: https://github.com/kubernetes-sigs/cluster-api-provider-gcp/issues/1363 and
 * https://github.com/rancher/gke-operator/pull/509 have its words, as gRPC and as HTTP 400.
 */
const whileIdle = (gke: Gke, run: () => Answer): Answer => {
  const busy = gke.cluster.works.find(({ isDone }) => !isDone)
  return busy
    ? containerRefused(400, 'failedPrecondition', 'FAILED_PRECONDITION', `Cluster is running incompatible operation ${busy.name}.`)
    : run()
}

/** Begins what only `end` ends. */
export const beginWork = (gke: Gke, operationType: string, pool: Pool | undefined): ClusterWork => {
  const work = { name: `operation-${gke.project.now()}-${randomUUID()}`, operationType, pool: pool?.name, isDone: false }
  gke.cluster.works.push(work)
  return work
}

/** Begins what takes its time. */
const work = (gke: Gke, operationType: string, pool: Pool, end: () => void = () => undefined): Answer => {
  const begun = beginWork(gke, operationType, pool)
  const zone = gke.cluster.zones[0] ?? ''
  gke.project.operations.begin({ kind: operationType, zone, target: pool.name, targetId: '0' }, { tookMs: gke.tookMs }, () => {
    begun.isDone = true
    end()
  })
  return ok(describeClusterWork(gke, begun))
}

/**
 * "The new size will be used for all replicas": each zone's manager gets it.
 * https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools/setSize
 */
const setSize = (gke: Gke, pool: Pool, body: Json): Answer =>
  whileIdle(gke, () => {
    const count = Number(body['nodeCount'] ?? 0)
    for (const manager of pool.managers) resizeManager(gke, manager, count)
    return work(gke, 'SET_NODE_POOL_SIZE', pool)
  })

const remove = (gke: Gke, pool: Pool): Answer =>
  whileIdle(gke, () => {
    pool.status = 'STOPPING'
    for (const manager of pool.managers) resizeManager(gke, manager, 0)
    return work(gke, 'DELETE_NODE_POOL', pool, () => void gke.cluster.pools.delete(pool.name))
  })

/** https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools/create */
const create = (gke: Gke, body: Json): Answer => {
  const name = asText(body['name'])
  const { cluster, project } = gke
  if (cluster.pools.has(name)) {
    // https://github.com/terraform-google-modules/terraform-google-kubernetes-engine/issues/367
    const pool = `projects/${project.id}/locations/${cluster.location}/clusters/${cluster.name}/nodePools/${name}`
    return containerRefused(409, 'alreadyExists', 'ALREADY_EXISTS', `Already exists: ${pool}.`)
  }
  const config = asJson(body['config'])
  const problem = problemOf(name, config)
  if (problem !== undefined) return containerRefused(400, 'badRequest', 'INVALID_ARGUMENT', problem)
  return whileIdle(gke, () => {
    const zones = Array.isArray(body['locations']) ? body['locations'].map(asText) : cluster.zones
    const initialNodeCount = Number(body['initialNodeCount'] ?? 0)
    const pool = poolIn(gke, { name, config, initialNodeCount, status: 'PROVISIONING', autoscaling: undefined }, zones)
    cluster.pools.set(name, pool)
    for (const manager of pool.managers) resizeManager(gke, manager, initialNodeCount)
    return work(gke, 'CREATE_NODE_POOL', pool, () => {
      if (pool.status === 'PROVISIONING') pool.status = 'RUNNING'
    })
  })
}

const problemOf = (name: string, config: Json): string | undefined => {
  if (!/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/.test(name)) return `Node pool name "${name}" is invalid.`
  const type = asText(config['machineType'])
  return isMachineType(type) ? undefined : `Invalid machine type: "${type}" is not a valid machine type.`
}
