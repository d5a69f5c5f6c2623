import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateSecurityGroupCommand,
  ModifyInstanceAttributeCommand,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2'
import type { CreateRequest, MachineConnection, OpaqueConfig } from '@kube-node/core/provider'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { call, refusal } from './calls.ts'
import { type Moto, startMoto } from './moto.ts'
import { nothingToShow } from './wire.ts'
import { type AwsWorld, awsWorld } from './world.ts'

let moto: Moto
let world: AwsWorld
let connection: MachineConnection<OpaqueConfig>

beforeAll(async () => {
  moto = await startMoto()
})
afterAll(() => moto?.[Symbol.asyncDispose]())
beforeEach(async () => {
  world = await awsWorld(moto)
  connection = connect()
})
afterEach(async () => {
  await connection[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

const connect = (): MachineConnection<OpaqueConfig> =>
  world.provider.definition.connect({
    config: { region: world.config['region'] },
    credentials: { ...world.credentials },
    cluster: 'c1',
    store: { get: never, put: never, remove: never, keys: never },
    call,
  })
const [older, newer] = ['ami-12c6146b', 'ami-03cf127a']
const never = (): never => {
  throw new Error('EC2 knows its machines by itself')
}

const parse = (more: Readonly<Record<string, unknown>> = {}): OpaqueConfig => {
  const result = world.provider.definition.config['~standard'].validate({ ...world.config, ...more })
  if (result instanceof Promise || result.issues) throw new Error(JSON.stringify(result))
  return result.value
}

const requestOf = (claim: string, more: Partial<CreateRequest<OpaqueConfig>> = {}, attempt = 1): CreateRequest<OpaqueConfig> => ({
  token: `${claim}-${attempt}`,
  name: `node-${claim}-${attempt}`,
  owner: { cluster: 'c1', controller: 'kube-node.dev/controller', claim, nodeName: `node-${claim}`, attempt },
  config: parse(),
  bootstrap: { kind: 'none' },
  avoid: [],
  ...more,
})

const alive = async (): Promise<number> => (await world.instances()).filter(({ State }) => State?.Name === 'running').length

describe('one attempt asks at one place', () => {
  test('a stockout says which type is sold out where, and the next attempt goes to the next zone', async () => {
    const first = requestOf('a')
    const made = await connection.create(requestOf('b', { owner: { ...first.owner } }), call)
    const lift = world.soldOut('m7i.large', made.zone)
    const error = await refusal(connection.create(first, call))
    expect(error).toMatchObject({
      code: 'InsufficientCapacity',
      facts: { outcome: 'none', scope: { instanceType: 'm7i.large', zone: made.zone, capacityType: 'on-demand' } },
    })
    const second = requestOf('a', { avoid: [{ instanceType: 'm7i.large', zone: made.zone ?? '', capacityType: 'on-demand' }] }, 2)
    const { zone } = await connection.create(second, call)
    expect(zone).not.toBe(made.zone)
    lift()
  })

  test('a type that is sold out everywhere is followed by the next one, spot by on-demand', async () => {
    const { instanceType: _, ...rest } = world.config
    const config = parse({
      ...rest,
      instanceType: undefined,
      instanceTypes: ['m7i.large', 'm6i.large'],
      capacityTypes: ['spot', 'on-demand'],
    })
    const avoid = [{ instanceType: 'm7i.large' }]
    expect(await connection.create(requestOf('a', { config, avoid }), call)).toMatchObject({
      instanceType: 'm6i.large',
      capacityType: 'spot',
    })
    const noSpot = [{ capacityType: 'spot' }]
    const fallback = await connection.create(requestOf('b', { config, avoid: noSpot }), call)
    expect(fallback).toMatchObject({ instanceType: 'm7i.large', capacityType: 'on-demand' })
  })

  test('a sold-out type costs one question: the SDK does not ask again by itself', async () => {
    world.soldOut('m7i.large')
    await refusal(connection.create(requestOf('a'), call))
    expect(world.proxy.calls.get('RunInstances')).toBe(1)
  })
})

describe('a token that was here before', () => {
  test('for an image that has moved on since, answers the machine that was made', async () => {
    world.proxy.next('RunInstances', 'lost')
    await refusal(connection.create(requestOf('a', { config: parse({ ami: { id: 'ami-12c6146b' } }) }), call))
    await using later = connect()
    const found = await later.create(requestOf('a', { config: parse({ ami: { id: 'ami-03cf127a' } }) }), call)
    expect(found.owner?.claim).toBe('a')
    expect(await alive()).toBe(1)
  })

  test('with an answer that came too late for its call, answers the machine that was made', async () => {
    const request = requestOf('a')
    world.proxy.delay(200)
    const stop = new AbortController()
    const late = refusal(connection.create(request, { ...call, signal: stop.signal }))
    await vi.waitUntil(async () => (await alive()) === 1)
    stop.abort(new Error('given up'))
    expect(await late).toMatchObject({ message: 'given up' })
    world.proxy.delay(0)
    expect((await connection.create(request, call)).owner?.claim).toBe('a')
    expect(await alive()).toBe(1)
  })

  test('and whose machine is not to be seen yet, proves nothing', async () => {
    const request = requestOf('a', { config: parse({ ami: { id: 'ami-12c6146b' } }) })
    await connection.create(request, call)
    world.proxy.answering(({ action }) => (action === 'DescribeInstances' ? nothingToShow : undefined))
    const other = requestOf('a', { config: parse({ ami: { id: 'ami-03cf127a' } }) })
    const error = await refusal(connection.create(other, call))
    expect(error).toMatchObject({ code: 'Internal' })
    expect(error).not.toMatchObject({ facts: { outcome: 'none' } })
    expect(await alive()).toBe(1)
  })
})

test('a hundred machines of one class ask once for image and subnets', async () => {
  for (let i = 0; i < 100; i++) await connection.create(requestOf(`claim-${i}`), call)
  const { calls } = world.proxy
  expect(Object.fromEntries(calls)).toEqual({ GetParameter: 1, DescribeImages: 1, DescribeSubnets: 1, RunInstances: 100 })
})

test('machine, volumes and network interface carry the tags, and volumes go with the machine', async () => {
  const { id } = await connection.create(requestOf('a', { config: parse({ tags: { team: 'web' } }) }), call)
  const [instance] = (await world.instances()).filter(({ InstanceId }) => InstanceId === id)
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
  const machine = await connection.create(requestOf('a'), call)
  const protect = (Value: boolean) =>
    world.direct.send(new ModifyInstanceAttributeCommand({ InstanceId: machine.id, DisableApiTermination: { Value } }))
  await protect(true)
  const error = await refusal(connection.delete(machine, call))
  expect(error).toMatchObject({ code: 'InvalidConfig', message: expect.stringContaining('disableApiTermination') })
  expect(await alive()).toBe(1)
  await protect(false)
  await connection.delete(machine, call)
  expect(await alive()).toBe(0)
})

describe('what somebody changed', () => {
  test('is told: the security groups that the class names are not those of the machine', async () => {
    const { GroupId = '' } = await world.direct.send(new CreateSecurityGroupCommand({ GroupName: 'nodes', Description: 'of nodes' }))
    const config = parse({ securityGroups: { ids: [GroupId] } })
    const machine = await connection.create(requestOf('a', { config }), call)
    expect(await connection.drift!(machine, config, call)).toBeUndefined()
    const other = await world.direct.send(new CreateSecurityGroupCommand({ GroupName: 'others', Description: 'of others' }))
    await world.direct.send(new ModifyInstanceAttributeCommand({ InstanceId: machine.id, Groups: [other.GroupId ?? ''] }))
    expect(await connection.drift!(machine, config, call)).toBe(`its security groups are ${other.GroupId}, and the class says ${GroupId}`)
    const others = parse({ securityGroups: { ids: [other.GroupId] }, ami: { id: 'ami-12c6146b' }, iamInstanceProfile: 'nodes' })
    expect(await connection.drift!(machine, others, call)).toMatch(/^its image is ami-\w+, and .*; its instance profile is none, and/)
  })
})

describe('a launch template', () => {
  const create = (LaunchTemplateData: RequestLaunchTemplateData) =>
    world.direct.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'nodes', LaunchTemplateData }))
  const next = (LaunchTemplateData: RequestLaunchTemplateData) =>
    world.direct.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateName: 'nodes', LaunchTemplateData }))
  const leftToIt = { instanceType: undefined, ami: undefined, launchTemplate: { name: 'nodes', version: '$Latest' } }

  test('says what the class leaves open; its version is a number from then on, whatever becomes the latest', async () => {
    await create({ ImageId: older, InstanceType: 'm6i.large', KeyName: 'ops' })
    const pinned = await connection.resolve!(parse(leftToIt), call)
    expect(pinned).toMatchObject({ ami: { id: older }, instanceType: 'm6i.large', launchTemplate: { version: '1' } })
    await next({ ImageId: newer, InstanceType: 'm7i.large' })
    const { id } = await connection.create(requestOf('a', { config: pinned }), call)
    const instance = (await world.instances()).find(({ InstanceId }) => InstanceId === id)
    expect(instance).toMatchObject({ ImageId: older, InstanceType: 'm6i.large', KeyName: 'ops' })
    expect(instance?.Tags).toContainEqual({ Key: 'kube-node.dev/claim', Value: 'a' })

    await using later = connect()
    const moved = await later.resolve!(parse(leftToIt), call)
    expect(moved).toMatchObject({ ami: { id: newer }, instanceType: 'm7i.large', launchTemplate: { version: '2' } })
  })

  test('keeps a token what it is: after a lost answer the same version is asked for, and answers the same machine', async () => {
    await create({ ImageId: older, InstanceType: 'm6i.large' })
    const config = await connection.resolve!(parse(leftToIt), call)
    world.proxy.next('RunInstances', 'lost')
    await refusal(connection.create(requestOf('a', { config }), call))
    await next({ ImageId: newer, InstanceType: 'm7i.large' })
    await using later = connect()
    expect((await later.create(requestOf('a', { config }), call)).instanceType).toBe('m6i.large')
    expect(await alive()).toBe(1)
  })

  test('that is not there is a fault of the class', async () => {
    const nowhere = { ...leftToIt, launchTemplate: { name: 'nowhere' } }
    expect(await refusal(connection.resolve!(parse(nowhere), call))).toMatchObject({ code: 'InvalidConfig' })
  })
})

test('a class says what its machines have, from AWS alone', async () => {
  expect(await connection.capacity!(parse(), call)).toEqual({
    cpu: '2',
    memory: '8192Mi',
    pods: '29',
    'ephemeral-storage': '20Gi',
  })
  expect(await refusal(connection.capacity!(parse({ instanceType: 'm99.enormous' }), call))).toMatchObject({ code: 'InvalidConfig' })
})

describe('deletions that come together', () => {
  test('are one question, and each has its own answer where one is not known', async () => {
    const machines = await Promise.all(['a', 'b', 'c'].map(claim => connection.create(requestOf(claim), call)))
    const unknown = { ...machines[0]!, id: 'i-0123456789abcdef0' }
    await Promise.all(machines.slice(1).map(machine => connection.delete(machine, call)))
    expect(world.proxy.calls.get('TerminateInstances')).toBe(1)
    const [lost, last] = await Promise.allSettled([unknown, machines[0]!].map(machine => connection.delete(machine, call)))
    expect(lost).toMatchObject({ status: 'rejected', reason: { code: 'NotFound' } })
    expect(last).toMatchObject({ status: 'fulfilled' })
    expect(await alive()).toBe(0)
  })

  test('whose answer is lost are asked for again, and harm nobody', async () => {
    const machines = await Promise.all(['a', 'b'].map(claim => connection.create(requestOf(claim), call)))
    world.proxy.next('TerminateInstances', 'lost')
    const answers = await Promise.allSettled(machines.map(machine => connection.delete(machine, call)))
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await Promise.all(machines.map(machine => connection.delete(machine, call)))
    expect(world.proxy.calls.get('TerminateInstances')).toBe(2)
    expect(await alive()).toBe(0)
  })
})
