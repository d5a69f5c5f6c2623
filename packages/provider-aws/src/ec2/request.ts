import type {
  BlockDeviceMapping,
  CapacityReservationSpecification,
  Placement,
  RunInstancesCommandInput,
  TagSpecification,
  _InstanceType as InstanceType,
} from '@aws-sdk/client-ec2'
import { type CreateRequest, ProviderError } from '@kube-node/core/provider'
import { specificationOf } from '../aws/index.ts'
import type { Ec2Config } from './config.types.ts'
import type { Ec2Place } from './places.ts'
import { asList, tagsOf } from './tags.ts'
import type { DataVolume, Volume } from './config.types.ts'

/** Bytes, before they are encoded as base64. */
export const maxUserData = 16_384

/** What the class names, as ids. */
export interface Resolved {
  readonly imageId: string
  /** Devices of the launch template's volumes. */
  readonly templateVolumes?: readonly string[]
  /** Device of the root volume; asked for only where the class says something of it. */
  readonly rootDevice?: string
  readonly securityGroups?: readonly string[]
}

/**
 * Pure: the one RunInstances of an attempt, a function of request, place and what was resolved.
 * @throws ProviderError `InvalidConfig` for user data that is too long.
 */
export const runInstances = (request: CreateRequest<Ec2Config>, place: Ec2Place, resolved: Resolved): RunInstancesCommandInput => {
  const { token, owner, config, bootstrap } = request
  const { iamInstanceProfile: profile, keyName, metadata } = config
  const mappings = blockDevices(config, resolved)
  return {
    // EC2 takes 64 characters.
    ClientToken: token,
    ...(config.launchTemplate && { LaunchTemplate: specificationOf(config.launchTemplate) }),
    MinCount: 1,
    MaxCount: 1,
    ImageId: resolved.imageId,
    // The SDK's list of types is as old as the SDK.
    InstanceType: place.instanceType as InstanceType,
    ...network(config, place, resolved),
    ...placementOf(config, place),
    ...(profile !== undefined && { IamInstanceProfile: profile.startsWith('arn:') ? { Arn: profile } : { Name: profile } }),
    ...(keyName !== undefined && { KeyName: keyName }),
    ...(mappings.length > 0 && { BlockDeviceMappings: mappings }),
    ...(place.capacityType === 'spot' && spot(config)),
    ...reservation(config),
    MetadataOptions: { HttpEndpoint: 'enabled', HttpTokens: metadata.httpTokens, HttpPutResponseHopLimit: metadata.hopLimit },
    ...(bootstrap.kind === 'user-data' && { UserData: encoded(bootstrap.bytes) }),
    TagSpecifications: tagSpecifications(request, place.capacityType === 'spot' ? [...tagged, 'spot-instances-request'] : tagged),
  }

  function tagSpecifications({ config: { tags } }: CreateRequest<Ec2Config>, types: readonly Tagged[]): TagSpecification[] {
    const list = asList(tagsOf(owner, tags))
    return types.map(ResourceType => ({ ResourceType, Tags: list }))
  }
}

type Tagged = 'instance' | 'volume' | 'network-interface' | 'spot-instances-request'
const tagged: readonly Tagged[] = ['instance', 'volume', 'network-interface']

const encoded = (bytes: Uint8Array): string => {
  if (bytes.length > maxUserData) {
    throw new ProviderError('InvalidConfig', `EC2 takes ${maxUserData} bytes of user data, these are ${bytes.length}`, { outcome: 'none' })
  }
  return Buffer.from(bytes).toString('base64')
}

/** With a word about public addresses, subnet and groups are said of the interface: EC2 takes them in one of both places. */
const network = ({ publicIp }: Ec2Config, { subnet }: Ec2Place, { securityGroups }: Resolved): Partial<RunInstancesCommandInput> => {
  if (publicIp === undefined) {
    return { ...(subnet !== undefined && { SubnetId: subnet }), ...(securityGroups && { SecurityGroupIds: [...securityGroups] }) }
  }
  return {
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        AssociatePublicIpAddress: publicIp,
        DeleteOnTermination: true,
        ...(subnet !== undefined && { SubnetId: subnet }),
        ...(securityGroups && { Groups: [...securityGroups] }),
      },
    ],
  }
}

const placementOf = ({ placement }: Ec2Config, { zone, subnet }: Ec2Place): { readonly Placement?: Placement } => {
  const { tenancy, group, partition, hostId } = placement ?? {}
  const Placement: Placement = {
    // A subnet says it already.
    ...(subnet === undefined && zone !== undefined && { AvailabilityZone: zone }),
    ...(tenancy !== undefined && { Tenancy: tenancy }),
    ...(group !== undefined && { GroupName: group }),
    ...(partition !== undefined && { PartitionNumber: partition }),
    ...(hostId !== undefined && { HostId: hostId }),
  }
  return Object.keys(Placement).length > 0 ? { Placement } : {}
}

/** Interrupted means gone: a stopped machine would be taken for one that is kept. */
const spot = ({ spotMaxPrice }: Ec2Config): Pick<RunInstancesCommandInput, 'InstanceMarketOptions'> => ({
  InstanceMarketOptions: {
    MarketType: 'spot',
    SpotOptions: {
      SpotInstanceType: 'one-time',
      InstanceInterruptionBehavior: 'terminate',
      ...(spotMaxPrice !== undefined && { MaxPrice: spotMaxPrice }),
    },
  },
})

const reservation = ({
  capacityReservation,
}: Ec2Config): { readonly CapacityReservationSpecification?: CapacityReservationSpecification } => {
  if (!capacityReservation) return {}
  const { preference, id, groupArn } = capacityReservation
  if (preference !== undefined) return { CapacityReservationSpecification: { CapacityReservationPreference: preference } }
  return {
    CapacityReservationSpecification: {
      CapacityReservationTarget: {
        ...(id !== undefined && { CapacityReservationId: id }),
        ...(groupArn !== undefined && { CapacityReservationResourceGroupArn: groupArn }),
      },
    },
  }
}

/** EC2 puts a mapping and the template's one of the same device together: what is not said here stays as it is there. */
const blockDevices = ({ rootVolume, volumes }: Ec2Config, { rootDevice, templateVolumes = [] }: Resolved): BlockDeviceMapping[] => {
  const said = [
    ...(rootVolume && rootDevice !== undefined ? [blockDevice(rootDevice, rootVolume)] : []),
    ...volumes.map(volume => blockDevice(volume.device, volume)),
  ]
  const unsaid = templateVolumes.filter(device => !said.some(({ DeviceName }) => DeviceName === device))
  return [...unsaid.map(DeviceName => ({ DeviceName, Ebs: { DeleteOnTermination: true } })), ...said]
}

const blockDevice = (
  device: string,
  { sizeGiB, type = 'gp3', iops, throughputMiBps, encrypted, kmsKeyId, snapshotId }: Volume & Pick<DataVolume, 'snapshotId'>,
): BlockDeviceMapping => ({
  DeviceName: device,
  Ebs: {
    DeleteOnTermination: true,
    VolumeType: type,
    // EC2 refuses to make an encrypted snapshot's volume unencrypted, and wants nothing said then.
    ...(encrypted && { Encrypted: true }),
    ...(sizeGiB !== undefined && { VolumeSize: sizeGiB }),
    ...(iops !== undefined && { Iops: iops }),
    ...(throughputMiBps !== undefined && { Throughput: throughputMiBps }),
    ...(kmsKeyId !== undefined && { KmsKeyId: kmsKeyId }),
    ...(snapshotId !== undefined && { SnapshotId: snapshotId }),
  },
})
