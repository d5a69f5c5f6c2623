import type { Json } from '../wire/index.ts'
import type { Cluster, ClusterWork, Gke, Managed, Manager, Pool } from './state.ts'

const compute = 'https://www.googleapis.com/compute/v1'
const container = 'https://container.googleapis.com/v1'

const parentOf = ({ project, cluster }: Gke): string => `projects/${project.id}/locations/${cluster.location}/clusters/${cluster.name}`

/** https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters#Cluster */
export const describeCluster = (gke: Gke): Json => {
  const { name, location, zones, pools }: Cluster = gke.cluster
  return {
    name,
    location,
    locations: zones,
    status: 'RUNNING',
    nodePools: [...pools.values()].map(pool => describePool(gke, pool)),
    selfLink: `${container}/${parentOf(gke)}`,
  }
}

/** https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools#NodePool */
export const describePool = (gke: Gke, pool: Pool): Json => ({
  name: pool.name,
  config: pool.config,
  ...(pool.initialNodeCount > 0 && { initialNodeCount: pool.initialNodeCount }),
  ...(pool.autoscaling && { autoscaling: pool.autoscaling }),
  locations: pool.managers.map(({ zone }) => zone),
  // Of a pool that is being provisioned the managers are not all there yet.
  ...(pool.status !== 'PROVISIONING' && { instanceGroupUrls: pool.managers.map(manager => linkOf(gke, manager)) }),
  status: pool.status,
  ...(pool.statusMessage !== '' && { statusMessage: pool.statusMessage }),
  version: '1.37.2-gke.100',
  selfLink: `${container}/${parentOf(gke)}/nodePools/${pool.name}`,
})

/** https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.operations#Operation */
export const describeClusterWork = (gke: Gke, { name, operationType, pool, isDone }: ClusterWork): Json => ({
  name,
  operationType,
  status: isDone ? 'DONE' : 'RUNNING',
  location: gke.cluster.location,
  selfLink: `${container}/projects/1234/locations/${gke.cluster.location}/operations/${name}`,
  // The number of the project stands here, not its id.
  targetLink: `${container}/${parentOf(gke).replace(gke.project.id, '1234')}${pool === undefined ? '' : `/nodePools/${pool}`}`,
})

const linkOf = ({ project }: Gke, { zone, name }: Manager): string =>
  `${compute}/projects/${project.id}/zones/${zone}/instanceGroupManagers/${name}`

/** https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers#InstanceGroupManager */
export const describeManager = (gke: Gke, manager: Manager): Json => ({
  kind: 'compute#instanceGroupManager',
  name: manager.name,
  zone: `${compute}/projects/${gke.project.id}/zones/${manager.zone}`,
  baseInstanceName: manager.baseInstanceName,
  targetSize: manager.targetSize,
  selfLink: linkOf(gke, manager),
})

/** https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers/listManagedInstances: no `id` before there is a VM. */
export const describeManaged = ({ project }: Gke, { zone }: Manager, { name, vm, action, error }: Managed): Json => ({
  instance: `${compute}/projects/${project.id}/zones/${zone}/instances/${name}`,
  name,
  ...(vm && { id: vm.id, instanceStatus: vm.status }),
  currentAction: action,
  ...(error && { lastAttempt: { errors: { errors: [error] } } }),
})
