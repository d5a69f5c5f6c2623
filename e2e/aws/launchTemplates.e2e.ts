import { CreateLaunchTemplateCommand, CreateLaunchTemplateVersionCommand, type RequestLaunchTemplateData } from '@aws-sdk/client-ec2'
import { describe, expect, test } from 'vitest'
import { call, refusal } from './calls.ts'
import { type MachineStory, machineStories } from './machineStory.ts'

let story: MachineStory
machineStories(begun => (story = begun))

const [older, newer] = ['ami-12c6146b', 'ami-03cf127a']

describe('a launch template', () => {
  const create = (LaunchTemplateData: RequestLaunchTemplateData) =>
    story.world.direct.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'nodes', LaunchTemplateData }))
  const next = (LaunchTemplateData: RequestLaunchTemplateData) =>
    story.world.direct.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateName: 'nodes', LaunchTemplateData }))
  const leftToIt = { instanceType: undefined, ami: undefined, launchTemplate: { name: 'nodes', version: '$Latest' } }

  test('says what the class leaves open; its version is a number from then on, whatever becomes the latest', async () => {
    await create({ ImageId: older, InstanceType: 'm6i.large', KeyName: 'ops' })
    const pinned = await story.connection.resolve!(story.parse(leftToIt), call)
    expect(pinned).toMatchObject({ ami: { id: older }, instanceType: 'm6i.large', launchTemplate: { version: '1' } })
    await next({ ImageId: newer, InstanceType: 'm7i.large' })
    const { id } = await story.connection.create(story.requestOf('a', { config: pinned }), call)
    const instance = (await story.world.instances()).find(({ InstanceId }) => InstanceId === id)
    expect(instance).toMatchObject({ ImageId: older, InstanceType: 'm6i.large', KeyName: 'ops' })
    expect(instance?.Tags).toContainEqual({ Key: 'kube-node.dev/claim', Value: 'a' })

    await using later = story.connect()
    const moved = await later.resolve!(story.parse(leftToIt), call)
    expect(moved).toMatchObject({ ami: { id: newer }, instanceType: 'm7i.large', launchTemplate: { version: '2' } })
  })

  test('keeps a token what it is: after a lost answer the same version is asked for, and answers the same machine', async () => {
    await create({ ImageId: older, InstanceType: 'm6i.large' })
    const config = await story.connection.resolve!(story.parse(leftToIt), call)
    story.world.proxy.next('RunInstances', 'lost')
    await refusal(story.connection.create(story.requestOf('a', { config }), call))
    await next({ ImageId: newer, InstanceType: 'm7i.large' })
    await using later = story.connect()
    expect((await later.create(story.requestOf('a', { config }), call)).instanceType).toBe('m6i.large')
    expect(await story.alive()).toBe(1)
  })

  test('that is not there is a fault of the class', async () => {
    const nowhere = { ...leftToIt, launchTemplate: { name: 'nowhere' } }
    expect(await refusal(story.connection.resolve!(story.parse(nowhere), call))).toMatchObject({ code: 'InvalidConfig' })
  })
})
