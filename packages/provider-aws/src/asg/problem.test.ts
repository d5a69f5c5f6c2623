import type { Activity } from '@aws-sdk/client-auto-scaling'
import { expect, test } from 'vitest'
import { lastFailure } from './problem.ts'

const activity = (StatusCode: Activity['StatusCode'], more: Partial<Activity> = {}): Activity => ({
  ActivityId: 'a',
  AutoScalingGroupName: 'workers',
  Cause: 'an instance was started in response to a difference between desired and actual capacity',
  Description: 'Launching a new EC2 instance.',
  StartTime: new Date(0),
  StatusCode,
  ...more,
})
const stockout = 'We currently do not have sufficient m7i.large capacity. Launching EC2 instance failed.'
const failed = activity('Failed', { StatusMessage: stockout })

test.each([
  ['nothing happened yet', [], undefined],
  ['the last launch failed', [failed, activity('Successful')], stockout],
  ['another try is under way', [activity('InProgress'), failed], stockout],
  ['the last launch succeeded', [activity('Successful'), failed], undefined],
  ['a machine was terminated since', [activity('Successful', { Description: 'Terminating EC2 instance: i-1' }), failed], stockout],
] as const)('%s', (_, activities, told) => expect(lastFailure(activities)).toBe(told))

test('of a launch that was not allowed, no page of base64', () => {
  const StatusMessage = 'You are not authorized to perform this operation. Encoded authorization failure message: AAAA'
  expect(lastFailure([activity('Failed', { StatusMessage })])).toBe('You are not authorized to perform this operation.')
})
