import type { Instance as Ec2Instance, InstanceStateName } from '@aws-sdk/client-ec2'
import { describe, expect, test } from 'vitest'
import { instance } from './group.fixture.ts'
import { type MemberReading, memberOf } from './member.ts'

const now = Date.parse('2026-11-26T08:00:00Z')
const reading: MemberReading = { region: 'eu-west-1', namedByCloud: true, now, revision: 'r2' }
const shown = (state: InstanceStateName = 'running'): Ec2Instance => ({
  InstanceId: 'i-1',
  State: { Name: state },
  LaunchTime: new Date('2026-11-25T08:00:00Z'),
  Placement: { AvailabilityZone: 'eu-west-1a' },
  PrivateDnsName: 'ip-10-0-0-1.eu-west-1.compute.internal',
  PrivateIpAddress: '10.0.0.1',
  InstanceType: 'm7i.large',
  Tags: [{ Key: 'kube-node.dev/revision', Value: 'r1' }],
})

test.each([
  ['Pending', 'starting'],
  ['Pending:Wait', 'starting'],
  ['Pending:Proceed', 'starting'],
  ['InService', 'running'],
  ['ReplacingRootVolume:Wait', 'running'],
  ['EnteringStandby', 'running'],
  ['Standby', 'running'],
  ['Detaching', 'stopping'],
  ['Terminating', 'stopping'],
  ['Terminating:Wait', 'stopping'],
  ['Terminating:Proceed', 'stopping'],
  ['Terminating:Retained', 'stopping'],
  ['Terminated', undefined],
  ['Detached', undefined],
  ['Warmed:Running', undefined],
] as const)('a member that is %s is %s', (state, told) => expect(memberOf(instance('i-1', state), shown(), reading)?.state).toBe(told))

describe('what EC2 knows', () => {
  test('of a machine that serves: when it was made, by which revision, what its Node is called', () =>
    expect(memberOf(instance('i-1'), shown(), reading)).toMatchObject({
      id: 'i-1',
      providerID: 'aws:///eu-west-1a/i-1',
      createdAt: '2026-11-25T08:00:00.000Z',
      nodeName: 'ip-10-0-0-1.eu-west-1.compute.internal',
      revision: 'r1',
      zone: 'eu-west-1a',
    }))

  test.each([
    ['shutting-down', 'stopping'],
    ['terminated', undefined],
    ['stopped', 'stopped'],
  ] as const)('of one that is %s there, before the group notices: it is %s', (state, told) =>
    expect(memberOf(instance('i-1'), shown(state), reading)?.state).toBe(told),
  )

  test('of a machine whose group had told no revision yet: none', () => {
    const member = memberOf(instance('i-1'), { ...shown(), Tags: [] }, reading)
    expect(member && 'revision' in member).toBe(false)
  })
})

test('a member that EC2 does not show stays, as new as can be and of the revision of its group: nobody replaces it for being late', () =>
  expect(memberOf(instance('i-1'), undefined, reading)).toEqual({
    id: 'i-1',
    providerID: 'aws:///eu-west-1a/i-1',
    state: 'running',
    createdAt: '2026-11-26T08:00:00.000Z',
    region: 'eu-west-1',
    zone: 'eu-west-1a',
    instanceType: 'm7i.large',
    revision: 'r2',
  }))
