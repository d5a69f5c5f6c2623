import { createKubeNode } from '@kube-node/core'
import {
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
import { afterEach, describe, expect, it } from 'vitest'
import { type TestCluster, createTestCluster } from './index.ts'

const api = 'kube-node.dev/v1alpha1'
const limited = (nodes: number): NodeClass => ({
  apiVersion: api,
  kind: 'NodeClass',
  metadata: { name: 'small' },
  spec: { provider: 'simulated', config: { region: 'r1' }, limits: { nodes } },
})
const setOf = (name: string, replicas: number): NodeSet => ({
  apiVersion: api,
  kind: 'NodeSet',
  metadata: { name },
  spec: { nodeClassName: 'small', replicas },
})
const claim = (name: string): Node => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: 'small' } } })

let cluster: TestCluster
afterEach(() => cluster[Symbol.asyncDispose]())

/** A cluster in which requests take their time, with the most machines that lived at one time. */
const begin = async (seed: number, nodes: number): Promise<{ most: number; manage(): { stop(): Promise<void> } }> => {
  cluster = await createTestCluster({ seed, cloud: { latency: ['50ms', '800ms'] } })
  const seen = {
    most: 0,
    manage: () =>
      cluster.start(
        createKubeNode({ cluster: cluster.transport(), runtime: cluster.runtime, log: () => {}, providers: [cluster.cloud.provider()] }),
      ),
  }
  cluster.cloud.on('starting', () => {
    seen.most = Math.max(seen.most, cluster.cloud.machines().filter(({ state }) => state !== 'gone').length)
  })
  await cluster.create(NodeClasses, limited(nodes))
  return seen
}
const all = async (): Promise<readonly Node[]> => {
  const found: Node[] = []
  for await (const page of cluster.client.pages(Nodes)) found.push(...page)
  return found
}
const running = async (): Promise<number> =>
  (await all()).filter(({ metadata }) => metadata?.annotations?.[annotations.phase] === 'Running').length
const waiting = async (): Promise<readonly string[]> =>
  (await all())
    .filter(({ status }) => findCondition(status?.conditions, 'MachineProvisioned')?.reason === 'LimitReached')
    .map(({ metadata }) => metadata?.name ?? '')

describe('a limit of a class', () => {
  it.each([1, 2, 3, 4, 5])('is kept by sets and people who come at the same moment (seed %i)', async seed => {
    const seen = await begin(seed, 7)
    cluster.server.faults.add({ match: { verb: ['create', 'patch'], resource: 'nodes' }, latency: `${200 * seed}ms` })
    seen.manage()
    const people = ['p-0', 'p-1', 'p-2', 'p-3']
    await cluster.lasting(
      Promise.all([
        ...['a', 'b', 'c'].map(name => cluster.client.create(NodeSets, setOf(name, 4))),
        ...people.map(name => cluster.client.create(Nodes, claim(name))),
      ]),
    )
    await cluster.until('seven run', async () => (await running()) === 7)
    await cluster.runtime.advance(120_000)
    expect(await cluster.lasting(running())).toBe(7)
    expect(seen.most).toBe(7)
    const members = (await cluster.lasting(all())).filter(({ metadata }) => metadata?.labels?.[labels.nodeset] !== undefined).length
    expect(members).toBeLessThanOrEqual(7)
  })

  it('leaves no more Nodes of sets than it allows, though each of them sees room for all', async () => {
    const seen = await begin(1, 5)
    cluster.server.faults.add({ match: { verb: 'create', resource: 'nodes' }, latency: '2s' })
    seen.manage()
    await cluster.lasting(Promise.all(['a', 'b', 'c'].map(name => cluster.client.create(NodeSets, setOf(name, 4)))))
    await cluster.until('five run', async () => (await running()) === 5)
    expect(await cluster.lasting(all())).toHaveLength(5)
  })

  it('that a restart comes upon lets nobody in who waits, and whoever has waited goes on when there is a place', async () => {
    const seen = await begin(1, 2)
    const first = seen.manage()
    for (const name of ['a', 'b', 'c']) await cluster.create(Nodes, claim(name))
    await cluster.until('two run', async () => (await running()) === 2)
    // As a set that saw room makes it: born with a record, and without a place.
    const [member] = await withSetMember()
    expect(await cluster.lasting(waiting())).toContain(member)
    await first.stop()
    seen.manage()
    await cluster.runtime.advance(300_000)
    expect(seen.most).toBe(2)
    await cluster.lasting(cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { limits: { nodes: 4 } } } }))
    await cluster.until('four run', async () => (await running()) === 4, 600_000)
  })
})

describe('a Node that has lost the record of its machine', () => {
  it('gets it back in a full class: the machine is there', async () => {
    const seen = await begin(1, 2)
    seen.manage()
    for (const name of ['a', 'b']) await cluster.create(Nodes, claim(name))
    await cluster.until('two run', async () => (await running()) === 2)
    await cluster.lasting(cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { limits: { nodes: 1 } } } }))
    const bare = { annotations: { [annotations.machine]: null, [annotations.phase]: null }, finalizers: [] }
    for (const name of ['a', 'b']) await cluster.lasting(cluster.client.patch(Nodes, { name }, { merge: { metadata: bare } }))
    await cluster.until('both have theirs again', async () => (await running()) === 2)
    expect(cluster.cloud.machines().map(({ state }) => state)).toEqual(['running', 'running'])
  })
})

/** The limit is raised for as long as it takes a set to decide. */
const withSetMember = async (): Promise<readonly string[]> => {
  const limit = (nodes: number): Promise<unknown> =>
    cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { limits: { nodes } } } })
  const uid = (await cluster.lasting(cluster.client.get(Nodes, { name: 'c' })))?.metadata?.uid ?? ''
  await cluster.lasting(cluster.client.delete(Nodes, { name: 'c' }, { uid }))
  const slow = cluster.server.faults.add({ match: { verb: 'create', resource: 'nodes', user: 'kube-node' }, latency: '5s' })
  await cluster.lasting(limit(3))
  await cluster.create(NodeSets, setOf('late', 1))
  await cluster.runtime.advance(2_000)
  await cluster.lasting(limit(2))
  await cluster.runtime.advance(10_000)
  slow[Symbol.dispose]()
  await cluster.create(Nodes, claim('c'))
  await cluster.runtime.advance(30_000)
  return (await cluster.lasting(all()))
    .filter(({ metadata }) => metadata?.labels?.[labels.nodeset] === 'late')
    .map(({ metadata }) => metadata?.name ?? '')
}
