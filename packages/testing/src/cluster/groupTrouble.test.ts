import { NodeClasses, NodeSets, Nodes, Secrets, findCondition, labels, nameOf } from '@kube-node/core/api'
import { afterEach, describe, expect, it } from 'vitest'
import { type GroupStage, type StageOptions, createGroupStage, workers } from './group.fixture.ts'

let stage: GroupStage
const begin = async (replicas: number, options: StageOptions = {}, spec: Parameters<typeof workers>[0] = {}): Promise<void> => {
  stage = await createGroupStage(options)
  stage.manager()
  await stage.create(NodeSets, workers({ replicas, ...spec }))
  await stage.until('all run', async () => (await stage.running()).length === replicas)
  await stage.runtime.advance(10_000)
}
afterEach(() => stage[Symbol.asyncDispose]())

const size = (): number | undefined => stage.cloud.groups.get(stage.group)?.size

describe('a group that somebody else resizes', () => {
  it('is brought back by name when it grew', async () => {
    await begin(2)
    stage.cloud.groups.resize(stage.group, 4)
    await stage.until('it has grown', () => stage.alive().length === 4)
    await stage.until('it is as large as the set', async () => stage.alive().length === 2 && (await stage.members()).length === 2)
    expect(size()).toBe(2)
  })

  it('is brought back when it shrank, and the Nodes of lost machines end', async () => {
    await begin(4)
    const before = stage.alive().map(({ id }) => id)
    stage.cloud.groups.resize(stage.group, 2)
    await stage.until('it has shrunk', () => stage.alive().length === 2)
    await stage.until('it is as large as the set', async () => stage.alive().length === 4 && (await stage.running()).length === 4, 600_000)
    await stage.until('nothing is left of the others', async () => (await stage.nodes()).length === 4, 600_000)
    expect(stage.alive().filter(({ id }) => before.includes(id))).toHaveLength(2)
  })

  it('is left to an autoscaler of the cloud, which the set says', async () => {
    await begin(2)
    using _on = stage.cloud.groups.autoscale(stage.group, 'autoscaling of the pool is on')
    stage.cloud.groups.resize(stage.group, 3)
    await stage.until('it says so', async () => (await stage.condition('Degraded'))?.reason === 'ResizedByOthers', 120_000)
    await stage.runtime.advance(120_000)
    expect(size()).toBe(3)
    expect((await stage.set())?.spec.replicas).toBe(2)
  })
})

describe('members that die', () => {
  it('are replaced by their cloud, and their Nodes end', async () => {
    await begin(3)
    const [victim] = stage.alive()
    stage.cloud.kill(victim?.id ?? '', { listed: false })
    await stage.until(
      'three run again',
      async () => (await stage.nodeOf(victim)) === undefined && (await stage.running()).length === 3,
      600_000,
    )
    expect(stage.cloud.calls.resizeGroup).toBe(0)
  })
})

describe('bad information', () => {
  it.each(['no groups', 'no members'] as const)('(%s) deletes no Node and resizes nothing', async what => {
    await begin(3)
    using _hidden = what === 'no members' ? stage.cloud.groups.hideMembers(stage.group) : undefined
    if (what === 'no groups') stage.cloud.faults.emptyLists(true)
    await stage.runtime.advance(600_000)
    const nodes = await stage.lasting(stage.nodes())
    expect(nodes).toHaveLength(3)
    for (const { metadata } of nodes) expect(metadata?.deletionTimestamp).toBeUndefined()
    expect(stage.cloud.calls).toMatchObject({ resizeGroup: 0, removeMembers: 0, createGroup: 1 })
    expect(await stage.condition('GroupReady')).toMatchObject({ status: 'False', reason: 'ListContradicted' })
  })

  it('of a single member does not end a Node whose kubelet is ready', async () => {
    await begin(3)
    const [one] = stage.alive()
    using _hidden = stage.cloud.groups.hideMembers(stage.group, [one?.id ?? ''])
    await stage.runtime.advance(600_000)
    expect((await stage.nodeOf(one))?.metadata?.deletionTimestamp).toBeUndefined()
    expect(await stage.lasting(stage.members())).toHaveLength(3)
  })

  it('of members that are silent besides freezes their Nodes too', async () => {
    await begin(4)
    const names = (await stage.members()).map(nameOf)
    using _hidden = stage.cloud.groups.hideMembers(stage.group)
    for (const { id } of stage.alive()) stage.kubelets.stop(id)
    await stage.runtime.advance(600_000)
    const left = (await stage.lasting(stage.members())).filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    expect(left.map(nameOf)).toEqual(names)
  })

  it('of a place that could not be asked decides nothing', async () => {
    await begin(4, { config: { zones: ['a', 'b'] } })
    stage.cloud.faults.zoneOutage('a', true)
    await stage.runtime.advance(300_000)
    expect(await stage.lasting(stage.members())).toHaveLength(4)
    expect(stage.cloud.calls).toMatchObject({ resizeGroup: 0, removeMembers: 0 })
    stage.cloud.faults.zoneOutage('a', false)
    await stage.until('it is content', async () => (await stage.condition('GroupReady'))?.status === 'True')
  })

  it('from another account decides nothing', async () => {
    stage = await createGroupStage({ cloud: { tokens: { a: 'account-a', b: 'account-b' } } })
    const secretRef = { namespace: 'kube-node-system', name: 'cloud' }
    const entries = (token: string): Record<string, string> => ({ token: Buffer.from(token).toString('base64') })
    await stage.create(Secrets, { apiVersion: 'v1', kind: 'Secret', metadata: secretRef, data: entries('a') })
    await stage.lasting(stage.client.patch(NodeClasses, { name: 'pool' }, { merge: { spec: { secretRef } } }))
    stage.manager()
    await stage.create(NodeSets, workers({ replicas: 2 }))
    await stage.until('both run', async () => (await stage.running()).length === 2)
    await stage.lasting(stage.client.patch(Secrets, secretRef, { merge: { data: entries('b') } }))
    await stage.until('it says so', async () => (await stage.condition('GroupReady'))?.reason === 'AccountChanged', 120_000)
    await stage.patch({ replicas: 4 })
    await stage.runtime.advance(300_000)
    expect(await stage.lasting(stage.members())).toHaveLength(2)
    expect(stage.cloud.calls).toMatchObject({ createGroup: 1, resizeGroup: 0, removeMembers: 0 })
    await stage.lasting(stage.client.patch(Secrets, secretRef, { merge: { data: entries('a') } }))
    await stage.until('it goes on', async () => (await stage.running()).length === 4, 600_000)
  })
})

describe('answers that get lost', () => {
  it.each([true, false])('(carried out: %s) are found out before anything else is done', async executed => {
    await begin(2, { cloud: { listDelay: '1s' } })
    stage.cloud.faults.loseAnswers(1, { operation: 'resizeGroup', executed })
    await stage.patch({ replicas: 4 })
    let most = 0
    stage.cloud.on('starting', () => {
      most = Math.max(most, stage.alive().length)
    })
    await stage.until('four run', async () => (await stage.running()).length === 4, 900_000)
    stage.cloud.faults.loseAnswers(1, { operation: 'removeMembers', executed })
    await stage.patch({ replicas: 3 })
    await stage.until('three are left', async () => (await stage.members()).length === 3 && stage.alive().length === 3, 900_000)
    await stage.runtime.advance(300_000)
    expect(size()).toBe(3)
    expect(most).toBeLessThanOrEqual(4)
  })

  it('of a create make no second group', async () => {
    stage = await createGroupStage()
    stage.manager()
    stage.cloud.faults.loseAnswers(1, { operation: 'createGroup' })
    await stage.create(NodeSets, workers({ replicas: 2 }))
    await stage.until('both run', async () => (await stage.running()).length === 2, 900_000)
    expect(stage.cloud.groups.list()).toHaveLength(1)
  })
})

describe('a stockout', () => {
  it('is told in the words of the cloud', async () => {
    await begin(1)
    using _none = stage.cloud.faults.stockout({ instanceType: 'small' })
    await stage.patch({ replicas: 2 })
    await stage.until('it says so', async () => (await stage.condition('GroupReady'))?.reason === 'LacksMachines')
    expect(await stage.condition('Degraded')).toMatchObject({ status: 'True', message: expect.stringContaining('out of stock') })
  })
})

describe('a claim of a person on a class of groups', () => {
  it('is told that such a class serves sets', async () => {
    await begin(1)
    await stage.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'pool' } } })
    const said = async (): Promise<string | undefined> =>
      findCondition((await stage.client.get(Nodes, { name: 'a' }))?.status?.conditions, 'MachineProvisioned')?.message
    await stage.until('it says something', async () => (await said()) !== undefined)
    expect(await stage.lasting(said())).toContain('manages groups')
  })
})
