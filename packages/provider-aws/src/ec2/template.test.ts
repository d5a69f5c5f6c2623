import type { Instance } from '@aws-sdk/client-ec2'
import { describe, expect, test } from 'vitest'
import { driftOf } from './drift.ts'
import { ec2PlaceOf } from './places.ts'
import { runInstances } from './request.ts'
import { parsed, requestOf } from './request.fixture.ts'
import { type Template, completed, meantFor, volumesOf } from './template.ts'

const open = { instanceType: undefined, ami: undefined, launchTemplate: { name: 'nodes' } }
const template = (data: Template['data'] = {}): Template => ({
  id: 'lt-0a1',
  version: '7',
  data: { ImageId: 'ami-0b2', InstanceType: 'm6i.large', ...data },
})

describe('a class that names a launch template', () => {
  test('has the image and the type of the template where it names none, and the version as a number', () =>
    expect(completed(parsed(open), template())).toMatchObject({
      ami: { id: 'ami-0b2' },
      instanceType: 'm6i.large',
      launchTemplate: { id: 'lt-0a1', version: '7' },
    }))

  test('goes before it', () => {
    const config = completed(parsed({ ...open, instanceTypes: ['m7i.large'], ami: { id: 'ami-0a1' } }), template())
    expect(config).toMatchObject({ ami: { id: 'ami-0a1' }, instanceTypes: ['m7i.large'] })
    expect(config.instanceType).toBeUndefined()
  })

  test.each<[string, Record<string, unknown>, Template['data'], string]>([
    ['no image anywhere', {}, { ImageId: undefined }, 'lt-0a1 version 7 names no image: say ami'],
    ['no type anywhere', {}, { InstanceType: undefined }, 'names no instance type'],
    [
      'spot in the template alone',
      {},
      { InstanceMarketOptions: { MarketType: 'spot' } },
      'asks for spot instances, and the class for on-demand',
    ],
    [
      'subnets beside interfaces',
      { subnets: { ids: ['subnet-1'] } },
      { NetworkInterfaces: [{ DeviceIndex: 0 }] },
      'has network interfaces',
    ],
    ['a public address beside groups', { publicIp: true }, { SecurityGroupIds: ['sg-1'] }, 'has security groups'],
    ['an interface that exists', {}, { NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1' }] }, 'only one machine can have it'],
    ['an interface that stays', {}, { NetworkInterfaces: [{ DeleteOnTermination: false }] }, 'keeps a network interface'],
  ])('is refused with %s', (_, more, data, problem) =>
    expect(() => completed(parsed({ ...open, ...more }), template(data))).toThrow(problem),
  )

  test('with spot alone may have a template of spot machines', () =>
    expect(
      completed(parsed({ ...open, capacityTypes: ['spot'] }), template({ InstanceMarketOptions: { MarketType: 'spot' } })).ami,
    ).toBeDefined())

  test.each([
    ['both a name and an id', { id: 'lt-0a1', name: 'nodes' }],
    ['a version that is none', { id: 'lt-0a1', version: 'newest' }],
  ])('is no class with %s', (_, launchTemplate) => expect(() => parsed({ ...open, launchTemplate })).toThrow('launchTemplate'))

  test('or an image and a type, one of both', () => {
    expect(() => parsed({ ami: undefined })).toThrow('ami: name an image, or a launch template')
    expect(() => parsed({ instanceType: undefined })).toThrow('instanceType: name either')
  })
})

test('a request names template and version, and still all that is ours', () => {
  const from = template({
    BlockDeviceMappings: [
      { DeviceName: '/dev/sdb', Ebs: { DeleteOnTermination: false } },
      { DeviceName: '/dev/sdc', Ebs: {} },
    ],
  })
  const config = completed(parsed({ ...open, volumes: [{ device: '/dev/sdc', sizeGiB: 9 }] }), from)
  const request = {
    ...requestOf(),
    config,
    bootstrap: { kind: 'user-data', bytes: Buffer.from('ours'), mimeType: 'text/x-shellscript' } as const,
  }
  const input = runInstances(request, ec2PlaceOf(request, undefined)!, { imageId: 'ami-0b2', templateVolumes: volumesOf(from) })
  expect(input).toMatchObject({
    ClientToken: request.token,
    LaunchTemplate: { LaunchTemplateId: 'lt-0a1', Version: '7' },
    ImageId: 'ami-0b2',
    InstanceType: 'm6i.large',
    MetadataOptions: { HttpTokens: 'required' },
    UserData: Buffer.from('ours').toString('base64'),
  })
  expect(input.TagSpecifications?.map(({ ResourceType }) => ResourceType)).toEqual(['instance', 'volume', 'network-interface'])
  // Volumes of the template go with their machine, and are its own otherwise.
  expect(input.BlockDeviceMappings?.[0]).toEqual({ DeviceName: '/dev/sdb', Ebs: { DeleteOnTermination: true } })
  expect(input.BlockDeviceMappings?.map(({ DeviceName }) => DeviceName)).toEqual(['/dev/sdb', '/dev/sdc'])
})

describe('a machine differs from its class', () => {
  const instance: Instance = { InstanceType: 't3.small', ImageId: 'ami-0b2', SecurityGroups: [{ GroupId: 'sg-2' }] }
  const from = template({ SecurityGroupIds: ['sg-1'], IamInstanceProfile: { Name: 'nodes' } })
  const drift = (launchTemplate: object) => {
    const meant = meantFor(parsed({ ...open, launchTemplate }), from)
    return driftOf(instance, meant, meant.securityGroups?.ids ? { securityGroups: meant.securityGroups.ids } : {})
  }

  test('where the version of its template that is named by a number says so', () =>
    expect(drift({ id: 'lt-0a1', version: '7' })?.split('; ')).toEqual([
      'its type is t3.small, and the class says m6i.large',
      'its security groups are sg-2, and the class says sg-1',
      'its instance profile is none, and the class says nodes',
    ]))

  test('and not where the version floats', () => expect(drift({ id: 'lt-0a1', version: '$Latest' })).toBeUndefined())
})
