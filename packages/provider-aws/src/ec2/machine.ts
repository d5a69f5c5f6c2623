import type { Instance, InstanceStateName } from '@aws-sdk/client-ec2'
import { type Machine, type MachineAddress, ProviderError } from '@kube-node/core/provider'
import { asRecord, ownerOf } from './tags.ts'

/** `shutting-down` leads to `terminated`; `stopping` leads to an instance that is kept, and costs its volumes. */
const states: Readonly<Record<InstanceStateName, Machine['state']>> = {
  pending: 'starting',
  running: 'running',
  'shutting-down': 'stopping',
  terminated: 'gone',
  stopping: 'stopped',
  stopped: 'stopped',
}

export interface Reading {
  readonly region: string
  /** The kubelet registers under the private DNS name (EKS). */
  readonly namedByCloud: boolean
}

/** Pure. @throws ProviderError `Internal` for an answer that is none. */
export const machineOf = (instance: Instance, { region, namedByCloud }: Reading): Machine => {
  const { InstanceId: id, State, Placement, LaunchTime, PrivateDnsName, InstanceType, InstanceLifecycle } = instance
  const zone = Placement?.AvailabilityZone
  const state = State?.Name
  if (!id || !zone || !state || !LaunchTime)
    throw new ProviderError('Internal', 'AWS described an instance without id, zone, state or launch time')
  const owner = ownerOf(asRecord(instance.Tags))
  return {
    id,
    // Exactly what the cloud-controller-manager of AWS writes.
    providerID: `aws:///${zone}/${id}`,
    ...(owner && { owner }),
    state: states[state],
    createdAt: LaunchTime.toISOString(),
    ...(namedByCloud && PrivateDnsName && { nodeName: PrivateDnsName }),
    addresses: addressesOf(instance),
    region,
    zone,
    ...(InstanceType && { instanceType: InstanceType }),
    capacityType: InstanceLifecycle === 'spot' ? 'spot' : 'on-demand',
  }
}

const addressesOf = ({
  PrivateIpAddress,
  PublicIpAddress,
  PrivateDnsName,
  PublicDnsName,
  Ipv6Address,
}: Instance): readonly MachineAddress[] => {
  const all: readonly (readonly [MachineAddress['type'], string | undefined])[] = [
    ['InternalIP', PrivateIpAddress],
    ['InternalIP', Ipv6Address],
    ['ExternalIP', PublicIpAddress],
    ['InternalDNS', PrivateDnsName],
    ['ExternalDNS', PublicDnsName],
  ]
  return all.flatMap(([type, address]) => (address ? [{ type, address }] : []))
}

/** The instance that a providerID names: `aws:///eu-west-1a/i-0abc`. */
export const instanceIdOf = (providerID: string): string | undefined => /^aws:\/\/\/[^/]+\/(i-[0-9a-f]+)$/.exec(providerID)?.[1]
