import { createKubeNode } from '@kube-node/core'
import { type Node, NodeClasses, NodeSets, Nodes, annotations, findCondition, labels, nameOf } from '@kube-node/core/api'
import { afterEach, describe, expect, it } from 'vitest'
import { type TestCluster, createTestCluster } from './index.ts'

let cluster: TestCluster
afterEach(() => cluster[Symbol.asyncDispose]())

const open = async (limit?: number): Promise<void> => {
  cluster = await createTestCluster({ installed: {}, cloud: { bootTime: '10s' } })
  cluster.start(
    createKubeNode({ cluster: cluster.transport(), runtime: cluster.runtime, log: () => {}, providers: [cluster.cloud.provider()] }),
  )
  await cluster.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: { provider: 'simulated', config: { region: 'r1' }, ...(limit === undefined ? {} : { limits: { nodes: limit } }) },
  })
}
const claim = (name: string): Node => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: 'small' } } })
const all = async (): Promise<readonly Node[]> => {
  const nodes: Node[] = []
  for await (const page of cluster.client.pages(Nodes, {})) nodes.push(...page)
  return nodes
}
const inPhase = async (phase: string): Promise<string[]> =>
  (await all())
    .filter(node => node.metadata?.annotations?.[annotations.phase] === phase)
    .map(nameOf)
    .toSorted()
const alive = (): number => cluster.cloud.machines().filter(({ state }) => state !== 'gone').length
const remove = async (name: string): Promise<void> => {
  const node = await cluster.client.get(Nodes, { name })
  await cluster.lasting(cluster.client.delete(Nodes, { name }, { uid: node?.metadata?.uid ?? '' }))
  await cluster.until(`${name} is gone`, async () => (await cluster.client.get(Nodes, { name })) === undefined)
}

describe('with the rights and the policies of the manifests', () => {
  it('a claim lives and ends, and so does a set, while it is being provisioned too', async () => {
    await open()
    await cluster.create(Nodes, claim('a'))
    await cluster.until('a runs', async () => (await inPhase('Running')).includes('a'))
    await remove('a')
    expect(alive()).toBe(0)

    const set = await cluster.create(NodeSets, {
      apiVersion: 'kube-node.dev/v1alpha1',
      kind: 'NodeSet',
      metadata: { name: 'workers' },
      spec: { replicas: 3, nodeClassName: 'small' },
    })
    await cluster.until('its machines are on their way', () => alive() === 3)
    await cluster.lasting(cluster.client.delete(NodeSets, { name: 'workers' }, { uid: set.metadata?.uid ?? '' }))
    await cluster.until('all of it is gone', async () => (await all()).length === 0)
    expect(alive()).toBe(0)
  })
})

describe('the limit of a class', () => {
  it('admits claims in the order of their creation, and the next one when one ends', async () => {
    await open(2)
    for (const name of ['d', 'b', 'c', 'a']) {
      await cluster.create(Nodes, claim(name))
      await cluster.runtime.advance(1_000)
    }
    await cluster.until('the first two run', async () => (await inPhase('Running')).length === 2)
    expect(await inPhase('Running')).toEqual(['b', 'd'])
    const waits = findCondition((await cluster.client.get(Nodes, { name: 'a' }))?.status?.conditions, 'MachineProvisioned')
    expect(waits).toMatchObject({ status: 'False', reason: 'LimitReached', message: expect.stringContaining('spec.limits.nodes') })
    await remove('d')
    await cluster.until('the next one runs', async () => (await inPhase('Running')).length === 2)
    expect(await inPhase('Running')).toEqual(['b', 'c'])
    expect(await inPhase('Pending')).toEqual(['a'])
  })

  it('holds for two dozen claims at once, whatever the order in which they are looked at', async () => {
    await open(7)
    let most = 0
    cluster.cloud.on('starting', () => {
      most = Math.max(most, alive())
    })
    const names = Array.from({ length: 24 }, (_, i) => `n${String(i).padStart(2, '0')}`)
    await cluster.lasting(Promise.all(names.map(name => cluster.client.create(Nodes, claim(name)))))
    await cluster.until('as many run as may', async () => (await inPhase('Running')).length === 7)
    expect(await inPhase('Pending')).toHaveLength(17)
    for (const name of await inPhase('Running')) await remove(name)
    await cluster.until('as many again run', async () => (await inPhase('Running')).length === 7)
    expect(await inPhase('Pending')).toHaveLength(10)
    expect(most).toBe(7)
    expect(cluster.cloud.calls.create).toBe(14)
  })
})
