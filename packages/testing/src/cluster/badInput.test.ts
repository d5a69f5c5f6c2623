import { createKubeNode } from '@kube-node/core'
import {
  type Event,
  Events,
  type Node,
  type NodeClass,
  NodeClasses,
  type NodeSet,
  NodeSets,
  Nodes,
  type Secret,
  Secrets,
  annotations,
  findCondition,
  labels,
} from '@kube-node/core/api'
import { afterEach, describe, expect, it } from 'vitest'
import { type TestCluster, type TestClusterOptions, createTestCluster } from './index.ts'

const nodeClass = (spec: Partial<NodeClass['spec']> = {}): NodeClass => ({
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeClass',
  metadata: { name: 'small' },
  spec: { provider: 'simulated', config: { region: 'r1' }, ...spec },
})
const set: NodeSet = {
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeSet',
  metadata: { name: 'workers' },
  spec: { nodeClassName: 'small' },
}
const claim = (name: string): Node => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: 'small' } } })
const secret = (token: string): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace: 'kube-system', name: 'cloud' },
  stringData: { token },
})

let cluster: TestCluster
afterEach(() => cluster[Symbol.asyncDispose]())

const open = async (options?: TestClusterOptions): Promise<void> => {
  cluster = await createTestCluster(options)
  cluster.start(
    createKubeNode({ cluster: cluster.transport(), runtime: cluster.runtime, log: () => {}, providers: [cluster.cloud.provider()] }),
  )
}

const node = (name: string): Promise<Node | undefined> => cluster.client.get(Nodes, { name })
const why = async (name: string): Promise<string> => {
  const { reason = '', message = '' } = findCondition((await node(name))?.status?.conditions, 'MachineProvisioned') ?? {}
  return `${reason}: ${message}`
}
const classReady = async (): Promise<string> => {
  const {
    status = '',
    reason = '',
    message = '',
  } = findCondition((await cluster.client.get(NodeClasses, { name: 'small' }))?.status?.conditions, 'Ready') ?? {}
  return `${status} ${reason}: ${message}`
}
const runs = async (name: string): Promise<boolean> => (await node(name))?.metadata?.annotations?.[annotations.phase] === 'Running'
const correct = (spec: Partial<NodeClass['spec']>): Promise<NodeClass> =>
  cluster.lasting(cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec: JSON.parse(JSON.stringify(spec)) } }))
const remove = async (name: string): Promise<void> => {
  await cluster.lasting(cluster.client.delete(Nodes, { name }, { uid: (await node(name))?.metadata?.uid ?? '' }))
}
const events = async (): Promise<readonly Event[]> => {
  const all: Event[] = []
  for await (const page of cluster.client.pages(Events)) all.push(...page)
  return all
}

describe('bad input', () => {
  it('an unknown provider: class and node say what to do, and the correction is enough', async () => {
    await open()
    await cluster.create(NodeClasses, nodeClass({ provider: 'simulatde' }))
    await cluster.create(Nodes, claim('a'))
    await cluster.until('the class says so', async () => (await classReady()).startsWith('False ProviderNotFound'))
    await cluster.until('the node says so', async () => (await why('a')).startsWith('ProviderNotFound'))
    expect(await why('a')).toContain('it has: simulated')
    await correct({ provider: 'simulated' })
    await cluster.until('a runs', () => runs('a'), 30_000)
    expect(await classReady()).toMatch(/^True/)
  })

  it('a config that does not fit: the field is named, nothing is made, and a claim can be deleted', async () => {
    await open()
    await cluster.create(NodeClasses, nodeClass({ config: { region: 'r1', instanceTyp: 'big' } }))
    await cluster.create(Nodes, claim('a'))
    await cluster.until('the node says so', async () => (await why('a')).startsWith('InvalidConfig'))
    expect(await why('a')).toContain('instanceTyp')
    expect(await classReady()).toContain('instanceTyp')
    await remove('a')
    expect(await node('a')).toBeUndefined()
    expect(cluster.cloud.calls.create).toBe(0)
  })

  it('a missing Secret, then a wrong one, then the right one', async () => {
    await open({ cloud: { tokens: { 'right-token': 'account' } } })
    await cluster.create(NodeClasses, nodeClass({ secretRef: { namespace: 'kube-system', name: 'cloud' } }))
    await cluster.create(Nodes, claim('a'))
    await cluster.until('the class says so', async () => (await classReady()).startsWith('False CredentialsUnusable'))
    expect(await classReady()).toContain('Secret kube-system/cloud does not exist')
    await cluster.until('the node says so', async () => (await why('a')).startsWith('Unauthorized'))
    const made = await cluster.create(Secrets, secret('wrong-token'))
    await cluster.until('the cloud refuses it', async () => (await why('a')).includes('does not know this token'))
    await cluster.lasting(cluster.client.update(Secrets, { ...secret('right-token'), metadata: { ...made.metadata } }))
    await cluster.until('a runs', () => runs('a'), 600_000)
    const said = JSON.stringify([await events(), await node('a'), await cluster.client.get(NodeClasses, { name: 'small' })])
    expect(said).not.toMatch(/right-token|wrong-token/)
  })

  it('a Secret by a wrong name: the node can be deleted, a set makes none, and the right name is enough', async () => {
    await open({ cloud: { tokens: { 'right-token': 'account' } } })
    await cluster.create(Secrets, secret('right-token'))
    await cluster.create(NodeClasses, nodeClass({ secretRef: { namespace: 'kube-system', name: 'clod' } }))
    await cluster.create(Nodes, claim('a'))
    await cluster.create(Nodes, claim('b'))
    await cluster.until('the node says so', async () => (await why('a')).startsWith('Unauthorized'))
    await cluster.until('the class says so', async () => (await classReady()).startsWith('False CredentialsUnusable'))
    await remove('b')
    expect(await node('b')).toBeUndefined()
    await cluster.create(NodeSets, { ...set, spec: { replicas: 2, nodeClassName: 'small' } })
    const degraded = async (): Promise<string | undefined> =>
      findCondition((await cluster.client.get(NodeSets, { name: 'workers' }))?.status?.conditions, 'Degraded')?.message
    await cluster.until('the set says so', async () => (await degraded())?.includes('kube-system/clod'))
    await correct({ secretRef: { namespace: 'kube-system', name: 'cloud' } })
    await cluster.until('a runs', () => runs('a'), 120_000)
    await cluster.until('the set has its nodes', () => cluster.cloud.machines().length === 3, 120_000)
  })

  it('a class that is deleted while it is used stays until its nodes are gone', async () => {
    await open()
    await cluster.create(NodeClasses, nodeClass())
    await cluster.create(Nodes, claim('a'))
    await cluster.until('a runs', () => runs('a'))
    const uid = (await cluster.client.get(NodeClasses, { name: 'small' }))?.metadata?.uid ?? ''
    await cluster.lasting(cluster.client.delete(NodeClasses, { name: 'small' }, { uid }))
    await cluster.until('an event says why', async () =>
      (await events()).some(event => event.reason === 'InUse' && event.involvedObject?.name === 'small'),
    )
    await cluster.create(Nodes, claim('b'))
    await cluster.until('b says why it waits', async () => (await why('b')).startsWith('ClassDeleting'))
    await remove('b')
    await remove('a')
    await cluster.until(
      'all of it is gone',
      async () => (await node('a')) === undefined && (await cluster.client.get(NodeClasses, { name: 'small' })) === undefined,
    )
    expect(cluster.cloud.machines().filter(machine => machine.state !== 'gone')).toEqual([])
  })

  it('a node of a missing class can be deleted at once', async () => {
    await open()
    await cluster.create(Nodes, claim('a'))
    await cluster.until('the node says so', async () => (await why('a')).startsWith('ClassNotFound'))
    await remove('a')
    expect(await node('a')).toBeUndefined()
  })

  it('a running Node that somebody labels gets no machine', async () => {
    await open()
    await cluster.create(NodeClasses, nodeClass())
    await cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' }, spec: { providerID: 'other://1' } })
    await cluster.lasting(cluster.client.patch(Nodes, { name: 'a' }, { merge: { metadata: { labels: { [labels.class]: 'small' } } } }))
    await cluster.until('the node says so', async () => (await why('a')).startsWith('AlreadyRunning'))
    expect(cluster.cloud.calls.create).toBe(0)
  })

  it('a record that somebody broke keeps its machine until it is mended', async () => {
    await open()
    await cluster.create(NodeClasses, nodeClass())
    await cluster.create(Nodes, claim('a'))
    await cluster.until('a runs', () => runs('a'))
    const record = (await node('a'))?.metadata?.annotations?.[annotations.machine] ?? ''
    const write = (text: string): Promise<Node> =>
      cluster.lasting(cluster.client.patch(Nodes, { name: 'a' }, { merge: { metadata: { annotations: { [annotations.machine]: text } } } }))
    await write('nonsense')
    await remove('a')
    await cluster.until('the node says so', async () => (await why('a')).startsWith('BrokenRecord'))
    expect(await node('a')).toBeDefined()
    await write(record)
    await cluster.until('a is gone', async () => (await node('a')) === undefined)
    expect(cluster.cloud.machines().filter(machine => machine.state !== 'gone')).toEqual([])
  })

  it('two controllers on one cluster: one acts, the other waits, and takes over', async () => {
    cluster = await createTestCluster()
    const start = (): ReturnType<TestCluster['start']> =>
      cluster.start(
        createKubeNode({
          cluster: cluster.transport(),
          runtime: cluster.runtime,
          log: () => {},
          providers: [cluster.cloud.provider()],
          leaderElection: { namespace: 'kube-system' },
        }),
      )
    const first = start()
    start()
    await cluster.create(NodeClasses, nodeClass())
    await cluster.create(Nodes, claim('a'))
    await cluster.until('a runs', () => runs('a'))
    await cluster.until('an event on the lease says so', async () =>
      (await events()).some(({ reason, involvedObject }) => reason === 'StandingBy' && involvedObject?.kind === 'Lease'),
    )
    await first.stop()
    await cluster.create(Nodes, claim('b'))
    await cluster.until('b runs', () => runs('b'), 60_000)
    expect(cluster.cloud.calls.create).toBe(2)
  })
})
