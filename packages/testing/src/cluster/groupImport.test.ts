import { NodeSets, Nodes, annotations, finalizers, labels, nameOf } from '@kube-node/core/api'
import { afterEach, describe, expect, it } from 'vitest'
import { type GroupStage, createGroupStage, workers } from './group.fixture.ts'

let stage: GroupStage
const begin = async (size: number): Promise<void> => {
  stage = await createGroupStage()
  stage.cloud.groups.create('old', { region: 'r1', size })
  await stage.until('its machines have joined', async () => (await stage.nodes()).length === size)
  stage.manager()
}
afterEach(() => stage[Symbol.asyncDispose]())

const size = (): number | undefined => stage.cloud.groups.get('old')?.size

describe('a set that names a group which exists', () => {
  it('takes it over as it is, whatever replicas said, and then drives it', async () => {
    await begin(4)
    const machines = stage.alive().map(({ id }) => id)
    await stage.create(NodeSets, workers({ replicas: 1, group: { id: 'old' } }))
    await stage.until('all are its own', async () => (await stage.running()).length === 4)
    await stage.runtime.advance(120_000)
    expect((await stage.set())?.spec.replicas).toBe(4)
    expect(stage.alive().map(({ id }) => id)).toEqual(machines)
    expect(stage.cloud.calls).toMatchObject({ resizeGroup: 0, removeMembers: 0 })
    await stage.patch({ replicas: 3 })
    await stage.until('three are left', async () => (await stage.members()).length === 3 && stage.alive().length === 3)
    expect(size()).toBe(3)
  })

  it('owns none of its Nodes, so that they outlive it', async () => {
    await begin(2)
    await stage.create(NodeSets, workers({ group: { id: 'old' } }))
    await stage.until('all are its own', async () => (await stage.running()).length === 2)
    for (const node of await stage.members()) expect(node.metadata?.ownerReferences ?? []).toEqual([])
    await stage.removeSet('Foreground')
    await stage.until('the set is gone', async () => (await stage.set()) === undefined)
    const nodes = await stage.lasting(stage.nodes())
    expect(nodes).toHaveLength(2)
    for (const { metadata, spec } of nodes) {
      expect(metadata?.labels).not.toHaveProperty(labels.class)
      expect(metadata?.labels).not.toHaveProperty(labels.nodeset)
      expect(metadata?.annotations ?? {}).not.toHaveProperty(annotations.machine)
      expect(metadata?.finalizers ?? []).not.toContain(finalizers.machine)
      expect(spec?.unschedulable ?? false).toBe(false)
    }
    expect(stage.alive()).toHaveLength(2)
    expect(size()).toBe(2)
  })

  it('says that there is none of that name, and does nothing', async () => {
    await begin(1)
    await stage.create(NodeSets, workers({ replicas: 2, group: { id: 'odl' } }))
    await stage.until('it says so', async () => (await stage.condition('GroupReady'))?.reason === 'GroupNotFound')
    expect(stage.cloud.groups.list()).toHaveLength(1)
    await stage.removeSet()
    await stage.until('it can be deleted', async () => (await stage.set()) === undefined)
  })

  it('leaves a group to the set that has it', async () => {
    await begin(2)
    await stage.create(NodeSets, workers({ group: { id: 'old' } }))
    await stage.until('all are its own', async () => (await stage.running()).length === 2)
    await stage.create(NodeSets, { ...workers({ replicas: 9, group: { id: 'old' } }), metadata: { name: 'thieves' } })
    const thieves = async (): Promise<string | undefined> =>
      (await stage.client.get(NodeSets, { name: 'thieves' }))?.status?.conditions?.find(({ type }) => type === 'GroupReady')?.reason
    await stage.until('it says so', async () => (await thieves()) === 'GroupTaken')
    await stage.runtime.advance(60_000)
    expect(size()).toBe(2)
    expect(await stage.lasting(stage.members())).toHaveLength(2)
  })
})

describe('Nodes of members', () => {
  it('that something else has claimed are left alone, and told of', async () => {
    await begin(2)
    const [node] = await stage.lasting(stage.nodes())
    const merge = { metadata: { labels: { [labels.class]: 'other' } } }
    await stage.lasting(stage.client.patch(Nodes, { name: nameOf(node ?? {}) }, { merge }))
    await stage.create(NodeSets, workers({ group: { id: 'old' } }))
    await stage.until('it says so', async () => (await stage.condition('GroupReady'))?.reason === 'StrangeNode')
    await stage.until('the other one is its own', async () => (await stage.running()).length === 1)
    await stage.patch({ replicas: 0 })
    await stage.until('its own is gone', async () => (await stage.members()).length === 0)
    await stage.runtime.advance(120_000)
    expect(await stage.lasting(stage.client.get(Nodes, { name: nameOf(node ?? {}) }))).toMatchObject({
      metadata: { labels: { [labels.class]: 'other' } },
    })
    expect(stage.alive()).toHaveLength(1)
  })

  it('are known by their providerID: a name alone makes no member', async () => {
    await begin(1)
    const [machine] = stage.alive()
    const [node] = await stage.lasting(stage.nodes())
    await stage.lasting(stage.client.delete(Nodes, { name: nameOf(node ?? {}) }, { uid: node?.metadata?.uid ?? '' }))
    await stage.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: nameOf(node ?? {}) } })
    await stage.create(Nodes, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'impostor' },
      spec: { providerID: `simulated:///${machine?.zone ?? ''}/${machine?.id ?? ''}` },
      status: { nodeInfo: { kubeletVersion: 'v1.37.2' } },
    })
    await stage.create(NodeSets, workers({ group: { id: 'old' } }))
    await stage.until('it says so', async () => (await stage.condition('GroupReady'))?.message?.includes('impostor'))
    expect(await stage.lasting(stage.members())).toEqual([])
  })
})

describe('a set whose group has the say', () => {
  it('follows its size, up and down, and replaces nothing by growing', async () => {
    await begin(2)
    await stage.create(NodeSets, workers({ group: { id: 'old', sizeAuthority: 'group' } }))
    await stage.until('all are its own', async () => (await stage.running()).length === 2)
    stage.cloud.groups.resize('old', 5)
    await stage.until('replicas follow', async () => (await stage.set())?.spec.replicas === 5, 120_000)
    await stage.until('five run', async () => (await stage.running()).length === 5)
    await stage.remove((await stage.members())[0])
    await stage.until('it is replaced', async () => stage.cloud.calls.removeMembers === 1 && (await stage.running()).length === 5)
    stage.cloud.groups.resize('old', 4)
    await stage.until('replicas follow', async () => (await stage.set())?.spec.replicas === 4, 120_000)
    await stage.until('four are left', async () => (await stage.members()).length === 4)
    expect(stage.cloud.calls.resizeGroup).toBe(0)
    expect(size()).toBe(4)
  })
})
