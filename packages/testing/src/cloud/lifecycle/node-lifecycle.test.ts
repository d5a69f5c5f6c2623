import type { KubeTransport } from '@kube-node/core/kube'
import { describe, expect, test } from 'vitest'
import { type SmallCluster, smallCluster } from '../cluster.fixture.ts'
import { simulatedKubelets } from '../kubelet/kubelets.ts'
import { simulatedNodeLifecycle } from './node-lifecycle.ts'

const taintsOf = async (c: SmallCluster, name: string): Promise<string[]> =>
  ((await c.node(name)).spec?.taints ?? []).map(t => `${t.key.replace('node.kubernetes.io/', '')}:${t.effect}`).toSorted()

describe('the simulated node lifecycle', () => {
  test('says Unknown of a node whose kubelet is silent, taints it, and takes that back when it speaks again', async () => {
    await using c = await smallCluster()
    const kubelets = simulatedKubelets({ ...c })
    c.run(kubelets)
    c.run(simulatedNodeLifecycle({ ...c }))
    const { id } = c.cloud.createForeign({ owner: c.owner('a') })
    await c.runtime.advance(300_000)
    expect(await c.condition('a', 'Ready')).toBe('True KubeletReady')
    expect(await taintsOf(c, 'a')).toEqual([])

    kubelets.stop(id)
    await c.runtime.advance(30_000)
    expect(await c.condition('a', 'Ready')).toBe('True KubeletReady')
    await c.runtime.advance(20_000)
    expect(await c.condition('a', 'Ready')).toBe('Unknown NodeStatusUnknown')
    expect(await taintsOf(c, 'a')).toEqual(['unreachable:NoExecute', 'unreachable:NoSchedule'])

    kubelets.start(id)
    await c.runtime.advance(10_000)
    expect(await c.condition('a', 'Ready')).toBe('True KubeletReady')
    expect(await taintsOf(c, 'a')).toEqual([])
  })

  test('hears a kubelet only in what a kubelet says, not in what others write', async () => {
    await using c = await smallCluster()
    const kubelets = simulatedKubelets({ ...c })
    c.run(kubelets)
    c.run(simulatedNodeLifecycle({ ...c }))
    const { id } = c.cloud.createForeign({ owner: c.owner('a') })
    await c.runtime.advance(60_000)
    kubelets.stop(id)
    for (let i = 0; i < 6; i++) {
      await c.do('PATCH', '/api/v1/nodes/a', { metadata: { annotations: { turn: String(i) } } })
      await c.runtime.advance(10_000)
    }
    expect(await c.condition('a', 'Ready')).toBe('Unknown NodeStatusUnknown')
  })

  test('looks again at once when a node has changed while it wrote', async () => {
    await using c = await smallCluster()
    const transport: KubeTransport = {
      ...c.transport,
      request: async request => {
        if (request.method === 'PATCH') await c.runtime.clock.sleep(1_000)
        return c.transport.request(request)
      },
    }
    c.run(simulatedNodeLifecycle({ ...c, transport, period: '1h' }))
    await c.runtime.advance(0)
    await c.do('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } })
    await c.runtime.advance(500)
    await c.do('PATCH', '/api/v1/nodes/a', { spec: { unschedulable: true } })
    await c.runtime.advance(2_000)
    expect(await taintsOf(c, 'a')).toEqual(['unschedulable:NoSchedule'])
  })

  test('takes the not-ready taint off a node without conditions, and gives it up after a minute', async () => {
    await using c = await smallCluster()
    c.run(simulatedNodeLifecycle({ ...c }))
    await c.do('POST', '/api/v1/nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'a' },
      spec: { taints: [{ key: 'ours', effect: 'NoExecute' }] },
    })
    expect(await taintsOf(c, 'a')).toContain('not-ready:NoSchedule')
    await c.runtime.advance(0)
    expect(await taintsOf(c, 'a')).toEqual(['ours:NoExecute'])
    await c.runtime.advance(70_000)
    expect(await c.condition('a', 'Ready')).toBe('Unknown NodeStatusNeverUpdated')
    expect(await taintsOf(c, 'a')).toEqual(['ours:NoExecute', 'unreachable:NoExecute', 'unreachable:NoSchedule'])
  })

  test('taints what is not ready, and what is cordoned', async () => {
    await using c = await smallCluster()
    c.run(simulatedKubelets({ ...c, readyDelay: '60s' }))
    c.run(simulatedNodeLifecycle({ ...c }))
    c.cloud.createForeign({ owner: c.owner('a') })
    await c.runtime.advance(5_000)
    expect(await taintsOf(c, 'a')).toEqual(['not-ready:NoExecute', 'not-ready:NoSchedule'])
    await c.runtime.advance(60_000)
    await c.do('PATCH', '/api/v1/nodes/a', { spec: { unschedulable: true } })
    await c.runtime.advance(0)
    expect(await taintsOf(c, 'a')).toEqual(['unschedulable:NoSchedule'])
  })

  test('writes nothing while nothing changes', async () => {
    await using c = await smallCluster()
    c.run(simulatedKubelets({ ...c, heartbeat: '10s' }))
    c.run(simulatedNodeLifecycle({ ...c }))
    c.cloud.createForeign({ owner: c.owner('a') })
    await c.runtime.advance(30_000)
    c.writes.length = 0
    await c.runtime.advance(120_000)
    expect(c.writes.filter(w => !w.includes('/leases/'))).toEqual([])
  })
})
