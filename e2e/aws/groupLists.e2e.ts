import { type LifecycleState, PutScalingPolicyCommand, SuspendProcessesCommand } from '@aws-sdk/client-auto-scaling'
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2'
import { describe, expect, test } from 'vitest'
import { refusal } from './calls.ts'
import { type GroupStory, groupStories, idsOf } from './groupStory.ts'

let story: GroupStory
groupStories(begun => (story = begun))

test('a machine that somebody terminates at EC2 is missed, and its successor is shown', async () => {
  const group = await story.given(2)
  const gone = idsOf(group)[0] ?? ''
  await story.world.direct.ec2.send(new TerminateInstancesCommand({ InstanceIds: [gone] }))
  const after = await story.listed(group.id)
  expect(after.size).toBe(2)
  expect(idsOf(after)).not.toContain(gone)
  expect(after.members).toHaveLength(2)
})

describe('a lifecycle hook', () => {
  const states: readonly (readonly [LifecycleState, string])[] = [
    ['Pending:Wait', 'starting'],
    ['Terminating:Wait', 'stopping'],
  ]
  test.each(states)('that makes a machine wait in %s is shown: it is %s', async (state, told) => {
    const group = await story.given(2)
    const [waits = ''] = idsOf(group)
    story.world.told(waits, state)
    expect((await story.listed(group.id)).members.find(({ id }) => id === waits)?.state).toBe(told)
  })
})

describe('why a group lacks machines', () => {
  const stockout = 'We currently do not have sufficient m5.large capacity. Launching EC2 instance failed.'
  const lacking = (): void => {
    story.world.proxy.changing(({ action }, answer) =>
      action === 'DescribeAutoScalingGroups'
        ? { ...answer, body: answer.body.replace('<DesiredCapacity>2<', '<DesiredCapacity>3<') }
        : answer,
    )
    story.world.proxy.answering(({ action }) =>
      action === 'DescribeScalingActivities' ? { status: 200, contentType: 'text/xml', body: activities(stockout) } : undefined,
    )
  }

  test('is told in the words of the launch that failed', async () => {
    const { id, problem } = await story.given(2)
    expect(problem).toBeUndefined()
    lacking()
    expect(await story.listed(id)).toMatchObject({ size: 3, problem: stockout })
  })

  test('is told when nothing launches because somebody suspended it', async () => {
    const { id } = await story.given(2)
    await story.world.direct.autoScaling.send(new SuspendProcessesCommand({ AutoScalingGroupName: id, ScalingProcesses: ['Launch'] }))
    lacking()
    expect((await story.listed(id)).problem).toContain('Launch is suspended')
  })

  test('is not asked about a group that has all of them', async () => {
    await story.given(2)
    expect(story.asked('DescribeScalingActivities')).toBe(0)
  })
})

test('a scaling policy is told of, until its alarms are suspended', async () => {
  const { id } = await story.given(1)
  await story.world.direct.autoScaling.send(
    new PutScalingPolicyCommand({
      AutoScalingGroupName: id,
      PolicyName: 'cpu',
      PolicyType: 'SimpleScaling',
      AdjustmentType: 'ChangeInCapacity',
      ScalingAdjustment: 1,
    }),
  )
  expect((await story.listed(id)).autoscaled).toContain('cpu')
  await story.world.direct.autoScaling.send(
    new SuspendProcessesCommand({ AutoScalingGroupName: id, ScalingProcesses: ['AlarmNotification'] }),
  )
  expect((await story.listed(id)).autoscaled).toBeUndefined()
})

describe('a list', () => {
  const page = { status: 200, contentType: 'text/html', body: '<html><body><h1>Welcome</h1></body></html>' }
  test.each(['DescribeAutoScalingGroups', 'DescribePolicies', 'DescribeScheduledActions', 'DescribeInstances'])(
    'is refused where something else than AWS answers %s',
    async action => {
      const { id } = await story.given(1)
      story.world.proxy.answering(request => (request.action === action ? page : undefined))
      expect(await refusal(story.listed(id))).toMatchObject({ code: expect.stringMatching(/^(Unavailable|Internal)$/) })
    },
  )

  test('of seven groups and their machines takes a question for each page, and two more', async () => {
    for (let i = 0; i < 7; i++) await story.world.createGroup({ size: 1 })
    const { id } = await story.given(0)
    const before = new Map(story.world.proxy.calls)
    await story.listed(id)
    const taken = [...story.world.proxy.calls].map(([action, count]): [string, number] => [action, count - (before.get(action) ?? 0)])
    expect(Object.fromEntries(taken)).toEqual({
      DescribePolicies: 1,
      DescribeScheduledActions: 1,
      DescribeAutoScalingGroups: 2,
      DescribeInstances: 2,
    })
  })
})

const activities = (message: string): string =>
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<DescribeScalingActivitiesResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">' +
  '<DescribeScalingActivitiesResult><Activities>' +
  '<member><ActivityId>a1</ActivityId><Description>Launching a new EC2 instance.</Description><StatusCode>Failed</StatusCode>' +
  `<StatusMessage>${message}</StatusMessage><Cause>c</Cause><StartTime>2026-11-26T08:00:00Z</StartTime></member>` +
  '</Activities></DescribeScalingActivitiesResult>' +
  '<ResponseMetadata><RequestId>r1</RequestId></ResponseMetadata></DescribeScalingActivitiesResponse>'
