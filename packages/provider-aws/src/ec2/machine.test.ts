import type { Instance, InstanceStateName } from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import { instanceIdOf, machineOf } from './machine.ts'
import { asList, tagsOf } from './tags.ts'

const owner = { cluster: 'cluster', controller: 'kube-node.dev/controller', claim: 'claim', nodeName: 'node', attempt: 3 }
const reading = { region: 'eu-west-1', namedByCloud: false }
const instance: Instance = {
  InstanceId: 'i-0abc',
  State: { Name: 'running' },
  Placement: { AvailabilityZone: 'eu-west-1a' },
  LaunchTime: new Date('2026-11-26T03:00:00Z'),
  InstanceType: 'm7i.large',
  PrivateIpAddress: '10.0.0.1',
  PrivateDnsName: 'ip-10-0-0-1.eu-west-1.compute.internal',
  PublicIpAddress: '198.51.100.1',
  PublicDnsName: '',
  Tags: asList(tagsOf(owner, { team: 'web' })),
}

test('an instance is a machine', () =>
  expect(machineOf(instance, reading)).toEqual({
    id: 'i-0abc',
    providerID: 'aws:///eu-west-1a/i-0abc',
    owner,
    state: 'running',
    createdAt: '2026-11-26T03:00:00.000Z',
    addresses: [
      { type: 'InternalIP', address: '10.0.0.1' },
      { type: 'ExternalIP', address: '198.51.100.1' },
      { type: 'InternalDNS', address: 'ip-10-0-0-1.eu-west-1.compute.internal' },
    ],
    region: 'eu-west-1',
    zone: 'eu-west-1a',
    instanceType: 'm7i.large',
    capacityType: 'on-demand',
  }))

test.each<[InstanceStateName, string]>([
  ['pending', 'starting'],
  ['running', 'running'],
  ['shutting-down', 'stopping'],
  ['terminated', 'gone'],
  ['stopping', 'stopped'],
  ['stopped', 'stopped'],
])('%s is %s', (Name, state) => expect(machineOf({ ...instance, State: { Name } }, reading).state).toBe(state))

test.each(Object.keys(tagsOf(owner)).filter(key => key !== 'Name'))('without the tag %s it is nobody’s', key =>
  expect(machineOf({ ...instance, Tags: instance.Tags?.filter(({ Key }) => Key !== key) }, reading).owner).toBeUndefined(),
)

test.each(['0', '-1', '1.5', 'x', '1e3'])('with the attempt %s it is nobody’s', attempt => {
  const tags = { ...tagsOf(owner), 'kube-node.dev/attempt': attempt }
  expect(machineOf({ ...instance, Tags: asList(tags) }, reading).owner).toBeUndefined()
})

test('where the cloud names Nodes, it is called by its private DNS name', () =>
  expect(machineOf(instance, { ...reading, namedByCloud: true }).nodeName).toBe('ip-10-0-0-1.eu-west-1.compute.internal'))

test('a spot instance says so', () => expect(machineOf({ ...instance, InstanceLifecycle: 'spot' }, reading).capacityType).toBe('spot'))

test.each(['InstanceId', 'State', 'Placement', 'LaunchTime'] as const)('an instance without %s is no answer', key => {
  const { [key]: _, ...rest } = instance
  expect(() => machineOf(rest, reading)).toThrow('without id, zone, state or launch time')
})

test.each([
  ['aws:///eu-west-1a/i-0abc', 'i-0abc'],
  ['aws://eu-west-1a/i-0abc', undefined],
  ['gce://project/zone/name', undefined],
  ['aws:///eu-west-1a/fargate-ip-10-0-0-1', undefined],
])('%s names %s', (providerID, id) => expect(instanceIdOf(providerID)).toBe(id))
