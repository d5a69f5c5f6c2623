import { randomInt, randomUUID } from 'node:crypto'
import { type Project, type Vm, newVm } from '../compute/index.ts'
import { type Json, asText, asTexts } from '../wire/index.ts'

/** One VM that a group manager sees to, or wants to see. */
export interface Managed {
  readonly name: string
  /** Undefined while there is none. */
  vm: Vm | undefined
  /** https://cloud.google.com/compute/docs/instance-groups/getting-info-about-migs#verify_running (currentAction) */
  action: 'NONE' | 'CREATING' | 'DELETING' | 'RECREATING'
  error?: { readonly code: string; readonly message: string } | undefined
}

/** A managed instance group: one of a pool in one zone. */
export interface Manager {
  readonly name: string
  readonly zone: string
  readonly baseInstanceName: string
  readonly pool: Pool
  targetSize: number
  readonly members: Set<Managed>
}

/** https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools#NodePool.Status */
export type PoolStatus = 'PROVISIONING' | 'RUNNING' | 'RUNNING_WITH_ERROR' | 'RECONCILING' | 'STOPPING' | 'ERROR'

export interface Pool {
  readonly name: string
  readonly config: Json
  readonly initialNodeCount: number
  readonly managers: readonly Manager[]
  status: PoolStatus
  statusMessage: string
  autoscaling: Json | undefined
}

/** https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.operations#Operation */
export interface ClusterWork {
  readonly name: string
  readonly operationType: string
  /** Undefined: the cluster itself. */
  readonly pool: string | undefined
  isDone: boolean
}

export interface Cluster {
  readonly name: string
  readonly location: string
  /** Where pools are that name no zones. */
  readonly zones: readonly string[]
  readonly pools: Map<string, Pool>
  readonly works: ClusterWork[]
}

export interface Gke {
  readonly project: Project
  readonly cluster: Cluster
  /** How long VMs take to come and to go, and operations of the cluster. */
  readonly tookMs: number
}

export const poolIn = (
  { cluster }: Gke,
  given: Pick<Pool, 'name' | 'config' | 'initialNodeCount' | 'status' | 'autoscaling'>,
  zones: readonly string[],
): Pool => {
  const managers: Manager[] = []
  const pool: Pool = { ...given, managers, statusMessage: '' }
  for (const zone of zones) {
    const baseInstanceName = `gke-${cluster.name}-${given.name}-${randomUUID().slice(0, 8)}`
    managers.push({ name: `${baseInstanceName}-grp`, zone, baseInstanceName, pool, targetSize: 0, members: new Set() })
  }
  return pool
}

/** A name as group managers make them: their base, and four characters. */
const newMemberName = ({ baseInstanceName }: Manager): string => `${baseInstanceName}-${randomInt(36 ** 3, 36 ** 4).toString(36)}`

/** Makes the VM of a member, which takes its time and may fail: then the manager goes on wanting it. */
export const makeVm = (gke: Gke, manager: Manager, member: Managed): void => {
  const { project, cluster, tookMs } = gke
  const { zone, pool } = manager
  const machineType = typeOf(pool)
  const error = project.outcome(zone, machineType)
  if (error) {
    member.error = error
    return
  }
  const vm = newVm(project, {
    name: member.name,
    zone,
    asked: {
      machineType: `zones/${zone}/machineTypes/${machineType}`,
      scheduling: { provisioningModel: isSpot(pool) ? 'SPOT' : 'STANDARD' },
    },
    // https://cloud.google.com/kubernetes-engine/docs/how-to/creating-managing-labels#automatically_applied_labels
    labels: {
      ...asTexts(pool.config['resourceLabels']),
      'goog-gke-node': '',
      'goog-k8s-cluster-name': cluster.name,
      'goog-k8s-cluster-location': cluster.location,
      'goog-k8s-node-pool-name': pool.name,
    },
    items: Object.entries(asTexts(pool.config['metadata'])).map(([key, value]) => ({ key, value })),
  })
  member.error = undefined
  member.vm = vm
  project.add(vm)
  project.operations.begin({ kind: 'insert', zone, target: vm.name, targetId: vm.id }, { tookMs }, () => {
    if (member.vm === vm && member.action !== 'DELETING') member.action = 'NONE'
    if (vm.status === 'PROVISIONING') project.turn(vm, 'RUNNING')
  })
}

/** Takes its VM away, and then does what comes after. */
export const endVm = ({ project, tookMs }: Gke, { zone }: Manager, member: Managed, after: () => void): void => {
  const { vm } = member
  if (vm) project.turn(vm, 'STOPPING')
  project.operations.begin({ kind: 'delete', zone, target: member.name, targetId: vm?.id ?? '0' }, { tookMs }, () => {
    if (member.vm === vm) member.vm = undefined
    if (vm) project.remove(vm)
    after()
  })
}

/** Up by VMs of new names; down by whichever the manager likes, here the oldest ones. */
export const resizeManager = (gke: Gke, manager: Manager, size: number): void => {
  const staying = [...manager.members].filter(({ action }) => action !== 'DELETING')
  for (let count = staying.length; count < size; count += 1) addMember(gke, manager, newMemberName(manager))
  for (const member of staying.slice(0, Math.max(0, staying.length - size))) dropMember(gke, manager, member)
  manager.targetSize = size
}

export const addMember = (gke: Gke, manager: Manager, name: string): void => {
  const member: Managed = { name, vm: undefined, action: 'CREATING' }
  manager.members.add(member)
  makeVm(gke, manager, member)
}

export const dropMember = (gke: Gke, manager: Manager, member: Managed): void => {
  member.action = 'DELETING'
  endVm(gke, manager, member, () => void manager.members.delete(member))
}

const typeOf = ({ config }: Pool): string => asText(config['machineType']) || 'e2-medium'
const isSpot = ({ config }: Pool): boolean => config['spot'] === true
