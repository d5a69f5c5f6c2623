import { NodeClasses, NodeSets, labels } from '@kube-node/core/api'
import { afterEach, describe, expect, it } from 'vitest'
import { type GroupStage, type StageOptions, createGroupStage, workers } from './group.fixture.ts'

let stage: GroupStage
const begin = async (spec: Parameters<typeof workers>[0], options: StageOptions = {}): Promise<void> => {
  stage = await createGroupStage(options)
  stage.manager()
  await stage.create(NodeSets, workers({ replicas: 3, ...spec }))
  await stage.until('all run', async () => (await stage.running()).length === 3)
  await stage.runtime.advance(5_000)
}
const changeClass = (): Promise<unknown> =>
  stage.lasting(stage.client.patch(NodeClasses, { name: 'pool' }, { merge: { spec: { config: { instanceType: 'medium' } } } }))
afterEach(() => stage[Symbol.asyncDispose]())

describe('a changed class', () => {
  it.each([
    { maxSurge: 1, maxUnavailable: 0, most: 4, fewest: 3 },
    { maxSurge: 0, maxUnavailable: 1, most: 3, fewest: 2 },
    { maxSurge: 2, maxUnavailable: 1, most: 5, fewest: 2 },
  ])('replaces member by member: $maxSurge more, $maxUnavailable less', async ({ maxSurge, maxUnavailable, most, fewest }) => {
    await begin({ strategy: { rollingUpdate: { maxSurge, maxUnavailable } } })
    const old = stage.alive().map(({ id }) => id)
    await changeClass()
    let [seenMost, seenFewest] = [0, Infinity]
    const rolled = async (): Promise<boolean> => {
      const living = stage.cloud.groups.members(stage.group).length
      const ready = (await stage.members()).filter(
        ({ metadata, status, spec }) =>
          metadata?.deletionTimestamp === undefined &&
          spec?.unschedulable !== true &&
          status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True'),
      ).length
      seenMost = Math.max(seenMost, living)
      seenFewest = Math.min(seenFewest, ready)
      const now = stage.alive()
      return now.length === 3 && now.every(({ instanceType }) => instanceType === 'medium') && (await stage.running()).length === 3
    }
    await stage.until('all are of the new kind', rolled, 900_000)
    expect(stage.alive().some(({ id }) => old.includes(id))).toBe(false)
    expect(seenMost).toBeLessThanOrEqual(most)
    expect(seenFewest).toBeGreaterThanOrEqual(fewest)
    await stage.until('the set says so', async () => (await stage.set())?.status?.updatedReplicas === 3)
    const revision = (await stage.set())?.status?.updateRevision
    await stage.until('it has one revision', async () => (await stage.set())?.status?.currentRevision === revision)
    await stage.until('the old Nodes are gone', async () => (await stage.members()).length === 3)
    for (const { metadata } of await stage.members()) expect(metadata?.labels?.[labels.revision]).toBe(revision)
    expect(stage.cloud.calls.updateGroup).toBe(1)
  })

  it('leaves members alone where the provider can not change a group, and says so', async () => {
    await begin({}, { provider: { updates: false } })
    const before = stage.alive().map(({ id }) => id)
    await changeClass()
    await stage.until('it says so', async () => (await stage.condition('GroupReady'))?.reason === 'ClassNotFollowed')
    await stage.runtime.advance(120_000)
    expect(stage.alive().map(({ id }) => id)).toEqual(before)
  })

  it('says that a group at its maximum has no room for the surge', async () => {
    await begin({}, { config: { max: 3 } })
    await changeClass()
    await stage.until('it says so', async () => (await stage.condition('GroupReady'))?.reason === 'NoRoomToRoll')
    const before = stage.alive().map(({ id }) => id)
    await stage.runtime.advance(120_000)
    expect(stage.alive().map(({ id }) => id)).toEqual(before)
    await stage.patch({ strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } })
    await stage.until(
      'it rolls',
      () => stage.alive().length === 3 && stage.alive().every(({ instanceType }) => instanceType === 'medium'),
      900_000,
    )
  })
})
