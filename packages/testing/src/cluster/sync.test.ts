import { createKubeNode } from '@kube-node/core'
import { type Node, NodeClasses, NodeSets, Nodes, annotations, labels } from '@kube-node/core/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestCluster, createTestCluster } from './index.ts'

let cluster: TestCluster
beforeEach(async () => {
  cluster = await createTestCluster()
  const { runtime, cloud } = cluster
  cluster.start(createKubeNode({ cluster: cluster.transport(), runtime, log: () => {}, providers: [cloud.provider()] }))
  await cluster.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: {
      provider: 'simulated',
      config: { region: 'r1' },
      template: { labels: { tier: 'web', old: 'x' }, taints: [{ key: 'gpu', effect: 'NoSchedule' }] },
    },
  })
})
afterEach(() => cluster[Symbol.asyncDispose]())

const node = async (name: string): Promise<Node | undefined> => cluster.client.get(Nodes, { name })
const runs = async (name: string): Promise<boolean> => (await node(name))?.metadata?.annotations?.[annotations.phase] === 'Running'
const own = async (name: string): Promise<Readonly<Record<string, string>>> => (await node(name))?.metadata?.labels ?? {}
const taintsOf = async (name: string): Promise<readonly string[]> =>
  ((await node(name))?.spec?.taints ?? []).map(({ key }) => key).toSorted()
const edit = (template: object): Promise<unknown> =>
  cluster.lasting(cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { template: { ...template } } } }))

describe('the labels, annotations and taints of a class', () => {
  it('follow it on nodes that run, and leave machines and what others have written alone', async () => {
    await cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'small' } } })
    await cluster.until('a runs', () => runs('a'))
    const { metadata } = (await node('a')) ?? {}
    const taints = (await node('a'))?.spec?.taints?.map(taint => ({ ...taint })) ?? []
    const theirs = { metadata: { labels: { theirs: 'y' } }, spec: { taints: [...taints, { key: 'theirs', effect: 'NoSchedule' }] } }
    await cluster.lasting(cluster.client.patch(Nodes, { name: 'a' }, { merge: theirs }))

    await edit({ labels: { tier: 'db', old: null, new: 'z' }, annotations: { note: '1' }, taints: [{ key: 'ssd', effect: 'NoSchedule' }] })
    await cluster.until('a has the new label', async () => (await own('a'))['new'] === 'z')
    expect(await own('a')).toMatchObject({ tier: 'db', new: 'z', theirs: 'y', [labels.zone]: 'r1-a' })
    expect(await own('a')).not.toHaveProperty('old')
    expect(await taintsOf('a')).toEqual([...taints.map(({ key }) => key).filter(key => key !== 'gpu'), 'ssd', 'theirs'].toSorted())
    expect((await node('a'))?.metadata?.annotations).toMatchObject({ note: '1' })
    expect((await node('a'))?.metadata?.uid).toBe(metadata?.uid)
    expect(cluster.cloud.calls.create).toBe(1)
  })

  it('are put back when somebody takes them off, and nothing is written when all is as it should be', async () => {
    await cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'small' } } })
    await cluster.until('a runs', () => runs('a'))
    await cluster.runtime.advance(5_000)
    const before = (await node('a'))?.metadata?.annotations?.[annotations.applied]
    await cluster.lasting(cluster.client.patch(Nodes, { name: 'a' }, { merge: { metadata: { labels: { tier: null } } } }))
    await cluster.until('it is back', async () => (await own('a'))['tier'] === 'web')
    expect((await node('a'))?.metadata?.annotations?.[annotations.applied]).toBe(before)
  })
})

describe('the template of a set', () => {
  it('goes over that of the class, on the nodes that it has', async () => {
    const template = { labels: { tier: 'set' } }
    await cluster.create(NodeSets, {
      apiVersion: 'kube-node.dev/v1alpha1',
      kind: 'NodeSet',
      metadata: { name: 'workers' },
      spec: { replicas: 2, nodeClassName: 'small', template },
    })
    const members = async (): Promise<readonly Node[]> => {
      const found: Node[] = []
      for await (const page of cluster.client.pages(Nodes, { labels: `${labels.nodeset}=workers` })) found.push(...page)
      return found
    }
    await cluster.until(
      'both run',
      async () => (await members()).filter(each => each.metadata?.annotations?.[annotations.phase] === 'Running').length === 2,
    )
    const uids = (await cluster.lasting(members())).map(each => each.metadata?.uid ?? '').toSorted()
    expect((await cluster.lasting(members())).map(each => each.metadata?.labels?.['tier'])).toEqual(['set', 'set'])
    await cluster.lasting(
      cluster.client.patch(NodeSets, { name: 'workers' }, { merge: { spec: { template: { labels: { tier: null, team: 'a' } } } } }),
    )
    await cluster.until('both have the new label', async () => (await members()).every(each => each.metadata?.labels?.['team'] === 'a'))
    expect((await cluster.lasting(members())).map(each => each.metadata?.labels?.['tier'])).toEqual(['web', 'web'])
    expect((await cluster.lasting(members())).map(each => each.metadata?.uid ?? '').toSorted()).toEqual(uids)
  })

  it('stays on nodes that are orphaned on purpose', async () => {
    await cluster.create(NodeSets, {
      apiVersion: 'kube-node.dev/v1alpha1',
      kind: 'NodeSet',
      metadata: { name: 'workers' },
      spec: { replicas: 1, nodeClassName: 'small', template: { labels: { team: 'a' } } },
    })
    const member = async (): Promise<Node | undefined> => {
      for await (const page of cluster.client.pages(Nodes, { labels: `${labels.nodeset}=workers` })) return page[0]
      return undefined
    }
    await cluster.until('it runs', async () => (await member())?.metadata?.annotations?.[annotations.phase] === 'Running')
    const set = await cluster.client.get(NodeSets, { name: 'workers' })
    await cluster.lasting(cluster.client.delete(NodeSets, { name: 'workers' }, { uid: set?.metadata?.uid ?? '', propagation: 'Orphan' }))
    await cluster.runtime.advance(60_000)
    expect((await cluster.lasting(member()))?.metadata?.labels).toMatchObject({ team: 'a' })
  })
})
