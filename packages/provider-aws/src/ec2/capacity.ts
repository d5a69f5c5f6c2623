import { DescribeInstanceTypesCommand, type InstanceTypeInfo, type _InstanceType as InstanceType } from '@aws-sdk/client-ec2'
import { type Call, ProviderError } from '@kube-node/core/provider'
import { type Clients, asked } from '../aws/index.ts'
import { typesOf } from './config.ts'
import type { Ec2Config } from './config.types.ts'
import { rootSizeOf } from './images.ts'

export type Capacity = Readonly<Record<string, string>>

/** What a machine of the class has, before anything is reserved of it; of several types, what each of them has at least. */
export const capacityFor = async (clients: Clients, imageId: string, config: Ec2Config, call: Call): Promise<Capacity> => {
  // The SDK's list of types is as old as the SDK.
  const command = new DescribeInstanceTypesCommand({ InstanceTypes: typesOf(config) as InstanceType[] })
  const { InstanceTypes = [] } = await asked('DescribeInstanceTypes', call, options => clients.ec2.send(command, options))
  const storageGiB = config.rootVolume?.sizeGiB ?? (await rootSizeOf(clients, imageId, call))
  return capacityOf(InstanceTypes, storageGiB)
}

/** Pure. @throws ProviderError `Internal` for types that AWS describes by halves. */
export const capacityOf = (types: readonly InstanceTypeInfo[], storageGiB: number | undefined): Capacity => {
  const least = (what: string, of: (type: InstanceTypeInfo) => number | undefined): number => {
    const amounts = types.map(of)
    const known = amounts.filter(amount => amount !== undefined)
    if (known.length === 0 || known.length < amounts.length) throw new ProviderError('Internal', `AWS describes a type without its ${what}`)
    return Math.min(...known)
  }
  return {
    cpu: String(least('vCPUs', ({ VCpuInfo }) => VCpuInfo?.DefaultVCpus)),
    memory: `${least('memory', ({ MemoryInfo }) => MemoryInfo?.SizeInMiB)}Mi`,
    pods: String(least('network', podsOf)),
    ...(storageGiB !== undefined && { 'ephemeral-storage': `${storageGiB}Gi` }),
  }
}

/**
 * As the VPC CNI counts where each pod has an address of its own: the first address of an interface is the machine's, and two pods (the CNI
 * and kube-proxy) use the host's network.
 */
const podsOf = ({ NetworkInfo }: InstanceTypeInfo): number | undefined => {
  const { MaximumNetworkInterfaces: interfaces, Ipv4AddressesPerInterface: addresses } = NetworkInfo ?? {}
  return interfaces === undefined || addresses === undefined ? undefined : interfaces * (addresses - 1) + 2
}
