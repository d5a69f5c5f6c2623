import { type KubeNode, createKubeNode, readHistory } from '@kube-node/core'
import {
  type ControllerRevision,
  ControllerRevisions,
  type Node,
  type NodeClass,
  NodeClasses,
  type NodeSet,
  NodeSets,
  Nodes,
  annotations,
  findCondition,
  labels,
} from '@kube-node/core/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RequestRecord } from '../server/index.ts'
import { type TestCluster, createTestCluster } from './index.ts'

const api = 'kube-node.dev/v1alpha1'
const small: NodeClass = {
  apiVersion: api,
  kind: 'NodeClass',
  metadata: { name: 'small' },
  spec: { provider: 'simulated', config: { region: 'r1' } },
}
const workers = (replicas: number, more: Partial<NodeSet['spec']> = {}): NodeSet => ({
  apiVersion: api,
  kind: 'NodeSet',
  metadata: { name: 'workers' },
  spec: { replicas, nodeClassName: 'small', ...more },
})

let cluster: TestCluster
let kubeNode: KubeNode
beforeEach(async () => {
  cluster = await createTestCluster()
  kubeNode = createKubeNode({
    cluster: cluster.transport(),
    runtime: cluster.runtime,
    log: () => {},
    providers: [cluster.cloud.provider()],
  })
  cluster.start(kubeNode)
  await cluster.create(NodeClasses, small)
})
afterEach(() => cluster[Symbol.asyncDispose]())

const nodes = async (): Promise<readonly Node[]> => {
  const all: Node[] = []
  for await (const page of cluster.client.pages(Nodes)) all.push(...page)
  return all
}
const running = async (): Promise<readonly Node[]> =>
  (await nodes()).filter(node => node.metadata?.annotations?.[annotations.phase] === 'Running')
const set = (): Promise<NodeSet | undefined> => cluster.client.get(NodeSets, { name: 'workers' })
const condition = async (type: string): Promise<string | undefined> => findCondition((await set())?.status?.conditions, type)?.status
const alive = (): number => cluster.cloud.machines().filter(machine => machine.state !== 'gone').length
const scale = (replicas: number): Promise<NodeSet> =>
  cluster.lasting(cluster.client.patch(NodeSets, { name: 'workers' }, { merge: { spec: { replicas } } }, { subresource: 'scale' }))
const removeSet = async (propagation: 'Background' | 'Foreground' | 'Orphan'): Promise<void> => {
  await cluster.lasting(cluster.client.delete(NodeSets, { name: 'workers' }, { uid: (await set())?.metadata?.uid ?? '', propagation }))
}

/** Writes of the controller: events, and the beat of its lease, apart. */
const onWrite = (listener: (record: RequestRecord) => void): (() => void) =>
  cluster.server.onRequest(record => {
    const isWrite = !['get', 'list', 'watch'].includes(record.verb)
    if (record.user === 'kube-node' && isWrite && record.resource !== 'events' && record.resource !== 'leases') listener(record)
  })

describe('a set', () => {
  it('removes no node more because one went while its status was written', async () => {
    await cluster.create(NodeSets, workers(4))
    await cluster.until('all run', async () => (await running()).length === 4)
    await cluster.runtime.advance(10_000)
    const slow = cluster.server.faults.add({ match: { verb: 'patch', resource: 'nodesets/status', user: 'kube-node' }, latency: '5s' })
    await scale(2)
    await cluster.runtime.advance(1_000)
    // Of nodes of one age the first by name go first: the last one was to stay.
    const names = (await cluster.lasting(running())).map(node => node.metadata?.name ?? '').toSorted()
    const name = names.at(-1) ?? ''
    const uid = (await cluster.client.get(Nodes, { name }))?.metadata?.uid ?? ''
    await cluster.lasting(cluster.client.delete(Nodes, { name }, { uid }))
    slow[Symbol.dispose]()
    await cluster.until('two are left', async () => (await nodes()).length <= 2)
    await cluster.runtime.advance(30_000)
    expect((await cluster.lasting(nodes())).length).toBe(2)
    expect(cluster.cloud.calls.create).toBe(4)
  })

  it('makes its nodes, and says so in its status', async () => {
    await cluster.create(NodeSets, workers(3, { template: { labels: { tier: 'web' } } }))
    await cluster.until('3 run', async () => (await running()).length === 3)
    await cluster.until(
      'the set is available',
      async () => (await condition('Available')) === 'True' && (await set())?.status?.availableReplicas === 3,
    )
    const status = (await set())?.status
    expect(status).toMatchObject({ replicas: 3, readyReplicas: 3, availableReplicas: 3, unavailableReplicas: 0, updatedReplicas: 3 })
    expect(status?.selector).toBe(`${labels.nodeset}=workers`)
    expect(findCondition(status?.conditions, 'Reconciling')).toBeUndefined()
    const [node] = await nodes()
    expect(node?.metadata?.labels).toMatchObject({ tier: 'web', [labels.class]: 'small', [labels.nodeset]: 'workers' })
    expect(node?.metadata?.ownerReferences?.[0]).toMatchObject({
      kind: 'NodeSet',
      name: 'workers',
      controller: true,
      blockOwnerDeletion: true,
    })
    expect(alive()).toBe(3)
  })

  it('is scaled up and down by its scale subresource', async () => {
    await cluster.create(NodeSets, workers(0))
    await scale(20)
    await cluster.until('20 run', async () => (await running()).length === 20)
    expect(alive()).toBe(20)
    await scale(5)
    await cluster.until('5 are left', async () => (await nodes()).length === 5)
    expect(alive()).toBe(5)
    expect((await running()).length).toBe(5)
  })

  it('replaces a node that is deleted, and one whose machine dies', async () => {
    await cluster.create(NodeSets, workers(3))
    await cluster.until('3 run', async () => (await running()).length === 3)
    const [first, second] = await nodes()
    await cluster.lasting(cluster.client.delete(Nodes, { name: first?.metadata?.name ?? '' }, { uid: first?.metadata?.uid ?? '' }))
    const replaced = async (uid: string | undefined): Promise<boolean> => {
      const all = await running()
      return all.length === 3 && all.every(node => node.metadata?.uid !== uid)
    }
    await cluster.until('the deleted one is replaced', () => replaced(first?.metadata?.uid))
    const machine = cluster.cloud.machines().find(({ owner }) => owner?.claim === second?.metadata?.uid)
    cluster.cloud.kill(machine?.id ?? '')
    await cluster.until('the dead one is replaced', () => replaced(second?.metadata?.uid), 900_000)
    expect(alive()).toBe(3)
  })

  it('keeps all of its nodes when the provider suddenly lists none of their machines', async () => {
    await cluster.create(NodeSets, workers(3))
    await cluster.until('3 run', async () => (await running()).length === 3)
    cluster.cloud.faults.emptyLists(true)
    await cluster.until(
      'the nodes say why nothing happens',
      async () =>
        (await nodes()).some(node => findCondition(node.status?.conditions, 'MachineProvisioned')?.reason === 'MachineLossFrozen'),
      900_000,
    )
    await cluster.runtime.advance(600_000)
    expect(await nodes()).toHaveLength(3)
    expect(alive()).toBe(3)
    cluster.cloud.faults.emptyLists(false)
    await cluster.until(
      'all is well again',
      async () => (await nodes()).every(node => findCondition(node.status?.conditions, 'MachineProvisioned')?.status === 'True'),
      900_000,
    )
    expect(cluster.cloud.calls.create).toBe(3)
  })

  it('goes with its nodes and machines, in the background and in the foreground', async () => {
    for (const propagation of ['Background', 'Foreground'] as const) {
      await cluster.create(NodeSets, workers(2))
      await cluster.until('2 run', async () => (await running()).length === 2)
      await removeSet(propagation)
      await cluster.until(`everything is gone (${propagation})`, async () => (await nodes()).length === 0 && (await set()) === undefined)
      expect(alive()).toBe(0)
    }
  })

  it('leaves its nodes when told to, and the next one of its name takes them over', async () => {
    await cluster.create(NodeSets, workers(3))
    await cluster.until('3 run', async () => (await running()).length === 3)
    const before = (await nodes()).map(node => node.metadata?.uid ?? '').toSorted()
    await removeSet('Orphan')
    await cluster.until('it is gone', async () => (await set()) === undefined)
    await cluster.runtime.advance(60_000)
    expect((await nodes()).map(node => node.metadata?.uid ?? '').toSorted()).toEqual(before)
    await cluster.create(NodeSets, workers(2))
    await cluster.until('two are left', async () => (await nodes()).length === 2 && (await set())?.status?.availableReplicas === 2)
    expect((await nodes()).every(node => before.includes(node.metadata?.uid ?? ''))).toBe(true)
    expect(cluster.cloud.calls.create).toBe(3)
  })

  it('keeps its revisions, as many as it is told to, and their order when it goes back', async () => {
    await cluster.create(NodeSets, workers(1, { revisionHistoryLimit: 1 }))
    const edit = (config: Record<string, string>): Promise<unknown> =>
      cluster.lasting(cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { config } } }))
    const history = async (): Promise<readonly (readonly [number, unknown])[]> => {
      const found = await set()
      const all: ControllerRevision[] = []
      for await (const page of cluster.client.pages(ControllerRevisions, { namespace: 'kube-node-system' })) all.push(...page)
      const kept = found ? readHistory(found, all) : []
      return kept.map(({ number, content }) => [number, content.classes[0]?.config?.['image']] as const)
    }
    const complete = async (image: string): Promise<unknown> =>
      cluster.until(`${image} is everywhere`, async () => {
        const known = (await history()).at(-1)
        return known?.[1] === image && findCondition((await set())?.status?.conditions, 'Progressing')?.reason === 'Complete'
      })
    for (const image of ['one', 'two', 'three']) {
      await edit({ image })
      await complete(image)
    }
    await edit({ image: 'two' })
    await complete('two')
    expect(await history()).toEqual([
      [4, 'three'],
      [5, 'two'],
    ])
    await removeSet('Background')
    await cluster.until('they go with it', async () => (await nodes()).length === 0)
    const left: ControllerRevision[] = []
    for await (const page of cluster.client.pages(ControllerRevisions, { namespace: 'kube-node-system' })) left.push(...page)
    expect(left).toEqual([])
  })

  it('comes to rest: then nothing is written any more', async () => {
    await cluster.create(NodeSets, workers(3))
    await cluster.until(
      'the set is available',
      async () => (await condition('Available')) === 'True' && (await set())?.status?.availableReplicas === 3,
    )
    await cluster.runtime.advance(20_000)
    const writes: string[] = []
    const stop = onWrite(({ verb, path }) => writes.push(`${verb} ${path}`))
    await cluster.runtime.advance(600_000)
    stop()
    expect(writes).toEqual([])
  })

  it('needs four writes a node on the way up, one of them for the account that no set knows, and three on the way down', async () => {
    await cluster.create(NodeSets, workers(0))
    const written = { nodes: 0 }
    const stop = onWrite(({ resource }) => {
      if (resource === 'nodes') written.nodes += 1
    })
    await scale(10)
    await cluster.until('10 run', async () => (await running()).length === 10)
    expect(written.nodes).toBe(10 * 4)
    await scale(0)
    await cluster.until('none is left', async () => (await nodes()).length === 0)
    expect(written.nodes).toBe(10 * 7)
    stop()
  })

  it('makes sure that no pod is left on the nodes that go together in fewer reads than nodes', async () => {
    await cluster.create(NodeSets, workers(10))
    await cluster.until('10 run', async () => (await running()).length === 10)
    let lists = 0
    const stop = cluster.server.onRequest(({ user, verb, resource }) => {
      if (user === 'kube-node' && verb === 'list' && resource === 'pods') lists += 1
    })
    await scale(0)
    await cluster.until('none is left', async () => (await nodes()).length === 0)
    stop()
    expect(lists).toBeLessThanOrEqual(3)
  })

  it('of a class with a limit stops there and says what is missing', async () => {
    await cluster.lasting(cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { limits: { nodes: 2 } } } }))
    await cluster.create(NodeSets, workers(5))
    await cluster.until('the set is degraded', async () => (await condition('Degraded')) === 'True' && (await running()).length === 2)
    expect(alive()).toBe(2)
    expect(await condition('Stalled')).toBe('True')
  })
})
