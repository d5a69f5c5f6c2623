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
  hasTaint,
  labels,
  taints,
} from '@kube-node/core/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { simulatedNodeLifecycle } from '../cloud/index.ts'
import { type TestCluster, createTestCluster } from './index.ts'

const api = 'kube-node.dev/v1alpha1'
const classNamed = (name: string, config: Readonly<Record<string, string>> = {}): NodeClass => ({
  apiVersion: api,
  kind: 'NodeClass',
  metadata: { name },
  spec: { provider: 'simulated', config: { region: 'r1', ...config } },
})

let cluster: TestCluster
beforeEach(async () => {
  cluster = await createTestCluster({ cloud: { bootTime: '20s' } })
  const { runtime, server } = cluster
  const lifecycle = simulatedNodeLifecycle({ transport: server.transport(), runtime })
  cluster.start({ run: ({ signal }) => lifecycle.run(signal) })
  cluster.start(
    createKubeNode({
      cluster: cluster.transport(),
      runtime,
      log: () => {},
      providers: [cluster.cloud.provider({ drift: true })],
      driftCheck: '2m',
    }),
  )
  await cluster.create(NodeClasses, classNamed('small'))
})
afterEach(() => cluster[Symbol.asyncDispose]())

const workers = (replicas: number, more: Partial<NodeSet['spec']> = {}): Promise<NodeSet> =>
  cluster.create(NodeSets, {
    apiVersion: api,
    kind: 'NodeSet',
    metadata: { name: 'workers' },
    spec: { replicas, ...(more.nodeClassNames ? {} : { nodeClassName: 'small' }), ...more },
  })
// What the server stores of this kind: the cast at the border.
const nodes = (): readonly Node[] => cluster.server.store.list(Nodes) as unknown as readonly Node[]
const running = (): readonly Node[] =>
  nodes().filter(node => node.metadata?.annotations?.[annotations.phase] === 'Running' && node.metadata.deletionTimestamp === undefined)
const set = (): Promise<NodeSet | undefined> => cluster.client.get(NodeSets, { name: 'workers' })
const condition = async (type: string) => findCondition((await set())?.status?.conditions, type)
const edit = (spec: Readonly<Record<string, unknown>>): Promise<NodeSet> =>
  // A spec of a NodeSet is JSON.
  cluster.lasting(cluster.client.patch(NodeSets, { name: 'workers' }, { merge: { spec: spec as never } }))
const zonesOf = (some: readonly Node[]): readonly string[] => some.map(node => node.metadata?.labels?.[labels.zone] ?? '').toSorted()
const classesOf = (some: readonly Node[]): readonly string[] => some.map(node => node.metadata?.labels?.[labels.class] ?? '').toSorted()
const machineOf = (node: Node | undefined): string =>
  cluster.cloud.machines().find(({ owner, state }) => owner?.claim === node?.metadata?.uid && state !== 'gone')?.id ?? ''

describe('zones of a set', () => {
  it('get the same number of nodes each', async () => {
    await workers(5, { zones: ['r1-a', 'r1-b', 'r1-c'] })
    await cluster.until('all run', () => running().length === 5)
    expect(zonesOf(running())).toEqual(['r1-a', 'r1-a', 'r1-b', 'r1-b', 'r1-c'])
    await edit({ replicas: 3 })
    await cluster.until('three are left', () => nodes().length === 3)
    expect(zonesOf(running())).toEqual(['r1-a', 'r1-b', 'r1-c'])
  })

  it('stand in for one that is sold out, and a rollout brings the balance back', async () => {
    cluster.cloud.faults.stockout({ zone: 'r1-b' })
    await workers(4, { zones: ['r1-a', 'r1-b'] })
    await cluster.until('all run', () => running().length === 4, 900_000)
    expect(zonesOf(running())).toEqual(['r1-a', 'r1-a', 'r1-a', 'r1-a'])
    cluster.cloud.faults.restock()
    await cluster.runtime.advance(900_000)
    expect(zonesOf(running())).toEqual(['r1-a', 'r1-a', 'r1-a', 'r1-a'])
    await edit({ template: { restartedAt: 'now' } })
    await cluster.until('all are replaced', async () => (await set())?.status?.updatedReplicas === 4 && nodes().length === 4, 900_000)
    expect(zonesOf(nodes())).toEqual(['r1-a', 'r1-a', 'r1-b', 'r1-b'])
  })
})

describe('several classes of a set', () => {
  beforeEach(async () => {
    await cluster.create(NodeClasses, classNamed('spot', { capacityType: 'spot' }))
  })

  it('the next one serves while the first is sold out, and gives way when it is to be had again', async () => {
    const stockout = cluster.cloud.faults.stockout({ capacityType: 'spot' })
    await workers(3, { nodeClassNames: ['spot', 'small'] })
    await cluster.until('all run', () => running().length === 3, 900_000)
    expect(classesOf(running())).toEqual(['small', 'small', 'small'])
    const kept = new Set(running().map(node => node.metadata?.uid))
    await cluster.runtime.advance(1_800_000)
    // Trials come and go; whoever serves does not notice.
    expect(running().filter(node => kept.has(node.metadata?.uid))).toHaveLength(3)
    stockout[Symbol.dispose]()
    await cluster.until('spot serves', () => nodes().length === 3 && classesOf(running()).every(name => name === 'spot'), 7_200_000)
    expect(running()).toHaveLength(3)
  })
})

describe('what becomes unfit', () => {
  const complete = (): Promise<unknown> =>
    cluster.until(
      'the set is as it should be',
      async () => (await condition('Progressing'))?.reason === 'Complete' && running().length === 3,
    )

  it('a machine that somebody changed is replaced, after the next look', async () => {
    await workers(3)
    await complete()
    const [changed] = running()
    cluster.cloud.alter(machineOf(changed), { instanceType: 'large' })
    await cluster.until(
      'the node says so',
      () => nodes().some(node => findCondition(node.status?.conditions, 'Drifted')?.status === 'True'),
      300_000,
    )
    await cluster.until(
      'it is replaced',
      () => nodes().length === 3 && nodes().every(node => node.metadata?.uid !== changed?.metadata?.uid),
      900_000,
    )
    await complete()
    expect(
      cluster.cloud
        .machines()
        .filter(({ state }) => state !== 'gone')
        .map(({ instanceType }) => instanceType),
    ).toEqual(['small', 'small', 'small'])
  })

  it('a machine that somebody changes back stays', async () => {
    await workers(3, { paused: true })
    await complete()
    const [changed] = running()
    cluster.cloud.alter(machineOf(changed), { instanceType: 'large' })
    const drifted = (status: string) => (): boolean =>
      nodes().some(
        node => node.metadata?.uid === changed?.metadata?.uid && findCondition(node.status?.conditions, 'Drifted')?.status === status,
      )
    await cluster.until('the node says so', drifted('True'), 300_000)
    cluster.cloud.alter(machineOf(changed), { instanceType: 'small' })
    await cluster.until('it says so no more', drifted('False'), 300_000)
    await edit({ paused: false })
    await cluster.runtime.advance(300_000)
    expect(running().some(node => node.metadata?.uid === changed?.metadata?.uid)).toBe(true)
  })

  it('a silent kubelet is waited for, and then its node is replaced', async () => {
    await workers(3, { repair: { unhealthy: [{ type: 'Ready', status: 'Unknown', after: '5m' }] } })
    await complete()
    const [silent] = running()
    cluster.kubelets.stop(machineOf(silent))
    await cluster.until('it is not ready', () =>
      nodes().some(node => findCondition(node.status?.conditions, 'Ready')?.status === 'Unknown'),
    )
    await cluster.runtime.advance(200_000)
    expect(nodes().some(node => node.metadata?.uid === silent?.metadata?.uid && node.metadata?.deletionTimestamp === undefined)).toBe(true)
    await cluster.until(
      'it is replaced',
      () => nodes().length === 3 && nodes().every(node => node.metadata?.uid !== silent?.metadata?.uid),
      900_000,
    )
  })

  it('most of the set silent: nothing is replaced, and a condition says why', async () => {
    await workers(3, { repair: { unhealthy: [{ type: 'Ready', status: 'Unknown', after: '5m' }], maxUnhealthy: '40%' } })
    await complete()
    const before = running().map(node => node.metadata?.uid)
    for (const node of running().slice(0, 3)) cluster.kubelets.stop(machineOf(node))
    await cluster.until('repairs are frozen', async () => (await condition('RepairFrozen'))?.status === 'True', 900_000)
    expect((await condition('RepairFrozen'))?.message).toBe(
      '3 of 3 nodes are unhealthy, more than spec.repair.maxUnhealthy (40%) allows to be replaced',
    )
    await cluster.runtime.advance(900_000)
    expect(nodes().map(node => node.metadata?.uid)).toEqual(before)
    for (const node of nodes()) cluster.kubelets.start(machineOf(node))
    await cluster.until('all is well', async () => (await condition('RepairFrozen')) === undefined, 900_000)
    expect(nodes().map(node => node.metadata?.uid)).toEqual(before)
  })

  it('lifetimes end one after the other', async () => {
    await workers(3, { maxLifetime: '20m' })
    await complete()
    const before = new Set(running().map(node => node.metadata?.uid))
    let fewest = running().length
    cluster.server.onRequest(() => {
      fewest = Math.min(fewest, running().length)
    })
    await cluster.until('all are replaced', () => nodes().length === 3 && nodes().every(node => !before.has(node.metadata?.uid)), 1_800_000)
    expect(fewest).toBe(3)
  })
})

describe('headroom', () => {
  it('serves within a second when replicas grow', async () => {
    await workers(2, { headroom: { nodes: 2 } })
    const isWarm = (node: Node): boolean => hasTaint(node.spec?.taints, { key: taints.headroom })
    await cluster.until('all run', () => running().length === 4)
    expect(running().filter(isWarm)).toHaveLength(2)
    expect((await set())?.status).toMatchObject({ replicas: 2 })
    await edit({ replicas: 4 })
    await cluster.until('four serve', () => running().filter(node => !isWarm(node)).length === 4, 1_000)
    await cluster.until('two are warm again', () => running().filter(isWarm).length === 2)
    expect(cluster.cloud.calls.create).toBe(6)
  })
})
