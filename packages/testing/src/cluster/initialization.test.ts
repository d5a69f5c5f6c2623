import { type KubeNodeOptions, createKubeNode } from '@kube-node/core'
import {
  type Node,
  type NodeClass,
  NodeClasses,
  NodeSets,
  Nodes,
  type Taint,
  annotations,
  hasTaint,
  labels,
  taints,
} from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CloudControllerManager, ofCloud, startCloudControllerManager } from './cloudControllerManager.fixture.ts'
import { type Mortal, type TestCluster, type TestClusterOptions, createTestCluster, mortal } from './index.ts'

const small: NodeClass = {
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeClass',
  metadata: { name: 'small' },
  spec: { provider: 'simulated', config: { region: 'r1' } },
}
const claim: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'small' } } }
const taint: Taint = { key: 'node.cloudprovider.kubernetes.io/uninitialized', value: 'true', effect: 'NoSchedule' }

let cluster: TestCluster
let cloudControllerManager: CloudControllerManager
const begin = (options: Partial<KubeNodeOptions> = {}): void => {
  const { runtime, cloud } = cluster
  const told = { cloudControllerManager: true, ...options }
  cluster.start(createKubeNode({ cluster: cluster.transport(), runtime, log: () => {}, providers: [cloud.provider()], ...told }))
}
const build = async (options: TestClusterOptions = {}, nodeClass = small): Promise<void> => {
  cluster = await createTestCluster(options)
  await cluster.create(NodeClasses, nodeClass)
  cloudControllerManager = startCloudControllerManager(cluster)
}
afterEach(() => cluster[Symbol.asyncDispose]())

const node = (name = 'a'): Promise<Node | undefined> => cluster.client.get(Nodes, { name })
const runs = async (name = 'a'): Promise<boolean> => (await node(name))?.metadata?.annotations?.[annotations.phase] === 'Running'
const joined = async (name = 'a'): Promise<boolean> => (await node(name))?.spec?.providerID !== undefined

describe('a claim where a cloud-controller-manager runs', () => {
  beforeEach(() => build())

  it('is initialised by it after the join, and runs then', async () => {
    cloudControllerManager.finds(false)
    begin()
    await cluster.create(Nodes, claim)
    await cluster.until('its kubelet has joined', () => joined())
    await cluster.runtime.advance(60_000)
    const waiting = await cluster.lasting(node())
    expect(waiting?.spec?.taints).toContainEqual(taint)
    expect(hasTaint(waiting?.spec?.taints, { key: taints.notUp }), 'what initialises it may run on it').toBe(false)
    expect(waiting?.metadata?.annotations?.[annotations.phase]).toBe('Booting')
    expect(waiting?.metadata?.labels).toMatchObject({ [labels.excludeDisruption]: 'true', [labels.excludeLoadBalancers]: 'true' })
    for (const key of Object.keys(ofCloud)) expect(waiting?.metadata?.labels).not.toHaveProperty([key])

    cloudControllerManager.finds(true)
    await cluster.until('it runs', () => runs())
    const running = await cluster.lasting(node())
    expect(running?.metadata?.labels).toMatchObject(ofCloud)
    expect(running?.metadata?.labels).not.toHaveProperty([labels.excludeDisruption])
    expect(hasTaint(running?.spec?.taints, taint)).toBe(false)
    expect(running?.spec?.providerID).toBe(waiting?.spec?.providerID)

    await cluster.runtime.advance(600_000)
    expect(cloudControllerManager).toMatchObject({ initialized: ['a'], corrected: [] })
  })

  it('of a set is not available before that: no other goes for a node that takes no pods', async () => {
    begin()
    const spec = { replicas: 2, nodeClassName: 'small' }
    await cluster.create(NodeSets, { apiVersion: 'kube-node.dev/v1alpha1', kind: 'NodeSet', metadata: { name: 'workers' }, spec })
    const status = async () => (await cluster.client.get(NodeSets, { name: 'workers' }))?.status
    await cluster.until('both are available', async () => (await status())?.availableReplicas === 2)
    const first = await cluster.lasting(listAll(cluster.client, Nodes))

    cloudControllerManager.finds(false)
    const bigger = { spec: { config: { instanceType: 'large' } } }
    await cluster.lasting(cluster.client.patch(NodeClasses, { name: 'small' }, { merge: bigger }))
    await cluster.until('one of the new revision has joined', async () => {
      const all = await listAll(cluster.client, Nodes)
      return all.some(({ spec }) => hasTaint(spec?.taints, taint))
    })
    await cluster.runtime.advance(600_000)
    expect(await cluster.lasting(status())).toMatchObject({ replicas: 3, availableReplicas: 2 })
    const uids = new Set((await cluster.lasting(listAll(cluster.client, Nodes))).map(({ metadata }) => metadata?.uid))
    expect(first.every(({ metadata }) => uids.has(metadata?.uid))).toBe(true)

    cloudControllerManager.finds(true)
    await cluster.until('the new ones are available', async () => {
      const now = await status()
      return now?.updatedReplicas === 2 && now.availableReplicas === 2 && now.replicas === 2
    })
    expect(cloudControllerManager.initialized).toHaveLength(4)
  })

  it('that ran before the controller was told of it is left as it is', async () => {
    const untold = createKubeNode({
      cluster: cluster.transport(),
      runtime: cluster.runtime,
      log: () => {},
      providers: [cluster.cloud.provider()],
    })
    const life = cluster.start(untold)
    await cluster.create(Nodes, claim)
    await cluster.until('it runs', () => runs())
    await life.stop()
    const before = await cluster.lasting(node())
    begin()
    await cluster.create(Nodes, { ...claim, metadata: { ...claim.metadata, name: 'b' } })
    await cluster.until('the next one runs', () => runs('b'))
    expect(cloudControllerManager.initialized).toEqual(['b'])
    expect((await cluster.lasting(node()))?.metadata?.labels).toEqual(before?.metadata?.labels)
    expect((await cluster.lasting(node()))?.spec).toEqual(before?.spec)
  })

  it('that is adopted is left as it is: it was initialised when it was made', async () => {
    const machine = cluster.cloud.createForeign({ region: 'r1', zone: 'r1-a' })
    await cluster.create(Nodes, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'old' },
      spec: { providerID: `simulated:///r1-a/${machine.id}` },
      status: { nodeInfo: { kubeletVersion: 'v1.37.2' }, conditions: [{ type: 'Ready', status: 'True' }] },
    })
    begin()
    const asked = { labels: { [labels.class]: 'small' }, annotations: { [annotations.adopt]: 'small' } }
    await cluster.lasting(cluster.client.patch(Nodes, { name: 'old' }, { merge: { metadata: asked } }))
    await cluster.until('it runs', () => runs('old'))
    await cluster.runtime.advance(60_000)
    expect(cloudControllerManager.initialized).toEqual([])
    expect((await cluster.lasting(node('old')))?.metadata?.labels).not.toHaveProperty([labels.zone])
  })
})

describe('a template that says where nodes are', () => {
  const template = { labels: { [labels.zone]: 'zone-of-class', tier: 'web' }, taints: [taint] }
  beforeEach(() => build({}, { ...small, spec: { ...small.spec, template } }))

  it('has no say where a cloud-controller-manager runs: nobody writes against it, then or after an edit', async () => {
    begin()
    await cluster.create(Nodes, claim)
    await cluster.until('it runs', () => runs())
    const other = { labels: { [labels.zone]: 'another-of-class', tier: 'db' } }
    await cluster.lasting(cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { template: other } } }))
    await cluster.until('it has the new label', async () => (await node())?.metadata?.labels?.['tier'] === 'db')
    await cluster.lasting(cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { template: null } } }))
    await cluster.until('it has lost it', async () => (await node())?.metadata?.labels?.['tier'] === undefined)
    await cluster.runtime.advance(60_000)
    expect((await cluster.lasting(node()))?.metadata?.labels).toMatchObject(ofCloud)
    expect(cloudControllerManager).toMatchObject({ initialized: ['a'], corrected: [] })
  })
})

describe('a claim whose Node the cloud names, where a cloud-controller-manager runs', () => {
  const dictated = 'ip-10-0-0-1.r1.internal'
  beforeEach(() => build({ cloud: { nodeNames: 'cloud' } }))

  it('is initialised under that name, by the write that hands it over', async () => {
    cloudControllerManager.finds(false)
    begin()
    await cluster.create(Nodes, claim)
    await cluster.until('it is handed over', async () => (await node(dictated))?.metadata?.labels?.[labels.claim] !== undefined)
    await cluster.runtime.advance(60_000)
    const waiting = await cluster.lasting(node(dictated))
    expect(waiting?.spec?.taints).toContainEqual(taint)
    expect(waiting?.metadata?.annotations?.[annotations.phase]).toBe('Booting')
    expect(waiting?.metadata?.labels).not.toHaveProperty([labels.zone])
    cloudControllerManager.finds(true)
    await cluster.until('it runs', () => runs(dictated))
    await cluster.runtime.advance(60_000)
    expect((await cluster.lasting(node(dictated)))?.metadata?.labels).toMatchObject(ofCloud)
    expect(cloudControllerManager).toMatchObject({ initialized: [dictated], corrected: [] })
  })
})

describe.each(['claim', 'cloud'] as const)('a controller that is killed at any write (named by the %s)', nodeNames => {
  const live = async (first: Mortal): Promise<void> => {
    await build({ cloud: { nodeNames } })
    const { runtime, cloud } = cluster
    const providers = [first.provider(cloud.provider())]
    const told = { log: () => {}, cloudControllerManager: true } as const
    cluster.start(
      createKubeNode({ cluster: first.transport(cluster.transport()), runtime: first.runtime(runtime), providers, ...told }),
      first,
    )
    await cluster.create(Nodes, claim)
    const name = nodeNames === 'claim' ? 'a' : 'ip-10-0-0-1.r1.internal'
    await cluster.until('it runs, or its controller dies', async () => first.dead || (await runs(name)))
    if (first.dead) begin()
    await cluster.until('it runs', () => runs(name))
    await cluster.runtime.advance(60_000)
  }

  it.each(['before', 'after', 'late'] as const)(
    '(%s it takes effect) never has it initialised twice',
    async sentence => {
      const whole = mortal()
      await live(whole)
      expect(cloudControllerManager.initialized).toHaveLength(1)
      for (const at of whole.effects) {
        await cluster[Symbol.asyncDispose]()
        await live(mortal({ at, when: sentence, lateness: () => cluster.runtime.clock.sleep(20_000) }))
        const { initialized, corrected } = cloudControllerManager
        const story = `killed ${sentence} call ${at} of ${whole.calls}`
        expect({ story, initialized: initialized.length, corrected }).toEqual({ story, initialized: 1, corrected: [] })
      }
    },
    120_000,
  )
})
