import { CreateSecurityGroupCommand, ModifyInstanceAttributeCommand } from '@aws-sdk/client-ec2'
import { describe, expect, test, vi } from 'vitest'
import { call, refusal } from './calls.ts'
import { type MachineStory, machineStories } from './machineStory.ts'
import { nothingToShow } from './wire.ts'

let story: MachineStory
machineStories(begun => (story = begun))

describe('one attempt asks at one place', () => {
  test('a stockout says which type is sold out where, and the next attempt goes to the next zone', async () => {
    const first = story.requestOf('a')
    const made = await story.connection.create(story.requestOf('b', { owner: { ...first.owner } }), call)
    const lift = story.world.soldOut('m7i.large', made.zone)
    const error = await refusal(story.connection.create(first, call))
    expect(error).toMatchObject({
      code: 'InsufficientCapacity',
      facts: { outcome: 'none', scope: { instanceType: 'm7i.large', zone: made.zone, capacityType: 'on-demand' } },
    })
    const second = story.requestOf('a', { avoid: [{ instanceType: 'm7i.large', zone: made.zone ?? '', capacityType: 'on-demand' }] }, 2)
    const { zone } = await story.connection.create(second, call)
    expect(zone).not.toBe(made.zone)
    lift()
  })

  test('a type that is sold out everywhere is followed by the next one, spot by on-demand', async () => {
    const { instanceType: _, ...rest } = story.world.config
    const config = story.parse({
      ...rest,
      instanceType: undefined,
      instanceTypes: ['m7i.large', 'm6i.large'],
      capacityTypes: ['spot', 'on-demand'],
    })
    const avoid = [{ instanceType: 'm7i.large' }]
    expect(await story.connection.create(story.requestOf('a', { config, avoid }), call)).toMatchObject({
      instanceType: 'm6i.large',
      capacityType: 'spot',
    })
    const noSpot = [{ capacityType: 'spot' }]
    const fallback = await story.connection.create(story.requestOf('b', { config, avoid: noSpot }), call)
    expect(fallback).toMatchObject({ instanceType: 'm7i.large', capacityType: 'on-demand' })
  })

  test('a sold-out type costs one question: the SDK does not ask again by itself', async () => {
    story.world.soldOut('m7i.large')
    await refusal(story.connection.create(story.requestOf('a'), call))
    expect(story.world.proxy.calls.get('RunInstances')).toBe(1)
  })
})

describe('a token that was here before', () => {
  test('for an image that has moved on since, answers the machine that was made', async () => {
    story.world.proxy.next('RunInstances', 'lost')
    await refusal(story.connection.create(story.requestOf('a', { config: story.parse({ ami: { id: 'ami-12c6146b' } }) }), call))
    await using later = story.connect()
    const found = await later.create(story.requestOf('a', { config: story.parse({ ami: { id: 'ami-03cf127a' } }) }), call)
    expect(found.owner?.claim).toBe('a')
    expect(await story.alive()).toBe(1)
  })

  test('with an answer that came too late for its call, answers the machine that was made', async () => {
    const request = story.requestOf('a')
    story.world.proxy.delay(200)
    const stop = new AbortController()
    const late = refusal(story.connection.create(request, { ...call, signal: stop.signal }))
    await vi.waitUntil(async () => (await story.alive()) === 1)
    stop.abort(new Error('given up'))
    expect(await late).toMatchObject({ message: 'given up' })
    story.world.proxy.delay(0)
    expect((await story.connection.create(request, call)).owner?.claim).toBe('a')
    expect(await story.alive()).toBe(1)
  })

  test('and whose machine is not to be seen yet, proves nothing', async () => {
    const request = story.requestOf('a', { config: story.parse({ ami: { id: 'ami-12c6146b' } }) })
    await story.connection.create(request, call)
    story.world.proxy.answering(({ action }) => (action === 'DescribeInstances' ? nothingToShow : undefined))
    const other = story.requestOf('a', { config: story.parse({ ami: { id: 'ami-03cf127a' } }) })
    const error = await refusal(story.connection.create(other, call))
    expect(error).toMatchObject({ code: 'Internal' })
    expect(error).not.toMatchObject({ facts: { outcome: 'none' } })
    expect(await story.alive()).toBe(1)
  })
})

test('a hundred machines of one class ask once for image and subnets', async () => {
  for (let i = 0; i < 100; i++) await story.connection.create(story.requestOf(`claim-${i}`), call)
  const { calls } = story.world.proxy
  expect(Object.fromEntries(calls)).toEqual({ GetParameter: 1, DescribeImages: 1, DescribeSubnets: 1, RunInstances: 100 })
})

test('machine, volumes and network interface carry the tags, and volumes go with the machine', async () => {
  const { id } = await story.connection.create(story.requestOf('a', { config: story.parse({ tags: { team: 'web' } }) }), call)
  const [instance] = (await story.world.instances()).filter(({ InstanceId }) => InstanceId === id)
  const tags = Object.fromEntries((instance?.Tags ?? []).map(({ Key, Value }) => [Key, Value]))
  expect(tags).toEqual({
    Name: 'node-a',
    team: 'web',
    'kube-node.dev/cluster': 'c1',
    'kube-node.dev/controller': 'kube-node.dev/controller',
    'kube-node.dev/claim': 'a',
    'kube-node.dev/node-name': 'node-a',
    'kube-node.dev/attempt': '1',
  })
  expect(instance?.BlockDeviceMappings?.map(({ Ebs }) => Ebs?.DeleteOnTermination)).toEqual([true])
})

test('termination protection keeps a machine, and the refusal says what to do', async () => {
  const machine = await story.connection.create(story.requestOf('a'), call)
  const protect = (Value: boolean) =>
    story.world.direct.send(new ModifyInstanceAttributeCommand({ InstanceId: machine.id, DisableApiTermination: { Value } }))
  await protect(true)
  const error = await refusal(story.connection.delete(machine, call))
  expect(error).toMatchObject({ code: 'InvalidConfig', message: expect.stringContaining('disableApiTermination') })
  expect(await story.alive()).toBe(1)
  await protect(false)
  await story.connection.delete(machine, call)
  expect(await story.alive()).toBe(0)
})

describe('what somebody changed', () => {
  test('is told: the security groups that the class names are not those of the machine', async () => {
    const { GroupId = '' } = await story.world.direct.send(new CreateSecurityGroupCommand({ GroupName: 'nodes', Description: 'of nodes' }))
    const config = story.parse({ securityGroups: { ids: [GroupId] } })
    const machine = await story.connection.create(story.requestOf('a', { config }), call)
    expect(await story.connection.drift!(machine, config, call)).toBeUndefined()
    const other = await story.world.direct.send(new CreateSecurityGroupCommand({ GroupName: 'others', Description: 'of others' }))
    await story.world.direct.send(new ModifyInstanceAttributeCommand({ InstanceId: machine.id, Groups: [other.GroupId ?? ''] }))
    expect(await story.connection.drift!(machine, config, call)).toBe(
      `its security groups are ${other.GroupId}, and the class says ${GroupId}`,
    )
    const others = story.parse({ securityGroups: { ids: [other.GroupId] }, ami: { id: 'ami-12c6146b' }, iamInstanceProfile: 'nodes' })
    expect(await story.connection.drift!(machine, others, call)).toMatch(/^its image is ami-\w+, and .*; its instance profile is none, and/)
  })
})

test('a class says what its machines have, from AWS alone', async () => {
  expect(await story.connection.capacity!(story.parse(), call)).toEqual({
    cpu: '2',
    memory: '8192Mi',
    pods: '29',
    'ephemeral-storage': '20Gi',
  })
  expect(await refusal(story.connection.capacity!(story.parse({ instanceType: 'm99.enormous' }), call))).toMatchObject({
    code: 'InvalidConfig',
  })
})

describe('deletions that come together', () => {
  test('are one question, and each has its own answer where one is not known', async () => {
    const machines = await Promise.all(['a', 'b', 'c'].map(claim => story.connection.create(story.requestOf(claim), call)))
    const unknown = { ...machines[0]!, id: 'i-0123456789abcdef0' }
    await Promise.all(machines.slice(1).map(machine => story.connection.delete(machine, call)))
    expect(story.world.proxy.calls.get('TerminateInstances')).toBe(1)
    const [lost, last] = await Promise.allSettled([unknown, machines[0]!].map(machine => story.connection.delete(machine, call)))
    expect(lost).toMatchObject({ status: 'rejected', reason: { code: 'NotFound' } })
    expect(last).toMatchObject({ status: 'fulfilled' })
    expect(await story.alive()).toBe(0)
  })

  test('whose answer is lost are asked for again, and harm nobody', async () => {
    const machines = await Promise.all(['a', 'b'].map(claim => story.connection.create(story.requestOf(claim), call)))
    story.world.proxy.next('TerminateInstances', 'lost')
    const answers = await Promise.allSettled(machines.map(machine => story.connection.delete(machine, call)))
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await Promise.all(machines.map(machine => story.connection.delete(machine, call)))
    expect(story.world.proxy.calls.get('TerminateInstances')).toBe(2)
    expect(await story.alive()).toBe(0)
  })
})
