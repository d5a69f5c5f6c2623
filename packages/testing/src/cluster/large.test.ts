import { createKubeNode } from '@kube-node/core'
import { type Node, NodeClasses, NodeSets, Nodes } from '@kube-node/core/api'
import type { KubeTransport } from '@kube-node/core/kube'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestCluster, createTestCluster } from './index.ts'

const apiVersion = 'kube-node.dev/v1alpha1'

/** An API server that takes a while for each Node that is made or deleted, and how many such requests it has. */
const slowly = (cluster: TestCluster) => {
  const transport = cluster.transport()
  const seen = { POST: 0, DELETE: 0, underWay: 0, most: 0, answerMs: 100 }
  const slow: KubeTransport = {
    async request(request) {
      const { method, path } = request
      if ((method !== 'POST' && method !== 'DELETE') || !path.startsWith('/api/v1/nodes')) return transport.request(request)
      seen[method] += 1
      seen.underWay += 1
      seen.most = Math.max(seen.most, seen.underWay)
      try {
        await cluster.runtime.clock.sleep(seen.answerMs, request.signal)
        return await transport.request(request)
      } finally {
        seen.underWay -= 1
      }
    },
    watch: request => transport.watch(request),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  }
  return { slow, seen }
}

let cluster: TestCluster
let seen: ReturnType<typeof slowly>['seen']
beforeEach(async () => {
  cluster = await createTestCluster()
  const { slow, seen: counted } = slowly(cluster)
  seen = counted
  cluster.start(createKubeNode({ cluster: slow, runtime: cluster.runtime, log: () => {}, providers: [cluster.cloud.provider()] }))
  await cluster.create(NodeClasses, {
    apiVersion,
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: { provider: 'simulated', config: { region: 'r1' } },
  })
  await cluster.create(NodeSets, { apiVersion, kind: 'NodeSet', metadata: { name: 'many' }, spec: { replicas: 0, nodeClassName: 'small' } })
})
afterEach(() => cluster[Symbol.asyncDispose]())

const scale = (replicas: number) =>
  cluster.lasting(cluster.client.patch(NodeSets, { name: 'many' }, { merge: { spec: { replicas } } }, { subresource: 'scale' }))
const nodes = async (): Promise<readonly Node[]> => {
  const all: Node[] = []
  for await (const page of cluster.client.pages(Nodes)) all.push(...page)
  return all
}
const settled = (replicas: number) =>
  cluster.until(`${replicas} nodes, all of them ready`, async () => {
    const { status } = (await cluster.client.get(NodeSets, { name: 'many' })) ?? {}
    return status?.readyReplicas === replicas && status.replicas === replicas && (await nodes()).length === replicas
  })

describe('a set of many nodes', () => {
  it('asks for 256 of them at once, on the way up and down: others have requests, too', async () => {
    // So slowly that a plan is old before it has got going.
    seen.answerMs = 500
    await scale(600)
    await settled(600)
    expect(seen).toMatchObject({ POST: 600, most: 256 })
    seen.most = 0
    await scale(0)
    await settled(0)
    expect(seen).toMatchObject({ DELETE: 600, most: 256 })
  })

  it('makes no more of them when somebody changes their mind', async () => {
    await scale(2_000)
    await cluster.until('some of them are there', async () => (await nodes()).length > 50)
    await scale(20)
    await settled(20)
    expect(seen.POST).toBeLessThan(800)
  })

  it('keeps those that it has not deleted yet when somebody changes their mind', async () => {
    await scale(700)
    await settled(700)
    seen.answerMs = 300
    await scale(0)
    await cluster.until('some of them go', () => seen.DELETE > 50)
    await scale(690)
    await settled(690)
    expect(seen.DELETE).toBeLessThan(400)
    expect(seen.POST).toBe(700 + seen.DELETE - 10)
  })

  it('decides anew while it goes, since others delete nodes, too', async () => {
    await scale(600)
    await settled(600)
    seen.answerMs = 1_200
    await scale(200)
    await cluster.until('some of them go', () => seen.DELETE > 50)
    const staying = (await nodes()).filter(({ metadata }) => metadata?.deletionTimestamp === undefined).slice(-30)
    const deletions = staying.map(({ metadata: { name = '', uid = '' } = {} }) => cluster.client.delete(Nodes, { name }, { uid }))
    await cluster.lasting(Promise.all(deletions))
    await settled(200)
    expect(seen.POST).toBe(600)
  })
})
