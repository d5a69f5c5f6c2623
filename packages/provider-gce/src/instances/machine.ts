import { type Machine, type MachineAddress, ProviderError } from '@kube-node/core/provider'
import { ownerOf } from './labels.ts'
import { type Instance, nameIn } from './resources.ts'

/**
 * https://cloud.google.com/compute/docs/instances/instance-lifecycle. STOPPING is said of instances that are deleted, too; those that are
 * stopped or suspended are kept, and cost their disks.
 */
const states: Readonly<Record<string, Machine['state']>> = {
  PENDING: 'starting',
  PROVISIONING: 'starting',
  STAGING: 'starting',
  RUNNING: 'running',
  // It is to be there again on another host, with its disks; whether its kubelet is, the Node says.
  REPAIRING: 'running',
  PENDING_STOP: 'running',
  STOPPING: 'stopping',
  DEPROVISIONING: 'stopping',
  TERMINATED: 'stopped',
  STOPPED: 'stopped',
  SUSPENDING: 'stopped',
  SUSPENDED: 'stopped',
}

export interface Reading {
  readonly project: string
  /** The kubelet registers under the instance's name. */
  readonly namedByCloud: boolean
}

/** Pure. @throws ProviderError `Internal` for an answer that is none. */
export const machineOf = (instance: Instance, { project, namedByCloud }: Reading): Machine => {
  const { id, name, status, zone: zoneUrl, machineType, creationTimestamp, scheduling } = instance
  const state = states[status ?? '']
  const created = Date.parse(creationTimestamp ?? '')
  if (!id || !name || !zoneUrl || Number.isNaN(created)) {
    throw new ProviderError('Internal', 'Google described an instance without id, name, zone or time of creation')
  }
  if (state === undefined) throw new ProviderError('Internal', `Google says that instance ${name} is ${status}, which nobody has heard of`)
  const zone = nameIn(zoneUrl)
  const owner = ownerOf(instance)
  return {
    // Names come back; ids do not.
    id,
    providerID: providerIDOf({ project, zone, name }),
    ...(owner && { owner }),
    state,
    createdAt: new Date(created).toISOString(),
    ...(namedByCloud && { nodeName: name }),
    addresses: addressesOf(instance),
    region: regionOf(zone),
    zone,
    ...(machineType && { instanceType: nameIn(machineType) }),
    capacityType: scheduling?.provisioningModel === 'SPOT' || scheduling?.preemptible === true ? 'spot' : 'on-demand',
  }
}

const addressesOf = ({ networkInterfaces = [] }: Instance): readonly MachineAddress[] =>
  networkInterfaces.flatMap(({ networkIP, ipv6Address, accessConfigs = [] }) => [
    ...[networkIP, ipv6Address].flatMap(address => (address ? [{ type: 'InternalIP' as const, address }] : [])),
    ...accessConfigs.flatMap(({ natIP }) => (natIP ? [{ type: 'ExternalIP' as const, address: natIP }] : [])),
  ])

/** Where an instance is to be found. */
export interface Whereabouts {
  readonly project: string
  readonly zone: string
  readonly name: string
}

/** `europe-west1` of `europe-west1-b`. */
export const regionOf = (zone: string): string => zone.replace(/-[a-z]$/, '')

/** Exactly what the cloud-controller-manager of Google writes. */
export const providerIDOf = ({ project, zone, name }: Whereabouts): string => `gce://${project}/${zone}/${name}`

/** The instance that a providerID names: `gce://my-project/europe-west1-b/node-1`. */
export const whereaboutsOf = (providerID: string): Whereabouts | undefined => {
  const { project, zone, name } =
    /^gce:\/\/(?<project>[a-z0-9.:-]+)\/(?<zone>[a-z0-9-]+)\/(?<name>[a-z0-9-]+)$/.exec(providerID)?.groups ?? {}
  return project !== undefined && zone !== undefined && name !== undefined ? { project, zone, name } : undefined
}

export const zonePath = ({ project, zone }: Pick<Whereabouts, 'project' | 'zone'>): string => `projects/${project}/zones/${zone}`
export const instancePath = (where: Whereabouts): string => `${zonePath(where)}/instances/${where.name}`
