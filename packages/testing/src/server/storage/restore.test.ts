import { Nodes } from '@kube-node/core/api'
import { createCache } from '@kube-node/core/kube'
import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { clientOf, widgets } from '../client.fixture.ts'
import { createApiServer } from '../index.ts'

const start = () => {
  const runtime = manualRuntime()
  const server = createApiServer({ runtime })
  return { runtime, server, api: clientOf(server.transport()) }
}
const nodes = '/api/v1/nodes'
const node = (name: string, labels: object = {}): object => ({ metadata: { name, labels } })
const quiet = (): void => undefined

test('A restored server knows what it knew, and gives the same versions out again', async () => {
  const { api, server } = start()
  await api.post(nodes, node('kept'))
  const snapshot = server.snapshot()
  await api.patch(`${nodes}/kept`, { metadata: { labels: { late: 'yes' } } })
  await api.post(nodes, node('late'))
  const lost = server.store.resourceVersion
  server.restore(snapshot)
  expect(server.store.resourceVersion).toBe(snapshot.resourceVersion)
  const { body } = await api.get(nodes)
  expect(api.names(body)).toEqual(['kept'])
  expect(JSON.stringify(body)).not.toContain('late')
  await api.post(nodes, node('one'))
  await api.post(nodes, node('two'))
  expect(server.store.resourceVersion).toBe(lost)
})

test('Its watches end, and the past before the backup is gone', async () => {
  const { api, server } = start()
  await api.post(nodes, node('a'))
  const snapshot = server.snapshot()
  const stream = await api.watch(nodes, { resourceVersion: snapshot.resourceVersion })
  server.restore(snapshot)
  expect(await stream.next()).toBeUndefined()
  await api.post(nodes, node('b'))
  expect(await stream.next()).toBeUndefined()
  const next = await api.watch(nodes, { resourceVersion: snapshot.resourceVersion })
  expect(await next.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'b' } } })
  const old = await api.watch(nodes, { resourceVersion: String(Number(snapshot.resourceVersion) - 1) })
  expect(await old.next()).toMatchObject({ type: 'ERROR', object: { code: 410 } })
})

test("core's cache notices that the cluster has gone back in time, and drops what it knew", async () => {
  const { api, runtime, server } = start()
  await api.post(nodes, node('kept'))
  const snapshot = server.snapshot()
  await api.post(nodes, node('late'))
  const stop = new AbortController()
  const cache = createCache({ transport: server.transport(), runtime, log: quiet })
  const heard: string[] = []
  cache.onRegression(({ resource }) => heard.push(`regression of ${resource.plural}`))
  const informer = cache.informer(Nodes)
  informer.subscribe(({ object, type }) => heard.push(`${type} ${object.metadata?.name}`))
  const running = cache.run(stop.signal)
  await runtime.settle()
  server.restore(snapshot)
  await runtime.advance(60_000)
  expect(heard.slice(0, 3)).toEqual(['added kept', 'added late', 'regression of nodes'])
  expect(heard.slice(3)).toContain('deleted late')
  expect(informer.store.list().map(object => object.metadata?.name)).toEqual(['kept'])
  stop.abort(new Error('the story is over'))
  await running
})

test('Custom kinds come and go with it, and another server can be made of it', async () => {
  const { api, server } = start()
  const before = server.snapshot()
  await widgets(api)
  await api.post('/apis/example.test/v1/widgets', { apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name: 'w' }, spec: {} })
  const after = server.snapshot()
  server.restore(before)
  expect((await api.get('/apis/example.test/v1/widgets')).status).toBe(404)
  server.restore(after)
  expect(api.names((await api.get('/apis/example.test/v1/widgets')).body)).toEqual(['w'])
  const other = start()
  other.server.restore(JSON.parse(JSON.stringify(after)))
  expect((await other.api.get('/apis/example.test/v1/widgets/w')).body).toMatchObject({ spec: { color: 'red' } })
})

test('What had been collected as garbage is there again, and is collected again', async () => {
  const { api, runtime, server } = start()
  const owner = await api.post('/api/v1/namespaces/default/configmaps', { metadata: { name: 'owner' } })
  const { uid } = (owner.body as { metadata: { uid: string } }).metadata
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }]
  await api.post('/api/v1/namespaces/default/configmaps', { metadata: { name: 'owned', ownerReferences } })
  const snapshot = server.snapshot()
  for (let time = 0; time < 2; time += 1) {
    await api.delete('/api/v1/namespaces/default/configmaps/owner')
    await runtime.advance(1_000)
    expect((await api.get('/api/v1/namespaces/default/configmaps/owned')).status).toBe(404)
    server.restore(snapshot)
    await runtime.advance(1_000)
    expect((await api.get('/api/v1/namespaces/default/configmaps/owned')).status).toBe(200)
  }
})
