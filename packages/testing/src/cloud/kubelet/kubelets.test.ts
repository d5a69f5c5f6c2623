import { isReady } from '@kube-node/core/api'
import type { KubeTransport } from '@kube-node/core/kube'
import { describe, expect, test } from 'vitest'
import { type SmallCluster, smallCluster } from '../cluster.fixture.ts'
import { simulatedKubelets } from './kubelets.ts'

const claim = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kube-node.dev/class': 'small' }, finalizers: ['kube-node.dev/machine'] },
  spec: { taints: [{ key: 'kube-node.dev/not-up', effect: 'NoExecute' }] },
})
const pod = (name: string, nodeName: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: {
    nodeName,
    containers: [{ name: 'main', image: 'busybox' }],
  },
})

/** Pod p is bound to node a, whose machine runs, and is deleted; a finalizer keeps it. */
const endHeldPod = async (c: SmallCluster): Promise<void> => {
  c.cloud.createForeign({ owner: c.owner('a') })
  await c.do('POST', '/api/v1/namespaces/default/pods', pod('p', 'a'))
  await c.do('PATCH', '/api/v1/namespaces/default/pods/p', { metadata: { finalizers: ['example.org/held'] } })
  await c.runtime.advance(5_000)
  await c.do('DELETE', '/api/v1/namespaces/default/pods/p')
  await c.runtime.advance(5_000)
}

describe('a simulated kubelet', () => {
  test('takes over the Node that waits for it, and leaves what others have put there alone', async () => {
    await using c = await smallCluster()
    const before = await c.do('POST', '/api/v1/nodes', claim('a'))
    await c.do('PATCH', '/api/v1/nodes/a/status', { status: { conditions: [{ type: 'MachineProvisioned', status: 'True' }] } })
    c.run(simulatedKubelets({ ...c }))
    c.cloud.createForeign({ owner: c.owner('a') })
    await c.runtime.advance(1_900)
    expect(await c.condition('a', 'Ready')).toBe('none')
    await c.runtime.advance(200)

    const after = await c.node('a')
    expect(isReady(after)).toBe(true)
    expect(after.metadata?.uid).toBe((before as typeof after).metadata?.uid)
    expect(after).toMatchObject({
      metadata: { labels: { 'kube-node.dev/class': 'small', 'kubernetes.io/hostname': 'a' }, finalizers: ['kube-node.dev/machine'] },
      status: {
        addresses: [
          { type: 'InternalIP', address: '10.0.0.1' },
          { type: 'Hostname', address: 'a' },
        ],
        capacity: { cpu: '2', memory: '4Gi', pods: '110' },
        nodeInfo: { kubeletVersion: 'v1.37.2' },
      },
    })
    expect(after.spec?.taints).toContainEqual({ key: 'kube-node.dev/not-up', effect: 'NoExecute' })
    expect(after.spec?.providerID).toBeUndefined()
    expect(await c.condition('a', 'MachineProvisioned')).toBe('True undefined')
    expect(await c.do('GET', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/a')).toMatchObject({
      spec: { holderIdentity: 'a' },
    })
  })

  test('makes a Node when nobody has', async () => {
    await using c = await smallCluster()
    c.run(simulatedKubelets({ ...c }))
    c.cloud.createForeign({ owner: c.owner('a') })
    await c.runtime.advance(3_000)
    expect(isReady(await c.node('a'))).toBe(true)
  })

  test('is not ready at first when its network takes a while', async () => {
    await using c = await smallCluster()
    c.run(simulatedKubelets({ ...c, readyDelay: '5s' }))
    c.cloud.createForeign({ owner: c.owner('a') })
    await c.runtime.advance(3_000)
    expect(await c.condition('a', 'Ready')).toBe('False KubeletNotReady')
    await c.runtime.advance(5_000)
    expect(await c.condition('a', 'Ready')).toBe('True KubeletReady')
  })

  test('comes up only on machines of this cluster that boot and join', async () => {
    await using c = await smallCluster()
    c.run(simulatedKubelets({ ...c }))
    c.cloud.createForeign()
    c.cloud.createForeign({ owner: { ...c.owner('other'), cluster: 'another' } })
    c.cloud.faults.bootFails(1)
    c.cloud.createForeign({ owner: c.owner('never-boots') })
    c.cloud.faults.joinFails(1)
    c.cloud.createForeign({ owner: c.owner('never-joins') })
    await c.runtime.advance(60_000)
    expect(await c.do('GET', '/api/v1/nodes')).toMatchObject({ items: [] })
  })

  test('finds the machines that ran before it was started, and tries until the API server answers', async () => {
    await using c = await smallCluster()
    let down = true
    const transport: KubeTransport = {
      ...c.transport,
      request: request => (down ? Promise.reject(new Error('connection refused')) : c.transport.request(request)),
    }
    c.cloud.createForeign({ owner: c.owner('a') })
    await c.runtime.advance(5_000)
    c.run(simulatedKubelets({ ...c, transport }))
    await c.runtime.advance(10_000)
    down = false
    await c.runtime.advance(10_000)
    expect(isReady(await c.node('a'))).toBe(true)
  })

  test('renews its lease, posts its status now and then, and is silent once its machine is gone', async () => {
    await using c = await smallCluster()
    c.run(simulatedKubelets({ ...c, heartbeat: '10s' }))
    await c.runtime.advance(0)
    const sleepers = c.runtime.sleeping
    const machine = c.cloud.createForeign({ owner: c.owner('a') })
    await c.runtime.advance(5_000)
    c.writes.length = 0
    await c.runtime.advance(300_000)
    expect(c.writes.filter(w => w.endsWith('/leases/a'))).toHaveLength(30)
    expect(c.writes.filter(w => w.endsWith('/nodes/a/status'))).toHaveLength(1)
    c.cloud.kill(machine.id)
    c.writes.length = 0
    await c.runtime.advance(300_000)
    expect(c.writes).toEqual([])
    expect(c.runtime.sleeping).toBe(sleepers)
  })

  test('writes nothing at rest when its heartbeat is off', async () => {
    await using c = await smallCluster()
    c.run(simulatedKubelets({ ...c, heartbeat: 'off' }))
    c.cloud.createForeign({ owner: c.owner('a') })
    await c.runtime.advance(5_000)
    c.writes.length = 0
    await c.runtime.advance(3_600_000)
    expect(c.writes).toEqual([])
  })

  test('runs the pods of its node, those bound before it joined too, and ends them when they are deleted', async () => {
    await using c = await smallCluster()
    c.run(simulatedKubelets({ ...c, podStopTime: '3s' }))
    await c.do('POST', '/api/v1/nodes', claim('a'))
    await c.do('POST', '/api/v1/namespaces/default/pods', pod('early', 'a'))
    await c.do('POST', '/api/v1/namespaces/default/pods', pod('elsewhere', 'b'))
    c.cloud.createForeign({ owner: c.owner('a') })
    await c.runtime.advance(3_000)
    await c.do('POST', '/api/v1/namespaces/default/pods', pod('late', 'a'))
    await c.runtime.advance(0)
    for (const name of ['early', 'late']) expect((await c.pod(name))?.status).toMatchObject({ phase: 'Running' })
    expect((await c.pod('elsewhere'))?.status?.phase).not.toBe('Running')

    await c.do('DELETE', '/api/v1/namespaces/default/pods/early')
    await c.runtime.advance(2_900)
    expect((await c.pod('early'))?.metadata?.deletionTimestamp).toBeDefined()
    await c.runtime.advance(200)
    expect(await c.pod('early')).toBeUndefined()
    expect((await c.pod('late'))?.status?.phase).toBe('Running')
  })

  test('leaves a pod alone that somebody else has ended meanwhile', async () => {
    await using c = await smallCluster()
    c.run(simulatedKubelets({ ...c, heartbeat: 'off', podStopTime: '3s' }))
    c.cloud.createForeign({ owner: c.owner('a') })
    await c.do('POST', '/api/v1/namespaces/default/pods', pod('p', 'a'))
    await c.runtime.advance(5_000)
    await c.do('DELETE', '/api/v1/namespaces/default/pods/p')
    await c.runtime.advance(1_000)
    await c.do('DELETE', '/api/v1/namespaces/default/pods/p', { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 })
    c.writes.length = 0
    await c.runtime.advance(5_000)
    expect(c.writes).toEqual([])
  })

  test('can die and come up again while its machine lives, and can say that it is not ready', async () => {
    await using c = await smallCluster()
    const kubelets = simulatedKubelets({ ...c })
    c.run(kubelets)
    const { id } = c.cloud.createForeign({ owner: c.owner('a') })
    await c.runtime.advance(5_000)
    kubelets.setReady(id, false)
    await c.runtime.advance(0)
    expect(await c.condition('a', 'Ready')).toBe('False KubeletNotReady')
    kubelets.stop(id)
    c.writes.length = 0
    await c.runtime.advance(60_000)
    expect(c.writes).toEqual([])
    kubelets.start(id)
    await c.runtime.advance(5_000)
    expect(await c.condition('a', 'Ready')).toBe('True KubeletReady')
  })

  test('goes in with the identity that it was given', async () => {
    await using c = await smallCluster()
    let tries = 0
    c.run(
      simulatedKubelets({
        ...c,
        joinAs: () => {
          if (++tries === 1) throw new Error('the certificate is not signed yet')
          return c.transport
        },
      }),
    )
    c.cloud.createForeign({ owner: c.owner('a') })
    await c.runtime.advance(5_000)
    expect(tries).toBe(2)
    expect(isReady(await c.node('a'))).toBe(true)
  })

  test('says of a pod that a finalizer keeps that it has ended', async () => {
    await using c = await smallCluster()
    c.run(simulatedKubelets({ ...c, heartbeat: 'off' }))
    await endHeldPod(c)
    expect((await c.pod('p'))?.status?.phase).toBe('Succeeded')
  })

  test('says that a pod runs before it says that it has ended, however long the first takes', async () => {
    await using c = await smallCluster()
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
    let isFirst = true
    const slow: KubeTransport = {
      ...c.transport,
      async request(request) {
        if (request.path.endsWith('/pods/p/status') && isFirst) {
          isFirst = false
          await arrived
        }
        return c.transport.request(request)
      },
    }
    c.run(simulatedKubelets({ ...c, transport: slow, heartbeat: 'off' }))
    await endHeldPod(c)
    expect((await c.pod('p'))?.status?.phase).toBe('Pending')
    arrive()
    await c.runtime.advance(5_000)
    expect((await c.pod('p'))?.status?.phase).toBe('Succeeded')
  })

  test('registers under the name that it is given, on machines that nobody of this cluster made, too', async () => {
    await using c = await smallCluster()
    c.run(simulatedKubelets({ ...c, hostname: ({ owner }) => (owner ? undefined : 'old') }))
    c.cloud.createForeign({ owner: c.owner('a') })
    c.cloud.createForeign()
    await c.runtime.advance(5_000)
    expect(await c.do('GET', '/api/v1/nodes')).toMatchObject({ items: [{ metadata: { name: 'old' } }] })
  })

  test('that dies while it waits for its identity does not register with it', async () => {
    await using c = await smallCluster()
    const { promise: signed, resolve: sign } = Promise.withResolvers<void>()
    const kubelets = simulatedKubelets({
      ...c,
      joinAs: async () => {
        await signed
        return c.transport
      },
    })
    c.run(kubelets)
    const { id } = c.cloud.createForeign({ owner: c.owner('a') })
    await c.runtime.advance(3_000)
    kubelets.stop(id)
    sign()
    await c.runtime.advance(3_000)
    expect(await c.do('GET', '/api/v1/nodes')).toMatchObject({ items: [] })
  })

  test('is one of many on one clock: a thousand join, and sleep together', async () => {
    await using c = await smallCluster()
    c.run(simulatedKubelets({ ...c }))
    for (let i = 0; i < 1_000; i++) c.cloud.createForeign({ owner: c.owner(`n${i}`) })
    await c.runtime.advance(3_000)
    const { items } = (await c.do('GET', '/api/v1/nodes')) as { items: readonly object[] }
    expect(items).toHaveLength(1_000)
    expect(items.every(node => isReady(node))).toBe(true)
    expect(c.runtime.sleeping).toBeLessThan(10)
  })

  test('leaves nothing behind when it is told to stop', async () => {
    await using c = await smallCluster()
    const end = new AbortController()
    const done = simulatedKubelets({ ...c }).run(end.signal)
    c.cloud.createForeign({ owner: c.owner('a') })
    await c.runtime.advance(5_000)
    end.abort()
    await done
    await c.cloud[Symbol.asyncDispose]()
    expect(c.runtime.sleeping).toBe(0)
  })
})
