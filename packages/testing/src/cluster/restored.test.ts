import { createKubeNode } from '@kube-node/core'
import { ConfigMaps, type Node, type NodeClass, NodeClasses, Nodes, annotations, labels } from '@kube-node/core/api'
import { type KubeTransport, listAll } from '@kube-node/core/kube'
import { expect, it } from 'vitest'
import { type TestCluster, createTestCluster } from './index.ts'

interface Holding {
  readonly transport: KubeTransport
  hold(): void
  release(): void
  /** Requests that wait. */
  readonly waiting: number
}

/** Whoever asks for Nodes, for all or for those that took a claim over, waits until he is let go. */
const holdingNodes = (inner: KubeTransport, which: 'all' | 'heirs' = 'all'): Holding => {
  let held: { readonly gone: Promise<void>; readonly release: () => void } | undefined
  let waiting = 0
  return {
    transport: {
      ...inner,
      async request(request) {
        const asks = request.path === '/api/v1/nodes' && (which === 'all' || request.query?.['labelSelector'] !== undefined)
        if (asks && held) {
          waiting += 1
          await held.gone
          waiting -= 1
        }
        return inner.request(request)
      },
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = { gone: promise, release: resolve }
    },
    release() {
      held?.release()
      held = undefined
    },
    get waiting() {
      return waiting
    },
  }
}

const small: NodeClass = {
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeClass',
  metadata: { name: 'small' },
  spec: { provider: 'simulated', config: { region: 'r1' } },
}

it('A deletion that a restored API server has forgotten is not carried out, even before the Nodes have been read again', async () => {
  await using cluster = await createTestCluster()
  const { cloud, runtime, server } = cluster
  const node = async (): Promise<Node | undefined> => cluster.client.get(Nodes, { name: 'a' })
  await cluster.create(NodeClasses, small)
  const { hold, release, transport } = holdingNodes(cluster.transport())
  cluster.start(createKubeNode({ cluster: transport, runtime, log: () => {}, providers: [cloud.provider()] }))
  await cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'small' } } })
  await cluster.until('a runs', async () => (await node())?.metadata?.annotations?.[annotations.phase] === 'Running')

  const backup = server.snapshot()
  cloud.faults.unavailable(true)
  await cluster.lasting(cluster.client.delete(Nodes, { name: 'a' }, { uid: (await node())?.metadata?.uid ?? '' }))
  // Enough is written for everybody to see that the backup is old.
  for (let i = 0; i < 20; i++) await cluster.create(ConfigMaps, { metadata: { name: `c-${i}`, namespace: 'default' } })
  await cluster.create(NodeClasses, { ...small, metadata: { name: 'another' } })
  await runtime.advance(5_000)
  hold()
  server.restore(backup)
  await runtime.advance(5_000)
  cloud.faults.unavailable(false)
  await runtime.advance(120_000)
  expect((await node())?.metadata?.deletionTimestamp).toBeUndefined()
  expect(cloud.machines().map(({ state }) => state)).toEqual(['running'])
  release()
  await runtime.advance(60_000)
  expect(cloud.machines().map(({ state }) => state)).toEqual(['running'])
})

/** Enough is written for everybody to see that a backup is old. */
const writeMuch = async (cluster: TestCluster): Promise<void> => {
  for (let i = 0; i < 20; i++) await cluster.create(ConfigMaps, { metadata: { name: `c-${i}`, namespace: 'default' } })
  await cluster.create(NodeClasses, { ...small, metadata: { name: 'another' } })
}
const claim = (name: string): Node => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: 'small' } } })
const remove = async (cluster: TestCluster, name: string): Promise<void> => {
  const node = await cluster.lasting(cluster.client.get(Nodes, { name }))
  await cluster.lasting(cluster.client.delete(Nodes, { name }, { uid: node?.metadata?.uid ?? '' }))
}

it('A deletion that waits in the queue of its provider while the API server is restored does not leave', async () => {
  await using cluster = await createTestCluster()
  const { cloud, runtime, server } = cluster
  await cluster.create(NodeClasses, small)
  const provider = cloud.provider()
  const oneAtATime = { ...provider, definition: { ...provider.definition, limits: { concurrency: 1 } } }
  cluster.start(createKubeNode({ cluster: cluster.transport(), runtime, log: () => {}, providers: [oneAtATime] }))
  for (const name of ['a', 'b']) await cluster.create(Nodes, claim(name))
  await cluster.until('both run', async () =>
    (await listAll(cluster.client, Nodes)).every(({ metadata }) => metadata?.annotations?.[annotations.phase] === 'Running'),
  )
  const backup = server.snapshot()
  await writeMuch(cluster)
  cloud.faults.loseAnswers(1, { operation: 'delete', how: 'hang' })
  for (const name of ['a', 'b']) await remove(cluster, name)
  await cluster.until('one of them is asked for', () => cloud.calls.delete === 1)
  await runtime.advance(5_000)
  server.restore(backup)
  // Past the deadline of the first, whose answer never comes.
  await runtime.advance(120_000)
  expect(cloud.calls.delete).toBe(1)
  expect(cloud.machines().filter(({ state }) => state === 'running')).toHaveLength(1)
})

it('A deletion is not carried out that was forgotten while it was asked who has the claim', async () => {
  await using cluster = await createTestCluster({ cloud: { nodeNames: 'cloud', bootTime: '10m' } })
  const { cloud, runtime, server } = cluster
  await cluster.create(NodeClasses, small)
  const heirs = holdingNodes(cluster.transport(), 'heirs')
  cluster.start(createKubeNode({ cluster: heirs.transport, runtime, log: () => {}, providers: [cloud.provider()] }))
  await cluster.create(Nodes, claim('a'))
  await cluster.until('its machine boots', async () => {
    const node = await cluster.client.get(Nodes, { name: 'a' })
    return node?.metadata?.annotations?.[annotations.phase] === 'Booting'
  })
  const backup = server.snapshot()
  await writeMuch(cluster)
  heirs.hold()
  await remove(cluster, 'a')
  await cluster.until('it is asked whether somebody took it over', () => heirs.waiting > 0)
  server.restore(backup)
  await runtime.advance(10_000)
  heirs.release()
  await runtime.advance(60_000)
  expect(cloud.calls.delete).toBe(0)
  expect((await cluster.lasting(cluster.client.get(Nodes, { name: 'a' })))?.metadata?.deletionTimestamp).toBeUndefined()
})
