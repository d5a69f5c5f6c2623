import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { type TestClient, clientOf } from './client.fixture.ts'
import { createApiServer } from './index.ts'

const start = (): { readonly api: TestClient; readonly runtime: ReturnType<typeof manualRuntime> } => {
  const runtime = manualRuntime()
  return { api: clientOf(createApiServer({ runtime }).transport()), runtime }
}

test('A node is created, read, listed, changed and deleted', async () => {
  const { api } = start()
  const created = await api.post('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } })
  expect(created.status).toBe(201)
  expect(created.body).toMatchObject({
    metadata: { name: 'a', uid: expect.any(String), resourceVersion: expect.any(String), creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
  })
  expect((await api.get('/api/v1/nodes/a')).body).toEqual(created.body)
  expect((await api.get('/api/v1/nodes')).body).toMatchObject({ kind: 'NodeList', items: [{ metadata: { name: 'a' } }] })
  const patched = await api.patch('/api/v1/nodes/a', { metadata: { labels: { tier: 'web' } } })
  expect(patched).toMatchObject({ status: 200, body: { metadata: { labels: { tier: 'web' } } } })
  expect((await api.delete('/api/v1/nodes/a')).body).toMatchObject({
    kind: 'Status',
    status: 'Success',
    details: { name: 'a', kind: 'nodes' },
  })
  expect(await api.get('/api/v1/nodes/a')).toMatchObject({ status: 404, body: { reason: 'NotFound', message: 'nodes "a" not found' } })
})

test('The namespaces of every cluster are there from the start', async () => {
  const { api } = start()
  const { body } = await api.get('/api/v1/namespaces')
  expect(api.names(body)).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system'])
})
