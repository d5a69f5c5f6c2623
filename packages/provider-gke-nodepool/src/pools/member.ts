import { type GroupMember, type Machine, ProviderError } from '@kube-node/core/provider'
import { type Instance, machineOf, nameIn, providerIDOf, regionOf } from '@kube-node/provider-gce/instances'
import type { ManagerPlace } from './managers.ts'
import type { ManagedInstance } from './resources.ts'

export interface MemberReading {
  readonly place: ManagerPlace
  /** Wall time in milliseconds. */
  readonly now: number
  /** Instances by their ids. */
  readonly seen: ReadonlyMap<string, Instance>
  /** What the pool was made of, where kube-node made it. */
  readonly revision: string | undefined
}

/**
 * Whether an instance is on its way out. One that is recreated goes, and another one with its name comes: ids tell them apart.
 * https://cloud.google.com/compute/docs/instance-groups/getting-info-about-migs#verify_running
 */
export const isLeaving = ({ currentAction = 'NONE' }: ManagedInstance): boolean => leaving.has(currentAction)

const leaving: ReadonlySet<string> = new Set(['DELETING', 'ABANDONING', 'RECREATING'])

/**
 * Pure: a member as its group manager and, where a list of instances shows it already, as Compute Engine tells of it. Undefined while there
 * is no instance. What only the instance tells is taken to be what harms least until then: that it was made this moment.
 */
export const memberOf = (managed: ManagedInstance, { place, now, seen, revision }: MemberReading): GroupMember | undefined => {
  const { id, instance: url } = managed
  if (!url) throw new ProviderError('Internal', `group manager ${place.name} described a member without its name`)
  if (!id || id === '0') return undefined
  const { project, zone } = place
  const name = nameIn(url)
  const instance = seen.get(id)
  const machine = instance ? machineOf(instance, { project, namedByCloud: true }) : unseen(id, name, place, now)
  return {
    id,
    providerID: machine.providerID,
    state: isLeaving(managed) ? 'stopping' : machine.state,
    createdAt: machine.createdAt,
    // Kubelets of GKE register under the names of their instances.
    nodeName: name,
    ...(machine.addresses && { addresses: machine.addresses }),
    region: regionOf(zone),
    zone,
    ...(machine.instanceType !== undefined && { instanceType: machine.instanceType }),
    ...(machine.capacityType !== undefined && { capacityType: machine.capacityType }),
    ...(revision !== undefined && { revision }),
  }
}

const unseen = (id: string, name: string, { project, zone }: ManagerPlace, now: number): Machine => ({
  id,
  providerID: providerIDOf({ project, zone, name }),
  state: 'starting',
  createdAt: new Date(now).toISOString(),
})
