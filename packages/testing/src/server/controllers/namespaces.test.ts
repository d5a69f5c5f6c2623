import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { createApiServer } from '../index.ts'
import { clientOf } from '../client.fixture.ts'

const start = () => {
  const runtime = manualRuntime()
  return { runtime, api: clientOf(createApiServer({ runtime }).transport()) }
}
const map = (name: string, metadata: object = {}): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata } })

test('A namespace takes what is in it along when it is deleted', async () => {
  const { api, runtime } = start()
  await api.post('/api/v1/namespaces', { metadata: { name: 'demo' } })
  await api.post('/api/v1/namespaces/demo/configmaps', map('a'))
  await api.post('/api/v1/namespaces/demo/configmaps', map('held', { finalizers: ['example.test/hold'] }))
  await api.post('/api/v1/namespaces/default/configmaps', map('elsewhere'))
  expect((await api.delete('/api/v1/namespaces/demo')).body).toMatchObject({ kind: 'Namespace', status: { phase: 'Terminating' } })
  await runtime.advance(1_000)
  expect(api.names((await api.get('/api/v1/configmaps')).body)).toEqual(['elsewhere', 'held'])
  expect((await api.get('/api/v1/namespaces/demo')).status).toBe(200)
  await api.patch('/api/v1/namespaces/demo/configmaps/held', { metadata: { finalizers: [] } })
  await runtime.advance(1_000)
  expect((await api.get('/api/v1/namespaces/demo')).status).toBe(404)
  expect(runtime.sleeping).toBe(0)
})

test('Nothing new is made in a namespace that is going, nor in one that is not there', async () => {
  const { api } = start()
  await api.post('/api/v1/namespaces', { metadata: { name: 'demo' } })
  await api.post('/api/v1/namespaces/demo/configmaps', map('held', { finalizers: ['example.test/hold'] }))
  await api.delete('/api/v1/namespaces/demo')
  expect(await api.post('/api/v1/namespaces/demo/configmaps', map('late'))).toMatchObject({
    status: 403,
    body: {
      reason: 'Forbidden',
      message: 'configmaps "late" is forbidden: unable to create new content in namespace demo because it is being terminated',
      details: { causes: [{ reason: 'NamespaceTerminating' }] },
    },
  })
  expect(await api.post('/api/v1/namespaces/nowhere/configmaps', map('a'))).toMatchObject({
    status: 404,
    body: { message: 'namespaces "nowhere" not found' },
  })
})

test('The namespaces that a cluster needs stay', async () => {
  const { api } = start()
  expect(await api.delete('/api/v1/namespaces/kube-system')).toMatchObject({
    status: 403,
    body: { message: 'namespaces "kube-system" is forbidden: this namespace may not be deleted' },
  })
})
