import { createManager, createProviders, nodeController, recordOf } from '@kube-node/core'
import { type Node, NodeClasses, Nodes, type Secret, Secrets, annotations, finalizers, labels } from '@kube-node/core/api'
import { createToken, newTokenSecret } from '@kube-node/core/identity'
import { type KubeTransport, listAll } from '@kube-node/core/kube'
import { type Duration } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { type TestCluster, type TestClusterOptions, createTestCluster } from './index.ts'

const controller = 'kube-node.dev/controller'
const minute = 60_000

/** A controller with what `kube-node manifests` grants, and machines that come up and never join. */
const begin = async (
  tokenCheck?: Duration,
  seen: (transport: KubeTransport) => KubeTransport = transport => transport,
  options: TestClusterOptions = { installed: {} },
): Promise<TestCluster> => {
  const cluster = await createTestCluster(options)
  cluster.cloud.faults.joinFails(2)
  const join = { server: 'https://127.0.0.1:6443', ca: cluster.server.certificateAuthority() }
  const manager = createManager({ cluster: seen(cluster.transport()), runtime: cluster.runtime, log: () => {} })
  const providers = createProviders([cluster.cloud.provider()])
  manager.add(nodeController({ providers, join, ...(tokenCheck !== undefined && { tokenCheck }) }))
  cluster.start(manager)
  await cluster.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: { provider: 'simulated', config: { region: 'r1' }, bootstrap: { type: 'kubelet' } },
  })
  return cluster
}

const nodeOf = (cluster: TestCluster, name: string): Promise<Node | undefined> => cluster.client.get(Nodes, { name })
const tokens = async (cluster: TestCluster): Promise<string[]> => {
  const secrets = await listAll(cluster.client, Secrets, { namespace: 'kube-system', labels: 'kube-node.dev/bootstrap-token' })
  return secrets.map(({ metadata }) => `${metadata?.name} of ${metadata?.annotations?.['kube-node.dev/node']}`)
}
const tokenOf = (node: Node | undefined): string => {
  const record = node && recordOf(node)
  return record && 'token' in record ? (record.token ?? '') : ''
}

/** Creates the claim, and answers it when its machine runs. */
const claimed = async (cluster: TestCluster, name: string): Promise<Node> => {
  await cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: 'small' } } })
  await cluster.until(`the machine of ${name} runs`, () =>
    cluster.cloud.machines().some(({ owner, state }) => owner?.nodeName === name && state === 'running'),
  )
  return (await nodeOf(cluster, name)) ?? expect.unreachable()
}

/** What a request does that was under way for an attempt, and lands now. */
const late = (cluster: TestCluster, node: Node, id: string, attempt: number, by: string | undefined = controller) =>
  cluster.lasting(
    createToken(cluster.client, {
      ...{ id, attempt, controller: by, claim: node.metadata?.uid ?? '', nodeName: node.metadata?.name ?? '' },
      ...{ secret: newTokenSecret(cluster.runtime), document: Buffer.from('x'), joins: 'kubelet' },
      expiresAt: cluster.runtime.clock.now() + 600 * minute,
    }),
  )

test('The token of a claim whose finalizer somebody took off is taken back, and that of a claim that waits is not', async () => {
  await using cluster = await begin()
  const [gone, waits] = [await claimed(cluster, 'gone'), await claimed(cluster, 'waits')]
  expect(await cluster.lasting(tokens(cluster))).toHaveLength(2)
  await cluster.lasting(cluster.client.patch(Nodes, { name: 'gone' }, { merge: { metadata: { finalizers: ['example.test/held'] } } }))
  await cluster.lasting(cluster.client.delete(Nodes, { name: 'gone' }, { uid: gone.metadata?.uid ?? '' }))
  await cluster.lasting(cluster.client.patch(Nodes, { name: 'gone' }, { merge: { metadata: { finalizers: null } } }))
  expect(await cluster.lasting(nodeOf(cluster, 'gone'))).toBeUndefined()
  const left = `bootstrap-token-${tokenOf(waits)} of waits`
  await cluster.until('the token is taken back', async () => (await tokens(cluster)).join() === left, 2 * minute)
})

test('A Node that stays when somebody has made it no claim any more leaves no token', async () => {
  await using cluster = await begin()
  const { metadata } = await claimed(cluster, 'a')
  const off = { labels: { [labels.class]: null }, finalizers: metadata?.finalizers?.filter(name => name !== finalizers.machine) ?? [] }
  await cluster.lasting(cluster.client.patch(Nodes, { name: 'a' }, { merge: { metadata: { finalizers: off.finalizers } } }))
  await cluster.lasting(cluster.client.patch(Nodes, { name: 'a' }, { merge: { metadata: { labels: off.labels, finalizers: [] } } }))
  await cluster.until('the token is taken back', async () => (await tokens(cluster)).length === 0, 2 * minute)
  expect(await cluster.lasting(nodeOf(cluster, 'a'))).toBeDefined()
})

test('What a request that was under way leaves of an attempt that is over, or of a join that is done, is taken back', async () => {
  await using cluster = await begin()
  const node = await claimed(cluster, 'a')
  const own = `bootstrap-token-${tokenOf(node)} of a`
  await late(cluster, node, 'late01', 7)
  await late(cluster, node, 'late02', 1)
  expect(await cluster.lasting(tokens(cluster))).toHaveLength(3)
  await cluster.until('they are taken back', async () => (await tokens(cluster)).join() === own, 2 * minute)

  cluster.cloud.faults.joinFails(0)
  await cluster.until(
    'a runs',
    async () => (await nodeOf(cluster, 'a'))?.metadata?.annotations?.[annotations.phase] === 'Running',
    60 * minute,
  )
  expect(await cluster.lasting(tokens(cluster))).toEqual([])
  await late(cluster, node, 'late03', 2)
  await cluster.until('it is taken back', async () => (await tokens(cluster)).length === 0, 2 * minute)
})

test('Tokens of people, of other controllers, and those that do not say whose they are stay', async () => {
  await using cluster = await begin()
  const node = await claimed(cluster, 'a')
  const absent: Node = { metadata: { ...node.metadata, name: 'absent', uid: 'uid-absent' } }
  await late(cluster, absent, 'others', 1, 'example.test/other')
  const ours = (await listAll(cluster.client, Secrets, { namespace: 'kube-system' })).find(
    ({ metadata }) => metadata?.name === 'bootstrap-token-others',
  )
  const variant = (name: string, change: (secret: Secret) => Secret): Promise<Secret> => {
    const secret: Secret = {
      type: 'bootstrap.kubernetes.io/token',
      metadata: {
        name: `bootstrap-token-${name}`,
        namespace: 'kube-system',
        labels: { ...ours?.metadata?.labels },
        annotations: { ...ours?.metadata?.annotations, 'kube-node.dev/controller': controller },
      },
      data: { ...ours?.data, 'token-id': Buffer.from(name).toString('base64') },
    }
    return cluster.create(Secrets, change(secret))
  }
  await variant('person', secret => ({ ...secret, metadata: { ...secret.metadata, labels: {} } }))
  await variant('silent', secret => ({ ...secret, metadata: { ...secret.metadata, annotations: {} } }))
  await variant('opaque', secret => ({ ...secret, type: 'Opaque' }))
  await variant('ours00', secret => secret)
  const names = async (): Promise<string[]> =>
    (await listAll(cluster.client, Secrets, { namespace: 'kube-system' }))
      .map(({ metadata }) => metadata?.name?.replace('bootstrap-token-', '') ?? '')
      .filter(name => name.length === 6)
      .toSorted()
  const stay = ['opaque', 'others', 'person', 'silent', tokenOf(node)].toSorted()
  expect(await cluster.lasting(names())).toEqual([...stay, 'ours00'].toSorted())
  await cluster.until('ours is taken back', async () => !(await names()).includes('ours00'), 2 * minute)
  await cluster.runtime.advance(5 * minute)
  expect(await cluster.lasting(names())).toEqual(stay)
})

/** As long as it is held, nothing that happens to Nodes is heard of. */
const deafToNodes = (): { readonly wrap: (inner: KubeTransport) => KubeTransport; hold(): Disposable } => {
  let held: PromiseWithResolvers<void> | undefined
  return {
    wrap: inner => ({
      ...inner,
      async watch(request) {
        const stream = await inner.watch(request)
        if (request.path !== '/api/v1/nodes') return stream
        return {
          async next() {
            const event = await stream.next()
            await held?.promise
            return event
          },
          [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
        }
      },
    }),
    hold() {
      const holding = Promise.withResolvers<void>()
      held = holding
      return { [Symbol.dispose]: holding.resolve }
    },
  }
}

test('The token of a claim of which the cache has not heard yet stays', async () => {
  const { wrap, hold } = deafToNodes()
  await using cluster = await begin('1s', wrap)
  const known = await claimed(cluster, 'known')
  using _held = hold()
  // As another life, which was slow to die, may write them.
  const record = known.metadata?.annotations?.[annotations.machine]?.replace(tokenOf(known), 'fresh1') ?? ''
  const fresh = await cluster.create(Nodes, {
    metadata: {
      name: 'fresh',
      labels: { [labels.class]: 'small' },
      annotations: { [annotations.machine]: record },
      finalizers: [finalizers.machine],
    },
  })
  await late(cluster, fresh, 'fresh1', 1)
  await late(cluster, fresh, 'stray1', 1)
  await cluster.until('the stray one is taken back', async () => !(await tokens(cluster)).join().includes('stray1'), minute)
  expect(await cluster.lasting(tokens(cluster))).toContain('bootstrap-token-fresh1 of fresh')
})
