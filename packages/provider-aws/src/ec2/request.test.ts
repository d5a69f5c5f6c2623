import { describe, expect, test } from 'vitest'
import { parsed, requestOf } from './request.fixture.ts'
import { maxUserData, runInstances } from './request.ts'

const place = { instanceType: 'm7i.large', capacityType: 'on-demand', zone: 'eu-west-1a', subnet: 'subnet-1' } as const
const resolved = { imageId: 'ami-0a1', rootDevice: '/dev/xvda', securityGroups: ['sg-1', 'sg-2'] }
const built = (more: Readonly<Record<string, unknown>> = {}, at: Partial<Parameters<typeof runInstances>[1]> = {}) =>
  runInstances(requestOf(more), { ...place, ...at }, resolved)

test('the least that a class can say', () => {
  const { TagSpecifications, ...rest } = built()
  expect(rest).toEqual({
    ClientToken: 'claim-1',
    MinCount: 1,
    MaxCount: 1,
    ImageId: 'ami-0a1',
    InstanceType: 'm7i.large',
    SubnetId: 'subnet-1',
    SecurityGroupIds: ['sg-1', 'sg-2'],
    MetadataOptions: { HttpEndpoint: 'enabled', HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
  })
  expect(TagSpecifications?.map(({ ResourceType }) => ResourceType)).toEqual(['instance', 'volume', 'network-interface'])
  expect(TagSpecifications?.[0]?.Tags).toEqual([
    { Key: 'Name', Value: 'node' },
    { Key: 'kube-node.dev/cluster', Value: 'cluster' },
    { Key: 'kube-node.dev/controller', Value: 'kube-node.dev/controller' },
    { Key: 'kube-node.dev/claim', Value: 'claim' },
    { Key: 'kube-node.dev/node-name', Value: 'node' },
    { Key: 'kube-node.dev/attempt', Value: '1' },
  ])
})

describe('what a class says, as RunInstances wants it', () => {
  test.each([
    ['a profile by name', { iamInstanceProfile: 'nodes' }, { IamInstanceProfile: { Name: 'nodes' } }],
    [
      'a profile by ARN',
      { iamInstanceProfile: 'arn:aws:iam::1:instance-profile/nodes' },
      { IamInstanceProfile: { Arn: 'arn:aws:iam::1:instance-profile/nodes' } },
    ],
    ['a key pair', { keyName: 'ops' }, { KeyName: 'ops' }],
    [
      'old metadata',
      { metadata: { httpTokens: 'optional', hopLimit: 2 } },
      { MetadataOptions: { HttpEndpoint: 'enabled', HttpTokens: 'optional', HttpPutResponseHopLimit: 2 } },
    ],
    [
      'a root volume, encrypted unless it says otherwise',
      { rootVolume: { sizeGiB: 50 } },
      {
        BlockDeviceMappings: [
          { DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination: true, VolumeType: 'gp3', Encrypted: true, VolumeSize: 50 } },
        ],
      },
    ],
    [
      'a data volume with everything',
      {
        volumes: [
          {
            device: '/dev/sdf',
            sizeGiB: 100,
            type: 'io2',
            iops: 5_000,
            kmsKeyId: 'alias/nodes',
            snapshotId: 'snap-1',
            throughputMiBps: 250,
          },
        ],
      },
      {
        BlockDeviceMappings: [
          {
            DeviceName: '/dev/sdf',
            Ebs: {
              DeleteOnTermination: true,
              VolumeType: 'io2',
              Encrypted: true,
              VolumeSize: 100,
              Iops: 5_000,
              Throughput: 250,
              KmsKeyId: 'alias/nodes',
              SnapshotId: 'snap-1',
            },
          },
        ],
      },
    ],
    [
      'nothing of encryption where none is wanted',
      { rootVolume: { encrypted: false } },
      { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination: true, VolumeType: 'gp3' } }] },
    ],
    [
      'placement',
      { placement: { tenancy: 'host', hostId: 'h-1', group: 'close', partition: 2 } },
      { Placement: { Tenancy: 'host', HostId: 'h-1', GroupName: 'close', PartitionNumber: 2 } },
    ],
    [
      'a reservation',
      { capacityReservation: { id: 'cr-1' } },
      { CapacityReservationSpecification: { CapacityReservationTarget: { CapacityReservationId: 'cr-1' } } },
    ],
    [
      'no reservation',
      { capacityReservation: { preference: 'none' } },
      { CapacityReservationSpecification: { CapacityReservationPreference: 'none' } },
    ],
    [
      'a public address: then subnet and groups are the interface’s',
      { publicIp: true },
      {
        SubnetId: undefined,
        SecurityGroupIds: undefined,
        NetworkInterfaces: [
          { DeviceIndex: 0, AssociatePublicIpAddress: true, DeleteOnTermination: true, SubnetId: 'subnet-1', Groups: ['sg-1', 'sg-2'] },
        ],
      },
    ],
  ])('%s', (_, more, expected) => expect({ SubnetId: undefined, SecurityGroupIds: undefined, ...built(more) }).toMatchObject(expected))
})

test('spot: once, gone when interrupted, and its request tagged too', () => {
  const { InstanceMarketOptions, TagSpecifications } = built({ capacityTypes: ['spot'], spotMaxPrice: '0.05' }, { capacityType: 'spot' })
  expect(InstanceMarketOptions).toEqual({
    MarketType: 'spot',
    SpotOptions: { SpotInstanceType: 'one-time', InstanceInterruptionBehavior: 'terminate', MaxPrice: '0.05' },
  })
  expect(TagSpecifications?.map(({ ResourceType }) => ResourceType)).toContain('spot-instances-request')
})

test('on-demand, where spot is only the first choice', () =>
  expect(built({ capacityTypes: ['spot', 'on-demand'] })).not.toHaveProperty('InstanceMarketOptions'))

test('a zone is said where no subnet says it', () => {
  const { SubnetId, Placement } = runInstances(
    requestOf(),
    { instanceType: 'm7i.large', capacityType: 'on-demand', zone: 'eu-west-1b' },
    resolved,
  )
  expect({ SubnetId, Placement }).toEqual({ SubnetId: undefined, Placement: { AvailabilityZone: 'eu-west-1b' } })
})

test("nobody's tags take the place of ours, and a class may say what the console shows", () => {
  expect(() => parsed({ tags: { 'kube-node.dev/claim': 'x' } })).toThrow('tags')
  expect(built({ tags: { Name: 'web' } }).TagSpecifications?.[0]?.Tags).toContainEqual({ Key: 'Name', Value: 'web' })
})

test('user data is bytes, as base64, and at most 16 KiB before that', () => {
  const request = (length: number) => requestOf({}, { bootstrap: { kind: 'user-data', bytes: new Uint8Array(length).fill(0xff) } })
  const { UserData = '' } = runInstances(request(maxUserData), place, resolved)
  expect(Buffer.from(UserData, 'base64')).toHaveLength(maxUserData)
  expect(() => runInstances(request(maxUserData + 1), place, resolved)).toThrow('16384 bytes of user data, these are 16385')
})

test('the same request is the same to the last byte', () => expect(JSON.stringify(built())).toBe(JSON.stringify(built())))
