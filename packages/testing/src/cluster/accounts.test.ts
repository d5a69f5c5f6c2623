import { createKubeNode } from '@kube-node/core'
import { ConfigMaps, type Node, NodeClasses, NodeSets, Nodes, Secrets, annotations, findCondition, labels } from '@kube-node/core/api'
import { afterEach, describe, expect, it } from 'vitest'
import { type Running, type TestCluster, createTestCluster } from './index.ts'

let cluster: TestCluster
afterEach(() => cluster[Symbol.asyncDispose]())

const secretRef = { namespace: 'kube-node-system', name: 'cloud' }
const entries = (token: string): Record<string, string> => ({ token: Buffer.from(token).toString('base64') })

const begin = async (): Promise<Running> => {
  cluster = await createTestCluster({ cloud: { tokens: { 'token-of-a': 'account-a', 'token-of-b': 'account-b' } } })
  await cluster.create(Secrets, { apiVersion: 'v1', kind: 'Secret', metadata: secretRef, data: entries('token-of-a') })
  await cluster.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: { provider: 'simulated', config: { region: 'r1' }, secretRef },
  })
  return start()
}
const start = (): Running => {
  const { runtime, cloud } = cluster
  return cluster.start(createKubeNode({ cluster: cluster.transport(), runtime, log: () => {}, providers: [cloud.provider()] }))
}
const claim = (name: string): Promise<Node> =>
  cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: 'small' } } })
const node = async (name: string): Promise<Node | undefined> => cluster.client.get(Nodes, { name })
const runs = async (name: string): Promise<boolean> => (await node(name))?.metadata?.annotations?.[annotations.phase] === 'Running'
const why = async (name: string): Promise<string> =>
  findCondition((await node(name))?.status?.conditions, 'MachineProvisioned')?.message ?? ''
const rotate = (token: string): Promise<unknown> =>
  cluster.lasting(cluster.client.patch(Secrets, secretRef, { merge: { data: entries(token) } }))
const living = (): readonly string[] =>
  cluster.cloud
    .machines()
    .filter(({ state }) => state === 'running')
    .map(({ account }) => account)
const remove = async (name: string): Promise<void> => {
  const { metadata } = (await cluster.lasting(node(name))) ?? {}
  await cluster.lasting(cluster.client.delete(Nodes, { name }, { uid: metadata?.uid ?? '' }))
}
/** The kubelets stop, so that nothing speaks for the machine of that Node but the lists. */
const silence = async (name: string): Promise<void> => {
  for (const { id } of cluster.cloud.machines()) cluster.kubelets.stop(id)
  const conditions = [{ type: 'Ready', status: 'Unknown' }]
  await cluster.lasting(cluster.client.patch(Nodes, { name }, { strategic: { status: { conditions } } }, { subresource: 'status' }))
}

describe('credentials that open another account', () => {
  it('freeze the nodes of the old one, visibly, and let a single node live', async () => {
    await begin()
    await claim('a')
    await cluster.until('a runs', () => runs('a'))
    await rotate('token-of-b')
    await cluster.until('a says why', async () => (await why('a')).includes('opens account account-b'), 120_000)
    await cluster.runtime.advance(200_000)
    expect([await runs('a'), living()]).toEqual([true, ['account-a']])
  })

  it('delete no Node whose machine they can not see, and do so when the right ones are back', async () => {
    await begin()
    await claim('a')
    await cluster.until('a runs', () => runs('a'))
    await rotate('token-of-b')
    await cluster.until('a says why', async () => (await why('a')).includes('opens account account-b'), 120_000)
    await remove('a')
    await cluster.runtime.advance(200_000)
    expect((await node('a'))?.metadata?.deletionTimestamp).toBeDefined()
    expect(living()).toEqual(['account-a'])
    await rotate('token-of-a')
    await cluster.until('a is gone', async () => (await node('a')) === undefined)
    expect(living()).toEqual([])
  })

  it('make no second machine for a node of a set whose first create was never answered', async () => {
    await begin()
    cluster.cloud.faults.loseAnswers(1, { operation: 'create', how: 'hang' })
    cluster.cloud.faults.emptyLists(true)
    await cluster.create(NodeSets, {
      apiVersion: 'kube-node.dev/v1alpha1',
      kind: 'NodeSet',
      metadata: { name: 's' },
      spec: { nodeClassName: 'small', replicas: 1 },
    })
    await cluster.until('its create is under way', () => cluster.cloud.calls.create === 1)
    await rotate('token-of-b')
    await cluster.runtime.advance(60_000)
    cluster.cloud.faults.clear()
    // Past the deadline of the create, and the time in which its machine might turn up.
    await cluster.runtime.advance(180_000)
    expect(cluster.cloud.machines().map(({ account }) => account)).toEqual(['account-a'])
    await rotate('token-of-a')
    await cluster.until('it runs', () => living().length === 1)
    expect(cluster.cloud.machines()).toHaveLength(1)
  })

  it('show nothing before they have said which account they open', async () => {
    await begin()
    await claim('a')
    await cluster.until('a runs', () => runs('a'))
    await silence('a')
    cluster.cloud.faults.loseAnswers(call => call.operation === 'whoami', { how: 'hang' })
    const asked = cluster.cloud.calls.whoami
    await rotate('token-of-b')
    await cluster.until('the new ones are asked', () => cluster.cloud.calls.whoami > asked)
    await remove('a')
    await cluster.runtime.advance(150_000)
    expect(await node('a')).toBeDefined()
    expect(living()).toEqual(['account-a'])
  })

  it.each([false, true])('serve a claim for which the old one was never asked (restart: %s)', async restart => {
    const first = await begin()
    using none = cluster.cloud.faults.stockout({ instanceType: 'small' })
    await claim('a')
    // Of those who wait for stock one asks, and each time later.
    await cluster.until('a has asked again and again', () => cluster.cloud.calls.create === 4)
    await claim('b')
    await cluster.until('b waits for stock', async () => (await why('b')).includes('one at a time asks again'))
    await rotate('token-of-b')
    await cluster.until('a says why', async () => (await why('a')).includes('opens account account-b'), 120_000)
    if (restart) {
      await first.stop()
      start()
    }
    none[Symbol.dispose]()
    await cluster.until('b runs', () => runs('b'))
    expect(living()).toEqual(['account-b'])
    // For a something was asked of the old one, and only its lists can show that nothing comes of it.
    expect(await why('a')).toContain('opens account account-b')
  })

  it('serve a claim whose bootstrap could not be made ready while they opened the old one', async () => {
    await begin()
    const files = [{ path: '/etc/motd', configMapRef: { namespace: secretRef.namespace, name: 'motd', key: 'text' } }]
    await cluster.lasting(cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { bootstrap: { files } } } }))
    await claim('a')
    await cluster.until('a says what is missing', async () => (await why('a')).includes('motd'))
    await rotate('token-of-b')
    await cluster.runtime.advance(60_000)
    const metadata = { namespace: secretRef.namespace, name: 'motd' }
    await cluster.create(ConfigMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { text: 'hello' } })
    await cluster.until('a runs', () => runs('a'), 900_000)
    expect(living()).toEqual(['account-b'])
  })

  it('serve new claims', async () => {
    await begin()
    await claim('a')
    await cluster.until('a runs', () => runs('a'))
    await rotate('token-of-b')
    await cluster.runtime.advance(60_000)
    await claim('b')
    await cluster.until('b runs', () => runs('b'))
    expect(living()).toEqual(['account-a', 'account-b'])
  })
})

describe('a list without a machine', () => {
  it('is not believed while the kubelet on it is ready, not even when it is the only one', async () => {
    await begin()
    const born = await claim('a')
    await cluster.until('a runs', () => runs('a'))
    cluster.cloud.faults.emptyLists(true)
    await cluster.until('a says why', async () => (await why('a')).includes('whose kubelet still says that it is ready'), 300_000)
    await cluster.runtime.advance(200_000)
    cluster.cloud.faults.emptyLists(false)
    await cluster.until('a says that all is well', async () => (await why('a')).includes('its machine is there'))
    expect((await node('a'))?.metadata?.uid).toBe(born.metadata?.uid)
    expect(cluster.cloud.machines()).toHaveLength(1)
  })

  it('proves nothing while there is a zone that could not be asked, and that is said', async () => {
    const first = await begin()
    const born = await claim('a')
    await cluster.until('a runs', () => runs('a'))
    await silence('a')
    const zone = cluster.cloud.machines()[0]?.zone ?? ''
    cluster.cloud.faults.zoneOutage(zone, true)
    await cluster.runtime.advance(200_000)
    // Who begins only now has never seen the machine, nor whether b has one.
    await first.stop()
    start()
    await claim('b')
    for (const name of ['a', 'b'])
      await cluster.until(`${name} says why`, async () => (await why(name)).includes(`could not ask everywhere (${zone})`), 120_000)
    await cluster.runtime.advance(200_000)
    expect(cluster.cloud.calls.create).toBe(1)
    cluster.cloud.faults.zoneOutage(zone, false)
    await cluster.until('a says that all is well', async () => (await why('a')).includes('its machine is there'))
    await cluster.until('b runs', () => runs('b'))
    expect((await node('a'))?.metadata?.uid).toBe(born.metadata?.uid)
    expect(living()).toEqual(['account-a', 'account-a'])
  })
})
