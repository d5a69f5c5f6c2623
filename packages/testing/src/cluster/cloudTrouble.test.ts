import { createKubeNode } from '@kube-node/core'
import { type Node, NodeClasses, Nodes, annotations, findCondition, labels } from '@kube-node/core/api'
import { afterEach, describe, expect, it } from 'vitest'
import { type TestCluster, type TestClusterOptions, createTestCluster } from './index.ts'

let cluster: TestCluster
afterEach(() => cluster[Symbol.asyncDispose]())

const open = async (options: TestClusterOptions = {}, timeouts: object = {}): Promise<void> => {
  cluster = await createTestCluster(options)
  const { runtime, cloud } = cluster
  cluster.start(createKubeNode({ cluster: cluster.transport(), runtime, log: () => {}, providers: [cloud.provider()] }))
  await cluster.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: { provider: 'simulated', config: { region: 'r1' }, timeouts },
  })
}
const claim = (name: string): Promise<Node> =>
  cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: 'small' } } })
const node = (name: string): Promise<Node | undefined> => cluster.client.get(Nodes, { name })
const why = async (name: string): Promise<string> => {
  const { reason = '', message = '' } = findCondition((await node(name))?.status?.conditions, 'MachineProvisioned') ?? {}
  return `${reason}: ${message}`
}
const runs = async (name: string): Promise<boolean> => (await node(name))?.metadata?.annotations?.[annotations.phase] === 'Running'
const remove = async (name: string): Promise<void> => {
  await cluster.lasting(cluster.client.delete(Nodes, { name }, { uid: (await node(name))?.metadata?.uid ?? '' }))
}
const machinesMade = (): number => cluster.cloud.machines().length

describe('a cloud in which', () => {
  it('a quota is used up lets the claim wait, with the reason, until there is room', async () => {
    await open({ cloud: { quota: 1 } })
    await claim('a')
    await cluster.until('a runs', () => runs('a'))
    await claim('b')
    await cluster.until('b says why', async () => (await why('b')).startsWith('QuotaExceeded: provider simulated: QuotaExceeded'))
    await cluster.runtime.advance(1_800_000)
    expect([await runs('a'), await runs('b'), machinesMade()]).toEqual([true, false, 1])
    await remove('a')
    await cluster.until('b runs', () => runs('b'), 720_000)
    expect(machinesMade()).toBe(2)
  })

  it('calls are throttled lets all its claims wait as long as it asks for, and costs none of them its attempt', async () => {
    await open()
    cluster.cloud.faults.throttle(1, { retryAfterMs: 40_000, operation: 'create' })
    await Promise.all([claim('a'), claim('b')])
    await cluster.until('one says why', async () => [await why('a'), await why('b')].some(text => text.startsWith('RateLimited')))
    const { create } = cluster.cloud.calls
    await cluster.runtime.advance(30_000)
    expect(cluster.cloud.calls.create).toBe(create)
    await cluster.until('both run', async () => (await runs('a')) && runs('b'), 60_000)
    expect(cluster.cloud.machines().map(({ owner }) => owner?.attempt)).toEqual([1, 1])
  })

  it("creates bring nothing in the class's time is asked by another attempt, once this one can bring nothing more", async () => {
    await open({}, { provision: '5m' })
    const lost = cluster.cloud.faults.loseAnswers(({ operation }) => operation === 'create', { executed: false, how: 'hang' })
    await claim('a')
    await cluster.until('a says why', async () => (await why('a')).startsWith('ProvisionTimeout'), 1_200_000)
    expect(await why('a')).toContain('(spec.timeouts.provision of the class), and one may still turn up')
    lost[Symbol.dispose]()
    await cluster.until('a runs', () => runs('a'), 1_200_000)
    expect(cluster.cloud.machines().map(({ owner }) => owner?.attempt)).toEqual([2])
  })
})
