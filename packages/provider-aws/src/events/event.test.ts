import type { Interruption } from '@kube-node/core/provider'
import { describe, expect, test } from 'vitest'
import { interruptionsIn } from './event.ts'

const id = 'i-1234567890abcdef0'
/** As EventBridge sends it. */
const event = (source: string, type: string, detail: object, more: object = {}): string =>
  JSON.stringify({
    version: '0',
    id: '12345678-1234-1234-1234-123456789012',
    'detail-type': type,
    source,
    account: '123456789012',
    time: '2026-11-26T11:00:00Z',
    region: 'eu-west-1',
    resources: [`arn:aws:ec2:eu-west-1a:instance/${id}`],
    detail,
    ...more,
  })
const spot = (action: string, more?: object): string =>
  event('aws.ec2', 'EC2 Spot Instance Interruption Warning', { 'instance-id': id, 'instance-action': action }, more)
const state = (now: string): string => event('aws.ec2', 'EC2 Instance State-change Notification', { 'instance-id': id, state: now })
const scheduled = (code: string, more: object = {}): string =>
  event('aws.health', 'AWS Health Event', {
    eventArn: `arn:aws:health:eu-west-1::event/EC2/${code}/${code}_1`,
    service: 'EC2',
    eventTypeCode: code,
    eventTypeCategory: 'scheduledChange',
    eventScopeCode: 'ACCOUNT_SPECIFIC',
    startTime: 'Thu, 03 Dec 2026 12:00:00 GMT',
    statusCode: 'upcoming',
    eventDescription: [{ language: 'en_US', latestDescription: 'words' }],
    affectedEntities: [{ entityValue: id, status: 'PENDING' }],
    ...more,
  })

const terminates = { id, reason: 'EC2 interrupts this spot instance (terminate)', at: '2026-11-26T11:02:00.000Z' }
const retires = { id, reason: 'AWS Health: AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED', at: '2026-12-03T12:00:00.000Z' }

describe('what an event says of an instance', () => {
  test.each<[string, string, readonly Interruption[]]>([
    ['a spot instance goes two minutes after the warning', spot('terminate'), [terminates]],
    [
      'one that hibernates does so at once',
      spot('hibernate'),
      [{ id, reason: 'EC2 interrupts this spot instance (hibernate)', at: '2026-11-26T11:00:00.000Z' }],
    ],
    ['without a time it is not known when', spot('terminate', { time: undefined }), [{ ...terminates, at: '' }]],
    [
      'one in a reservation that its owner takes back says when',
      event('aws.ec2', 'EC2 Interruptible Capacity Reservation Instance Interruption Warning', {
        'instance-id': id,
        'instance-action': 'terminate',
        'instance-termination-time': '2026-11-26T11:02:00Z',
        azId: 'euw1-az1',
      }),
      [{ id, reason: 'the owner of its interruptible capacity reservation takes the capacity back', at: '2026-11-26T11:02:00Z' }],
    ],
    [
      'a rebalance recommendation is an advice',
      event('aws.ec2', 'EC2 Instance Rebalance Recommendation', { 'instance-id': id }),
      [{ id, reason: 'EC2 recommends to replace this spot instance (rebalance recommendation)' }],
    ],
    ['a retirement has a time', scheduled('AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED'), [retires]],
    [
      'a reboot is an advice: the machine comes back',
      scheduled('AWS_EC2_INSTANCE_REBOOT_MAINTENANCE_SCHEDULED'),
      [{ id, reason: 'AWS Health: AWS_EC2_INSTANCE_REBOOT_MAINTENANCE_SCHEDULED, from 2026-12-03T12:00:00.000Z' }],
    ],
    [
      'all that are named are meant',
      scheduled('AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED', {
        affectedEntities: [
          { entityValue: id },
          { entityValue: 'arn:aws:ec2:eu-west-1:123456789012:instance/i-0abc' },
          { entityValue: 'vol-1' },
        ],
      }),
      [retires, { ...retires, id: 'i-0abc' }],
    ],
    ...['stopping', 'stopped', 'shutting-down', 'terminated'].map((now): [string, string, readonly Interruption[]] => [
      `${now} is looked at`,
      state(now),
      [{ id, reason: `EC2 says that its state is ${now}`, kind: 'change' }],
    ]),
  ])('%s', (_, body, said) => expect(interruptionsIn(body)).toEqual(said))
})

describe('says nothing', () => {
  test.each([
    ['a state in which it serves', state('running')],
    ['what is over', scheduled('AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED', { statusCode: 'closed' })],
    ['an issue, which is no change', scheduled('AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED', { eventTypeCategory: 'issue' })],
    ['another service', scheduled('AWS_RDS_MAINTENANCE_SCHEDULED', { service: 'RDS' })],
    ['another kind', event('aws.ec2', 'EBS Volume Notification', { event: 'createVolume' })],
    ['another source', event('my.app', 'EC2 Instance Rebalance Recommendation', { 'instance-id': id })],
    ['an id that is none', event('aws.ec2', 'EC2 Instance Rebalance Recommendation', { 'instance-id': 'x' })],
    ['no detail', JSON.stringify({ source: 'aws.ec2', 'detail-type': 'EC2 Instance Rebalance Recommendation' })],
    ['no JSON', '<html>'],
    ['no object', '7'],
    ['null', 'null'],
    ['nothing', ''],
  ])('%s', (_, body) => expect(interruptionsIn(body)).toEqual([]))
})
