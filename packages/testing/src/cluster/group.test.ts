import { NodeSets, Nodes, PodDisruptionBudgets, Pods, annotations, finalizers, labels, nameOf } from '@kube-node/core/api'
import { afterEach, describe, expect, it } from 'vitest'
import { type GroupStage, type StageOptions, createGroupStage, workers } from './group.fixture.ts'

let stage: GroupStage
const begin = async (replicas: number, options: StageOptions = {}, spec: Parameters<typeof workers>[0] = {}): Promise<void> => {
  stage = await createGroupStage(options)
  stage.manager()
  await stage.create(NodeSets, workers({ replicas, ...spec }))
  await stage.until('all run', async () => (await stage.running()).length >= replicas)
  await stage.runtime.advance(5_000)
}
afterEach(() => stage[Symbol.asyncDispose]())

const size = (): number | undefined => stage.cloud.groups.get(stage.group)?.size

describe('a set whose class manages groups', () => {
  it('creates its group, labels the Nodes of its machines, and says so in its status', async () => {
    await begin(3)
    const set = await stage.set()
    expect(set?.metadata?.finalizers).toContain(finalizers.group)
    expect(set?.status).toMatchObject({
      replicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      updatedReplicas: 3,
      group: { id: stage.group, size: 3 },
    })
    for (const node of await stage.members()) {
      expect(node.metadata?.labels).toMatchObject({ [labels.class]: 'pool', [labels.revision]: set?.status?.updateRevision })
      expect(node.metadata?.finalizers).toContain(finalizers.machine)
      expect(node.metadata?.ownerReferences?.map(({ name }) => name)).toEqual(['workers'])
      expect(node.metadata?.annotations?.[annotations.machine]).toContain(stage.group)
    }
    expect(stage.alive()).toHaveLength(3)
    for (const type of ['Available', 'GroupReady']) expect(await stage.condition(type)).toMatchObject({ status: 'True' })
    expect(await stage.condition('Degraded')).toMatchObject({ status: 'False' })
  })

  it('comes to rest: nothing is written, and seldom anything asked', async () => {
    await begin(2)
    // Until no order of its growth can take effect any more, and a list has shown that.
    await stage.runtime.advance(300_000)
    expect((await stage.set())?.status?.group?.ordered).toBeUndefined()
    const writes: string[] = []
    stage.server.onRequest(({ user, verb, resource }) => {
      if (user === 'kube-node' && !['get', 'list', 'watch'].includes(verb) && resource !== 'leases') writes.push(`${verb} ${resource}`)
    })
    const before = stage.cloud.calls.listGroups
    await stage.runtime.advance(300_000)
    expect(writes).toEqual([])
    expect(stage.cloud.calls.listGroups - before).toBeLessThanOrEqual(6)
  })

  it('grows when replicas do, and shrinks by the names of those that go', async () => {
    await begin(2)
    await stage.patch({ replicas: 4 })
    await stage.until('four run', async () => (await stage.running()).length === 4)
    const [first] = await stage.members()
    const merge = { metadata: { annotations: { [annotations.deletionCost]: '-1' } } }
    await stage.lasting(stage.client.patch(Nodes, { name: nameOf(first ?? {}) }, { merge }))
    await stage.patch({ replicas: 3 })
    await stage.until('three are left', async () => (await stage.members()).length === 3 && stage.alive().length === 3)
    expect((await stage.members()).map(nameOf)).not.toContain(nameOf(first ?? {}))
    expect(size()).toBe(3)
    expect(stage.cloud.calls).toMatchObject({ resizeGroup: 1, removeMembers: 1 })
  })

  it('never takes a node that somebody wants to keep', async () => {
    await begin(3)
    const [first] = await stage.members()
    const merge = { metadata: { annotations: { [annotations.doNotDisrupt]: 'true', [annotations.deletionCost]: '-9' } } }
    await stage.lasting(stage.client.patch(Nodes, { name: nameOf(first ?? {}) }, { merge }))
    await stage.patch({ replicas: 1 })
    await stage.until('one is left', async () => (await stage.members()).length === 1 && stage.alive().length === 1)
    expect((await stage.members()).map(nameOf)).toEqual([nameOf(first ?? {})])
  })
})

describe('kubectl delete node of a member', () => {
  const only = { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } } as const

  it('drains it, removes exactly that machine, and has the group make another', async () => {
    await begin(3, {}, only)
    const victim = stage.alive()[1]
    const others = stage.alive().filter(machine => machine !== victim)
    const node = await stage.nodeOf(victim)
    await stage.pod('busy', node, { labels: { app: 'busy' } })
    await stage.create(PodDisruptionBudgets, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { namespace: 'default', name: 'busy' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'busy' } } },
    })
    await stage.runtime.advance(5_000)
    await stage.remove(node)
    await stage.runtime.advance(120_000)
    expect(stage.cloud.machine(victim?.id ?? '')?.state).toBe('running')
    expect(stage.cloud.calls.removeMembers).toBe(0)
    const budget = await stage.lasting(stage.client.get(PodDisruptionBudgets, { namespace: 'default', name: 'busy' }))
    await stage.lasting(
      stage.client.delete(PodDisruptionBudgets, { namespace: 'default', name: 'busy' }, { uid: budget?.metadata?.uid ?? '' }),
    )
    await stage.until('it is gone', async () => (await stage.nodeOf(victim)) === undefined)
    expect(await stage.lasting(stage.client.get(Pods, { namespace: 'default', name: 'busy' }))).toBeUndefined()
    expect(stage.cloud.machine(victim?.id ?? '')?.state).toBe('gone')
    await stage.until('another one runs', async () => (await stage.running()).length === 3)
    for (const { id } of others) expect(stage.cloud.machine(id)?.state).toBe('running')
    expect(size()).toBe(3)
    expect(stage.cloud.calls).toMatchObject({ resizeGroup: 0, removeMembers: 1 })
  })

  it('is replaced beforehand where the set may surge', async () => {
    await begin(2)
    const victim = stage.alive()[0]
    await stage.pod('slow', await stage.nodeOf(victim), { annotations: { [annotations.doNotDisrupt]: 'true' } })
    await stage.remove(await stage.nodeOf(victim))
    await stage.until('another one runs', async () => (await stage.running()).length === 2)
    expect(stage.cloud.machine(victim?.id ?? '')?.state).toBe('running')
    const pod = await stage.lasting(stage.client.get(Pods, { namespace: 'default', name: 'slow' }))
    await stage.lasting(stage.client.delete(Pods, { namespace: 'default', name: 'slow' }, { uid: pod?.metadata?.uid ?? '' }))
    await stage.until('it is gone', async () => (await stage.nodeOf(victim)) === undefined)
    await stage.until('the group is as large as the set', () => size() === 2)
    expect(stage.alive()).toHaveLength(2)
  })
})

describe('a group with limits', () => {
  it('that goes in steps has as many as come nearest, and says so', async () => {
    await begin(3, { config: { step: 3, zones: ['a', 'b', 'c'] } })
    await stage.patch({ replicas: 4 })
    await stage.until('six run', async () => (await stage.running()).length === 6)
    expect(await stage.condition('Degraded')).toMatchObject({ status: 'True', reason: 'NotAMultiple' })
    await stage.patch({ replicas: 3 })
    await stage.until('three are left', async () => (await stage.members()).length === 3 && stage.alive().length === 3)
    // One call, or the group would have had a size between two steps.
    expect(stage.cloud.calls.removeMembers).toBe(1)
    expect(new Set(stage.alive().map(({ zone }) => zone)).size).toBe(3)
    await stage.until('it is content', async () => (await stage.condition('Degraded'))?.status === 'False')
  })

  it('says that it may not be larger, or smaller', async () => {
    await begin(2, { config: { min: 1, max: 3 } })
    await stage.patch({ replicas: 5 })
    await stage.until('three run', async () => (await stage.running()).length === 3)
    await stage.until('it says so', async () => (await stage.condition('Degraded'))?.reason === 'AboveMaximum')
    await stage.patch({ replicas: 0 })
    await stage.until('one is left', async () => (await stage.members()).length === 1 && stage.alive().length === 1)
    await stage.until('it says so', async () => (await stage.condition('Degraded'))?.reason === 'BelowMinimum')
    expect(size()).toBe(1)
  })

  it('that takes one order at a time gets one at a time', async () => {
    await begin(3, { cloud: { groups: { busyFor: '20s' } } }, { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } })
    const [a, b] = stage.alive()
    await stage.remove(await stage.nodeOf(a))
    await stage.runtime.advance(4_000)
    await stage.remove(await stage.nodeOf(b))
    await stage.patch({ replicas: 4 })
    await stage.until('it says that it waits', async () => (await stage.condition('GroupReady'))?.reason === 'Busy')
    await stage.until('four run', async () => (await stage.running()).length === 4)
    await stage.until('both are gone', () => [a, b].every(machine => stage.cloud.machine(machine?.id ?? '')?.state === 'gone'))
    expect(stage.alive()).toHaveLength(4)
    expect(size()).toBe(4)
  })
})
