import { createKubeNode } from '@kube-node/core'
import {
  type ClassConnection,
  Events,
  NodeClasses,
  NodeSets,
  Nodes,
  Secrets,
  annotations,
  finalizers,
  labels,
  nameOf,
} from '@kube-node/core/api'
import { type KubeTransport, TransportError, listAll } from '@kube-node/core/kube'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Running, type TestCluster, createTestCluster } from './index.ts'

let cluster: TestCluster
beforeEach(async () => {
  cluster = await createTestCluster({ cloud: { tokens: { 'token-of-a': 'account-a', 'token-of-b': 'account-b' } } })
  await cluster.create(Secrets, { apiVersion: 'v1', kind: 'Secret', metadata: secret, data: entries('token-of-a') })
  await nodeClass('small')
})
afterEach(() => cluster[Symbol.asyncDispose]())

const secret = { namespace: 'kube-node-system', name: 'cloud' }
const entries = (token: string): Record<string, string> => ({ token: Buffer.from(token).toString('base64') })
const rotate = (token: string): Promise<unknown> =>
  cluster.lasting(cluster.client.patch(Secrets, secret, { merge: { data: entries(token) } }))

const nodeClass = (name: string): Promise<unknown> =>
  cluster.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name },
    spec: { provider: 'simulated', config: { region: 'r1' }, secretRef: secret },
  })
const start = (wrap: (transport: KubeTransport) => KubeTransport = transport => transport): Running => {
  const { runtime, cloud } = cluster
  return cluster.start(createKubeNode({ cluster: wrap(cluster.transport()), runtime, log: () => {}, providers: [cloud.provider()] }))
}

const runs = async (name: string): Promise<boolean> =>
  (await cluster.client.get(Nodes, { name }))?.metadata?.annotations?.[annotations.phase] === 'Running'
const claim = async (name: string, className = 'small'): Promise<void> => {
  await cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: className } } })
  await cluster.until(`${name} runs`, () => runs(name))
}
const moveTo = (region: string): Promise<unknown> =>
  cluster.lasting(cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { config: { region } } } }))
const classNow = async (name = 'small') => cluster.lasting(cluster.client.get(NodeClasses, { name }))
const remembered = async (name = 'small'): Promise<readonly ClassConnection[]> => (await classNow(name))?.status?.connections ?? []
const at = (region: string, account = 'account-a'): ClassConnection => ({ provider: 'simulated', account, config: { region }, secret })

/** By somebody's hand, past everything that holds the Node. */
const forceAway = async (name: string): Promise<void> => {
  const uid = (await cluster.lasting(cluster.client.get(Nodes, { name })))?.metadata?.uid ?? ''
  await cluster.lasting(cluster.client.patch(Nodes, { name }, { merge: { metadata: { finalizers: null } } }))
  await cluster.lasting(cluster.client.delete(Nodes, { name }, { uid }))
}
const remove = async (name: string): Promise<void> => {
  const uid = (await cluster.lasting(cluster.client.get(Nodes, { name })))?.metadata?.uid ?? ''
  await cluster.lasting(cluster.client.delete(Nodes, { name }, { uid }))
}
const removeClass = async (name = 'small'): Promise<void> => {
  const uid = (await classNow(name))?.metadata?.uid ?? ''
  await cluster.lasting(cluster.client.delete(NodeClasses, { name }, { uid }))
}
const living = (): readonly string[] =>
  cluster.cloud
    .machines()
    .filter(({ state }) => state === 'running' || state === 'starting')
    .map(({ region }) => region)
const minutes = 60_000

describe('a machine whose Node was lost while nobody looked is found', () => {
  it.each(['while the controller ran', 'while it was down'])('when the class was moved to another region %s', async when => {
    const first = start()
    await claim('a')
    expect(await remembered()).toEqual([at('r1')])
    if (when === 'while the controller ran') {
      await moveTo('r2')
      await cluster.runtime.advance(30 * minutes)
      expect(await remembered(), 'it runs there still').toEqual([at('r1')])
    }
    await first.stop()
    if (when === 'while it was down') await moveTo('r2')
    await forceAway('a')
    const second = start()
    await cluster.until('its machine is deleted', () => living().length === 0)
    await cluster.until('nothing is left there', async () => (await remembered()).length === 0, 20 * minutes)

    const written: string[] = []
    const stop = cluster.server.onRequest(({ user, verb, resource }) => {
      if (user === 'kube-node' && resource !== 'leases' && !['get', 'list', 'watch'].includes(verb)) written.push(`${verb} ${resource}`)
    })
    await cluster.runtime.advance(30 * minutes)
    stop()
    expect(written).toEqual([])
    await second.stop()
  })

  it('when a set had laid another region over its class', async () => {
    const first = start()
    await cluster.create(NodeSets, {
      apiVersion: 'kube-node.dev/v1alpha1',
      kind: 'NodeSet',
      metadata: { name: 's' },
      spec: { nodeClassName: 'small', replicas: 1, template: { config: { region: 'r3' } } },
    })
    await cluster.until('its node runs', async () => {
      const [node] = await listAll(cluster.client, Nodes)
      return node !== undefined && runs(nameOf(node))
    })
    expect(await remembered()).toEqual([at('r3')])
    await first.stop()
    const [node] = await cluster.lasting(listAll(cluster.client, Nodes))
    const set = await cluster.lasting(cluster.client.get(NodeSets, { name: 's' }))
    await cluster.lasting(cluster.client.patch(NodeSets, { name: 's' }, { merge: { metadata: { finalizers: null } } }))
    await cluster.lasting(cluster.client.delete(NodeSets, { name: 's' }, { uid: set?.metadata?.uid ?? '' }))
    if (await cluster.lasting(cluster.client.get(Nodes, { name: nameOf(node ?? {}) }))) await forceAway(nameOf(node ?? {}))
    expect(living()).toEqual(['r3'])
    start()
    await cluster.until('its machine is deleted', () => living().length === 0)
  })

  it('before its class may go', async () => {
    const first = start()
    await claim('a')
    await first.stop()
    await forceAway('a')
    await removeClass()
    cluster.cloud.faults.emptyLists(false)
    start()
    await cluster.until('the class is gone', async () => (await cluster.client.get(NodeClasses, { name: 'small' })) === undefined)
    expect(living()).toEqual([])
  })

  it('when the Secret opens the account again in which it is', async () => {
    const first = start()
    await claim('a')
    await first.stop()
    await moveTo('r2')
    await forceAway('a')
    await rotate('token-of-b')
    start()
    await cluster.runtime.advance(30 * minutes)
    expect(await remembered()).toEqual([at('r1')])
    await removeClass()
    await cluster.until('an event says why the class stays', async () =>
      (await listAll(cluster.client, Events)).some(
        ({ reason, message }) => reason === 'MachinesMayBeLeft' && message?.includes('account-b'),
      ),
    )
    await rotate('token-of-a')
    await cluster.until('its machine is deleted', () => living().length === 0)
    await cluster.until('the class is gone', async () => (await cluster.client.get(NodeClasses, { name: 'small' })) === undefined)
  })

  it('when the class was last written to by a version that remembered nothing', async () => {
    const first = start()
    await claim('a')
    await first.stop()
    await cluster.lasting(
      cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { status: { connections: null } } }, { subresource: 'status' }),
    )
    const second = start()
    await cluster.until('it remembers', async () => (await remembered()).length === 1)
    expect(await remembered()).toEqual([at('r1')])
    await second.stop()
  })
})

describe('where machines of a class may be', () => {
  it('is written before anything is sent there', async () => {
    let isCut = true
    const cut = (transport: KubeTransport): KubeTransport => ({
      ...transport,
      request: async request => {
        if (isCut && request.method === 'PATCH' && JSON.stringify(request.body ?? '').includes('"connections"'))
          throw new TransportError('the line is cut', { cause: undefined })
        return transport.request(request)
      },
    })
    start(cut)
    await cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'small' } } })
    await cluster.runtime.advance(5 * minutes)
    expect(cluster.cloud.calls.create).toBe(0)
    isCut = false
    await cluster.until('a runs', () => runs('a'), 10 * minutes)
    expect(await remembered()).toEqual([at('r1')])
  })

  it('is written once, however many nodes come at one time', async () => {
    const writes: string[] = []
    cluster.server.onRequest(({ user, verb, resource, path }) => {
      if (user === 'kube-node' && verb === 'patch' && resource === 'nodeclasses') writes.push(path)
    })
    start()
    await Promise.all(Array.from({ length: 20 }, (_, at) => claim(`n${at}`)))
    expect(await remembered()).toEqual([at('r1')])
    expect(writes.length).toBeLessThan(8)
  })

  it('is forgotten by a class that is deleted as soon as nothing is there, whatever other classes have there', async () => {
    start()
    await claim('b')
    // No earlier life of the controller can have sent anything for it.
    await nodeClass('brief')
    await claim('a', 'brief')
    expect(await remembered('brief')).toEqual([at('r1')])
    await remove('a')
    await cluster.until('a is gone', async () => (await cluster.client.get(Nodes, { name: 'a' })) === undefined)
    await removeClass('brief')
    await cluster.until('the class is gone', async () => (await cluster.client.get(NodeClasses, { name: 'brief' })) === undefined, 5_000)
    await cluster.runtime.advance(20 * minutes)
    expect(await remembered()).toEqual([at('r1')])
    expect((await classNow())?.metadata?.finalizers).toContain(finalizers.inUse)
  })

  it('is not forgotten for a list that is empty for a while', async () => {
    const first = start()
    await claim('a')
    await first.stop()
    await moveTo('r2')
    await forceAway('a')
    cluster.cloud.faults.emptyLists(true)
    start()
    await cluster.runtime.advance(8 * minutes)
    expect(await remembered()).toEqual([at('r1')])
    cluster.cloud.faults.emptyLists(false)
    await cluster.until('its machine is deleted', () => living().length === 0)
  })

  it('is not forgotten while a Node is there, whatever lists show', async () => {
    start()
    await claim('a')
    await moveTo('r2')
    cluster.cloud.faults.emptyLists(true)
    await cluster.runtime.advance(30 * minutes)
    expect(await remembered()).toEqual([at('r1')])
  })
})
