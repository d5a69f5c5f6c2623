import { EnterStandbyCommand, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling'
import type { Group, GroupRequest, OpaqueConfig } from '@kube-node/core/provider'
import { describe, expect, test } from 'vitest'
import { call, refusal } from './calls.ts'
import { type GroupStory, done, groupStories, idsOf } from './groupStory.ts'

let story: GroupStory
groupStories(begun => (story = begun))

const standby = (id: string, member: string, decrement: boolean): Promise<unknown> =>
  story.world.direct.autoScaling.send(
    new EnterStandbyCommand({ AutoScalingGroupName: id, InstanceIds: [member], ShouldDecrementDesiredCapacity: decrement }),
  )
const first = ({ members: [member] }: Group): string => member?.id ?? ''

describe('somebody resizes it between our look and our order', () => {
  test('and none of its machines dies', async () => {
    const group = await story.given(2)
    let theirs: readonly string[] = []
    story.world.proxy.before('SetDesiredCapacity', async () => {
      await story.world.direct.autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: group.id, DesiredCapacity: 5 }))
      theirs = await story.world.running()
    })
    await story.connection.resize(group, 3, call)
    expect(theirs).toHaveLength(5)
    expect((await story.world.running()).toSorted()).toEqual(theirs.toSorted())
    const after = await story.listed(group.id)
    expect({ size: after.size, members: after.members.length }).toEqual({ size: 3, members: 5 })
    // The two that are too many go by name; AWS makes no others for them.
    const ids = idsOf(after).slice(0, 2)
    expect(await story.remove(after, ids, true)).toEqual([done, done])
    expect(await story.world.running()).toHaveLength(3)
  })

  test('while its machines are being protected, and we look again', async () => {
    const group = await story.given(2)
    story.world.proxy.before('SetInstanceProtection', () =>
      story.world.direct.autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: group.id, DesiredCapacity: 5 })),
    )
    expect(await refusal(story.connection.resize(group, 3, call))).toMatchObject({ code: 'Busy' })
    expect(await story.desired(group.id)).toBe(5)
    expect(story.asked('SetDesiredCapacity')).toBe(0)
  })

  test('all members of a large group are protected, fifty at a time, and only once', async () => {
    const group = await story.given(60, { max: 99 })
    await story.connection.resize(group, 61, call)
    const { Instances = [], NewInstancesProtectedFromScaleIn } = (await story.world.group(group.id)) ?? {}
    expect(NewInstancesProtectedFromScaleIn).toBe(true)
    expect(Instances.filter(({ ProtectedFromScaleIn }) => ProtectedFromScaleIn)).toHaveLength(61)
    await story.connection.resize(await story.listed(group.id), 62, call)
    expect(story.asked('SetInstanceProtection')).toBe(2)
    expect(story.asked('UpdateAutoScalingGroup')).toBe(1)
  })
})

test('before a machine is removed, the others are protected: a group that AWS balances afterwards loses none of them', async () => {
  const group = await story.given(3)
  const gone = first(group)
  await story.remove(group, [gone])
  const { Instances = [] } = (await story.world.group(group.id)) ?? {}
  expect(Instances).toHaveLength(2)
  expect(Instances.every(({ ProtectedFromScaleIn }) => ProtectedFromScaleIn)).toBe(true)
})

describe('a machine in standby', () => {
  test.each([true, false])('is one of the group, with what AWS desires lowered for it: %s', async decrement => {
    const group = await story.given(2)
    await standby(group.id, first(group), decrement)
    const { size, members } = await story.listed(group.id)
    expect(size).toBe(members.length)
    expect(members.find(({ id }) => id === first(group))?.state).toBe('running')
  })

  test('does not count for what AWS is told to desire', async () => {
    const group = await story.given(2)
    await standby(group.id, first(group), true)
    await story.connection.resize(await story.listed(group.id), 3, call)
    expect(await story.desired(group.id)).toBe(2)
    expect(await story.world.running()).toHaveLength(3)
  })

  test.each([false, true])('is removed without a machine of the others, with replace %s', async replace => {
    const group = await story.given(3)
    await standby(group.id, first(group), true)
    const before = await story.listed(group.id)
    expect(await story.remove(before, [first(group)], replace)).toEqual([done])
    const after = await story.listed(group.id)
    expect({ size: after.size, members: after.members.length }).toEqual(replace ? { size: 3, members: 3 } : { size: 2, members: 2 })
    for (const id of idsOf(group).filter(each => each !== first(group))) expect(idsOf(after)).toContain(id)
  })

  test('whose successor was never asked for leaves a group that is too small, and asking again takes nothing more', async () => {
    const group = await story.given(2)
    await standby(group.id, first(group), true)
    story.world.proxy.next('SetDesiredCapacity', 'cut')
    const before = await story.listed(group.id)
    expect(await refusal(story.remove(before, [first(group)], true))).toMatchObject({ code: 'Unavailable' })
    expect(await story.remove(before, [first(group)], true)).toEqual([done])
    expect((await story.listed(group.id)).size).toBe(1)
  })
})

describe('a lifecycle hook', () => {
  test('that keeps a machine whose removal was ordered: asked again, nothing is terminated or taken off a second time', async () => {
    const group = await story.given(3)
    story.world.told(first(group), 'Terminating:Wait')
    expect(await story.remove(group, [first(group)])).toEqual([done])
    expect(story.asked('TerminateInstanceInAutoScalingGroup')).toBe(0)
    expect(await story.desired(group.id)).toBe(3)
  })
})

describe('the limits of a group', () => {
  test('are told, and hold: AWS refuses what is beyond them, and core looks again', async () => {
    const group = await story.given(2, { min: 2, max: 3 })
    expect(group).toMatchObject({ min: 2, max: 3 })
    expect(await refusal(story.connection.resize(group, 4, call))).toMatchObject({ code: 'Busy' })
    const [outcome] = await story.remove(group, [first(group)])
    expect(outcome?.error).toMatchObject({ code: 'Busy' })
    expect(await story.world.running()).toHaveLength(2)
  })

  test('are raised and lowered where the class says so', async () => {
    const raising = story.connect('raise')
    const { id } = await story.given(2, { min: 2, max: 2 })
    const group = await story.listed(id, raising)
    expect('max' in group || 'min' in group).toBe(false)
    await raising.resize(group, 4, call)
    expect(await story.world.group(id)).toMatchObject({ DesiredCapacity: 4, MaxSize: 4, MinSize: 2 })
    const grown = await story.listed(id, raising)
    const gone = idsOf(grown).slice(0, 3)
    expect(await story.remove(grown, gone, false, raising)).toEqual([done, done, done])
    expect(await story.world.group(id)).toMatchObject({ DesiredCapacity: 1, MaxSize: 4, MinSize: 1 })
  })

  test('are ours in a group of our own', async () => {
    const owner = { cluster: 'c1', controller: 'kube-node.dev/controller', set: 's1', setName: 'workers' }
    const request: GroupRequest<OpaqueConfig> = { name: 'kn-s1', owner, config: story.config, revision: 'r1', size: 1 }
    const made = await story.connection.create?.(request, call)
    await story.connection.resize(await story.listed(made?.id ?? ''), 3, call)
    expect(await story.world.running()).toHaveLength(3)
    await story.connection.destroy?.(await story.listed('kn-s1'), call)
    expect(await story.world.running()).toEqual([])
  })
})

describe('a changed class', () => {
  const update = async (group: Group): Promise<void> => {
    await story.connection.update?.(group, { config: story.config, revision: 'r2' }, call)
  }

  test.each(['UpdateAutoScalingGroup', 'CreateOrUpdateTags'])(
    'is not taken for told when %s did not arrive: no machine of the old one is taken for new',
    async action => {
      const group = await story.given(1)
      story.world.proxy.next(action, 'cut')
      expect(await refusal(update(group))).toMatchObject({ code: 'Unavailable' })
      expect((await story.listed(group.id)).revision).toBeUndefined()
      await update(group)
      expect((await story.listed(group.id)).revision).toBe('r2')
      expect((await story.world.group(group.id))?.LaunchTemplate).toMatchObject({ Version: '$Default' })
    },
  )
})
