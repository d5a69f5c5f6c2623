import { createKubeNode } from '@kube-node/core'
import {
  Namespaces,
  type Node,
  type NodeClass,
  NodeClasses,
  type NodeSet,
  NodeSets,
  Nodes,
  type Pod,
  Pods,
  annotations,
  defaultController,
  finalizers,
  findCondition,
  labels,
  taints,
} from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import type { Owner } from '@kube-node/core/provider'
import { afterEach, describe, expect, it } from 'vitest'
import { type Running, type TestCluster, createTestCluster } from './index.ts'

const small: NodeClass = {
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeClass',
  metadata: { name: 'small' },
  spec: { provider: 'simulated', config: { region: 'r1' } },
}
const claim = (name: string, className = 'small'): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { [labels.class]: className } },
})

const setOf = (replicas: number): NodeSet => ({
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeSet',
  metadata: { name: 'workers' },
  spec: { replicas, nodeClassName: 'small' },
})

let cluster: TestCluster
afterEach(() => cluster[Symbol.asyncDispose]())

const manage = (world: TestCluster): Running =>
  world.start(
    createKubeNode({
      cluster: world.transport(),
      runtime: world.runtime,
      log: () => {},
      providers: [world.cloud.provider()],
    }),
  )

const node = async (name: string): Promise<Node | undefined> => cluster.client.get(Nodes, { name })
const phase = async (name: string): Promise<string | undefined> => (await node(name))?.metadata?.annotations?.[annotations.phase]
const alive = (): number => cluster.cloud.machines().filter(machine => machine.state !== 'gone').length
const available = async (): Promise<number> => (await cluster.client.get(NodeSets, { name: 'workers' }))?.status?.availableReplicas ?? 0
const reason = async (name: string): Promise<string | undefined> =>
  findCondition((await node(name))?.status?.conditions, 'MachineProvisioned')?.reason

describe('a claim', () => {
  it('becomes a running node, and its deletion takes the machine along', async () => {
    cluster = await createTestCluster()
    manage(cluster)
    await cluster.create(NodeClasses, small)
    const born = await cluster.create(Nodes, claim('a'))
    await cluster.until('a runs', async () => (await phase('a')) === 'Running')

    const running = await node('a')
    expect(running?.metadata?.uid).toBe(born.metadata?.uid)
    expect(running?.metadata?.finalizers).toContain(finalizers.machine)
    expect(running?.spec?.providerID).toContain(cluster.cloud.machines()[0]?.id)
    expect(running?.spec?.taints?.map(taint => taint.key) ?? []).not.toContain(taints.notUp)
    expect(running?.metadata?.labels).not.toHaveProperty([labels.excludeDisruption])
    expect(await reason('a')).toBe('Provisioned')
    expect(alive()).toBe(1)

    await cluster.lasting(cluster.client.delete(Nodes, { name: 'a' }, { uid: born.metadata?.uid ?? '' }))
    await cluster.until('a is gone', async () => (await node('a')) === undefined)
    expect(alive()).toBe(0)
    expect(cluster.cloud.calls.create).toBe(1)
  })

  it('is drained before its machine goes', async () => {
    cluster = await createTestCluster()
    manage(cluster)
    await cluster.create(NodeClasses, small)
    const born = await cluster.create(Nodes, claim('a'))
    await cluster.until('a runs', async () => (await phase('a')) === 'Running')
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { nodeName: 'a', containers: [{ name: 'c', image: 'i' }] },
    }
    await cluster.create(Pods, pod)
    await cluster.until(
      'p runs',
      async () => (await cluster.client.get(Pods, { namespace: 'default', name: 'p' }))?.status?.phase === 'Running',
    )

    let podWentFirst = false
    cluster.cloud.on('stopping', () => {
      podWentFirst = cluster.server.store.get({ group: '', plural: 'pods' }, { namespace: 'default', name: 'p' }) === undefined
    })
    await cluster.lasting(cluster.client.delete(Nodes, { name: 'a' }, { uid: born.metadata?.uid ?? '' }))
    await cluster.until('a is gone', async () => (await node('a')) === undefined)
    expect(podWentFirst).toBe(true)
  })

  it('of a missing class waits, says so, and goes on by itself when the class comes', async () => {
    cluster = await createTestCluster()
    manage(cluster)
    await cluster.create(Nodes, claim('a', 'small'))
    await cluster.until('a says why', async () => (await reason('a')) === 'ClassNotFound')
    expect((await node('a'))?.metadata?.finalizers ?? []).toEqual([])
    expect((await node('a'))?.spec?.taints?.map(taint => taint.key)).toContain(taints.notUp)
    await cluster.create(NodeClasses, small)
    await cluster.until('a runs', async () => (await phase('a')) === 'Running', 20_000)
  })

  it('whose create lost its answer gets one machine, not two', async () => {
    cluster = await createTestCluster()
    manage(cluster)
    cluster.cloud.faults.loseAnswers(2, { operation: 'create' })
    await cluster.create(NodeClasses, small)
    await cluster.create(Nodes, claim('a'))
    await cluster.until('a runs', async () => (await phase('a')) === 'Running')
    expect(cluster.cloud.machines()).toHaveLength(1)
  })

  it('waits a stockout out, visibly', async () => {
    cluster = await createTestCluster()
    manage(cluster)
    cluster.cloud.faults.stockout({})
    await cluster.create(NodeClasses, small)
    await cluster.create(Nodes, claim('a'))
    await cluster.until('a says why', async () => (await reason('a')) === 'InsufficientCapacity')
    cluster.cloud.faults.restock()
    await cluster.until('a runs', async () => (await phase('a')) === 'Running')
    expect(alive()).toBe(1)
  })

  it('is one of many that wait for the same: one at a time asks again, and all go on when there is some', async () => {
    cluster = await createTestCluster()
    manage(cluster)
    cluster.cloud.faults.stockout({})
    await cluster.create(NodeClasses, small)
    const names = Array.from({ length: 20 }, (_, i) => `n${i}`)
    for (const name of names) await cluster.create(Nodes, claim(name))
    await cluster.runtime.advance(15_000)
    const before = cluster.cloud.calls.create
    await cluster.runtime.advance(110_000)
    // After about 15, 45 and 105 seconds one of them asked.
    expect(cluster.cloud.calls.create - before).toBeLessThan(5)
    expect(await reason('n19')).toBe('InsufficientCapacity')
    cluster.cloud.faults.restock()
    await cluster.until('all run', async () => (await Promise.all(names.map(phase))).every(each => each === 'Running'), 600_000)
    expect(alive()).toBe(20)
  })

  it('keeps away from a place that was out of stock', async () => {
    cluster = await createTestCluster()
    manage(cluster)
    cluster.cloud.faults.stockout({ zone: 'r1-a' })
    await cluster.create(NodeClasses, { ...small, spec: { ...small.spec, config: { region: 'r1', zones: ['r1-a', 'r1-b'] } } })
    for (const name of ['a', 'b', 'c', 'd']) await cluster.create(Nodes, claim(name))
    await cluster.until('all run', async () => (await Promise.all(['a', 'b', 'c', 'd'].map(phase))).every(each => each === 'Running'))
    expect(new Set(cluster.cloud.machines().map(({ zone }) => zone))).toEqual(new Set(['r1-b']))
    expect(cluster.cloud.calls.create).toBeLessThan(9)
  })

  it('does not wait while one of many places has stock, and who comes later does not ask at those that have none', async () => {
    cluster = await createTestCluster()
    manage(cluster)
    const zones = ['r1-a', 'r1-b', 'r1-c', 'r1-d']
    for (const zone of zones.slice(0, 3)) cluster.cloud.faults.stockout({ zone })
    const config = { region: 'r1', zones }
    await cluster.create(NodeClasses, { ...small, spec: { ...small.spec, config } })
    await cluster.create(NodeSets, setOf(40))
    await cluster.until('all run', async () => (await available()) === 40, 20_000)
    expect(new Set(cluster.cloud.machines().map(({ zone }) => zone))).toEqual(new Set(['r1-d']))
    // Ten ask at once: none of the thirty others had to find out for itself.
    expect(cluster.cloud.calls.create).toBeLessThan(60)
  })

  it('whose answer is missing does not ask on and on at a place that is sold out meanwhile', async () => {
    cluster = await createTestCluster()
    manage(cluster)
    cluster.cloud.faults.stockout({ zone: 'r1-a' })
    cluster.cloud.faults.loseAnswers(1, { operation: 'create' })
    await cluster.create(NodeClasses, { ...small, spec: { ...small.spec, config: { region: 'r1', zones: ['r1-a'] } } })
    await cluster.create(Nodes, claim('a'))
    await cluster.until('a says why', async () => (await reason('a')) === 'InsufficientCapacity')
    const before = cluster.cloud.calls.create
    await cluster.runtime.advance(60_000)
    expect(cluster.cloud.calls.create - before).toBeLessThan(5)
  })

  it('whose answer is missing gets its machine elsewhere as soon as that answer can bring none any more', async () => {
    cluster = await createTestCluster()
    manage(cluster)
    cluster.cloud.faults.stockout({ zone: 'r1-a' })
    cluster.cloud.faults.loseAnswers(4, { operation: 'create' })
    const config = { region: 'r1', zones: ['r1-a', 'r1-b'] }
    await cluster.create(NodeClasses, { ...small, spec: { ...small.spec, config } })
    const names = ['a', 'b', 'c', 'd']
    for (const name of names) await cluster.create(Nodes, claim(name))
    // A create may take 2 min, and come to light 2 s later.
    await cluster.until('all run', async () => (await Promise.all(names.map(phase))).every(each => each === 'Running'), 140_000)
    expect(cluster.cloud.machines().map(({ zone }) => zone)).toEqual(names.map(() => 'r1-b'))
    // Each of them once without an answer, once more, and once elsewhere.
    expect(cluster.cloud.calls.create).toBeLessThanOrEqual(12)
  })

  it('that no life has asked for yet keeps away from what the next one finds sold out, and does not wait for proof', async () => {
    cluster = await createTestCluster()
    const first = manage(cluster)
    cluster.cloud.faults.unavailable(true)
    const config = { region: 'r1', zones: ['r1-a', 'r1-b'] }
    await cluster.create(NodeClasses, { ...small, spec: { ...small.spec, config } })
    await cluster.create(NodeSets, setOf(20))
    const nodes = async (): Promise<number> => (await listAll(cluster.client, Nodes)).length
    await cluster.until('all are born', async () => (await nodes()) === 20)
    await first.stop()
    cluster.cloud.faults.clear()
    cluster.cloud.faults.stockout({ zone: 'r1-a' })
    manage(cluster)
    await cluster.until('all run', async () => (await available()) === 20, 60_000)
    expect(alive()).toBe(20)
    expect(cluster.cloud.machines()).toHaveLength(20)
  })

  it('whose kubelet never joins gets another machine, and the first one is deleted before', async () => {
    cluster = await createTestCluster()
    manage(cluster)
    cluster.cloud.faults.joinFails(1)
    cluster.cloud.faults.delay(2_000)
    await cluster.create(NodeClasses, { ...small, spec: { ...small.spec, timeouts: { join: '1m' } } })
    await cluster.create(Nodes, claim('a'))
    let most = 0
    cluster.cloud.on('starting', () => {
      most = Math.max(most, alive())
    })
    const said = new Set<string | undefined>()
    await cluster.until('a runs', async () => {
      said.add(await reason('a'))
      return (await phase('a')) === 'Running'
    })
    expect(cluster.cloud.machines()).toHaveLength(2)
    expect(most).toBe(1)
    expect([...said]).toEqual([undefined, 'Provisioned', 'Provisioning'])
  })
})

describe('a machine without a claim', () => {
  const owner = async (): Promise<Owner> => {
    const system = await cluster.client.get(Namespaces, { name: 'kube-system' })
    return { cluster: system?.metadata?.uid ?? '', controller: defaultController, claim: 'nobody', nodeName: 'nobody', attempt: 1 }
  }

  it('is deleted when it is ours, and left alone when it is not', async () => {
    cluster = await createTestCluster()
    manage(cluster)
    await cluster.create(NodeClasses, small)
    const ours = await owner()
    const lost = cluster.cloud.createForeign({ region: 'r1', owner: ours })
    const others = [
      cluster.cloud.createForeign({ region: 'r1' }),
      cluster.cloud.createForeign({ region: 'r1', owner: { ...ours, cluster: 'another' } }),
      cluster.cloud.createForeign({ region: 'r1', owner: { ...ours, controller: 'another' } }),
    ]
    await cluster.until('the lost one is deleted', () => cluster.cloud.machine(lost.id)?.state === 'gone', 600_000)
    await cluster.runtime.advance(300_000)
    expect(others.map(({ id }) => cluster.cloud.machine(id)?.state)).toEqual(['running', 'running', 'running'])
  })

  it('with a claim is never taken for one without', async () => {
    cluster = await createTestCluster()
    manage(cluster)
    await cluster.create(NodeClasses, small)
    await cluster.create(Nodes, claim('a'))
    await cluster.until('a runs', async () => (await phase('a')) === 'Running')
    await cluster.runtime.advance(600_000)
    expect(alive()).toBe(1)
  })
})
