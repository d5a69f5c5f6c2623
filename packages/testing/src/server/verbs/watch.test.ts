import { type KubeStream, TransportError, type WatchEvent } from '@kube-node/core/kube'
import { type ManualRuntime, manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { createApiServer } from '../index.ts'
import { textAt } from '../objects/index.ts'
import { clientOf } from '../client.fixture.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const map = (name: string, labels: object = {}): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels } })

const start = (history?: number) => {
  const runtime: ManualRuntime = manualRuntime()
  const server = createApiServer({ runtime, ...(history === undefined ? {} : { history }) })
  return { runtime, server, api: clientOf(server.transport()) }
}

const told = (event: WatchEvent | undefined): string =>
  event === undefined ? 'end' : `${event.type} ${textAt(event.object, 'metadata', 'name') || textAt(event.object, 'reason')}`.trim()

const next = async (stream: KubeStream, count: number): Promise<readonly string[]> => {
  const events: string[] = []
  for (let i = 0; i < count; i += 1) events.push(told(await stream.next()))
  return events
}

const version = (body: unknown): string => textAt(body, 'metadata', 'resourceVersion')

test('A watch without resourceVersion begins with what is there and goes on with what happens', async () => {
  const { api } = start()
  await api.post(maps, map('a'))
  const stream = await api.watch(maps)
  await api.post(maps, map('b'))
  await api.patch(`${maps}/a`, { data: { x: 'y' } })
  await api.delete(`${maps}/b`)
  expect(await next(stream, 4)).toEqual(['ADDED a', 'ADDED b', 'MODIFIED a', 'DELETED b'])
})

test('A watch from a list tells everything since then, and a waiting reader hears at once', async () => {
  const { api } = start()
  await api.post(maps, map('before'))
  const { body } = await api.get(maps)
  await api.post(maps, map('a'))
  const stream = await api.watch(maps, { resourceVersion: version(body) })
  expect(await next(stream, 1)).toEqual(['ADDED a'])
  const waiting = next(stream, 1)
  await api.post(maps, map('b'))
  expect(await waiting).toEqual(['ADDED b'])
})

test('A deletion carries the last state and the revision that took it away', async () => {
  const { api, server } = start()
  const created = await api.post(maps, { ...map('a'), data: { x: 'y' } })
  const stream = await api.watch(maps, { resourceVersion: version(created.body) })
  await api.delete(`${maps}/a`)
  const event = await stream.next()
  expect(event).toMatchObject({
    type: 'DELETED',
    object: { data: { x: 'y' }, metadata: { resourceVersion: server.store.resourceVersion } },
  })
})

test('What leaves the sight of a selector is deleted, what comes into it is added', async () => {
  const { api } = start()
  await api.post(maps, map('a', { tier: 'web' }))
  await api.post(maps, map('b', { tier: 'db' }))
  const stream = await api.watch(maps, { labelSelector: 'tier=web' })
  await api.patch(`${maps}/b`, { metadata: { labels: { tier: 'web' } } })
  await api.patch(`${maps}/a`, { metadata: { labels: { tier: 'db' } } })
  await api.patch(`${maps}/a`, { metadata: { labels: { tier: 'cache' } } })
  await api.delete(`${maps}/a`)
  await api.delete(`${maps}/b`)
  expect(await next(stream, 4)).toEqual(['ADDED a', 'ADDED b', 'DELETED a', 'DELETED b'])
})

test('A watch sees its own namespace alone', async () => {
  const { api } = start()
  const stream = await api.watch(maps)
  await api.post('/api/v1/namespaces/kube-system/configmaps', map('elsewhere'))
  await api.post(maps, map('here'))
  expect(await next(stream, 1)).toEqual(['ADDED here'])
})

test('A watch from before a compaction is told so inside the stream', async () => {
  const { api, server } = start()
  const created = await api.post(maps, map('a'))
  await api.patch(`${maps}/a`, { data: { x: 'y' } })
  server.compact()
  const stream = await api.watch(maps, { resourceVersion: version(created.body) })
  const event = await stream.next()
  expect(event).toMatchObject({
    type: 'ERROR',
    object: { kind: 'Status', code: 410, reason: 'Expired', message: expect.stringMatching(/^too old resource version: \d+ \(\d+\)$/) },
  })
  expect(await stream.next()).toBeUndefined()
})

test('A watch of what kube-apiserver does not cache is told the same in the words of its store', async () => {
  const { api, server } = start()
  const events = '/api/v1/namespaces/default/events'
  const told = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'a' }, involvedObject: { namespace: 'default' } }
  const created = await api.post(events, told)
  await api.delete(`${events}/a`)
  server.compact()
  const stream = await api.watch(events, { resourceVersion: version(created.body) })
  expect(await stream.next()).toMatchObject({
    type: 'ERROR',
    object: { code: 410, reason: 'Expired', message: 'The resourceVersion for the provided watch is too old.' },
  })
})

test('A reader that is slower than the history is long loses its watch, and hears 410 when it comes back', async () => {
  const { api, server } = start(3)
  const { body } = await api.get(maps)
  const stream = await api.watch(maps, { resourceVersion: version(body) })
  for (const name of ['a', 'b', 'c', 'd']) await api.post(maps, map(name))
  expect(await stream.next()).toBeUndefined()
  const again = await api.watch(maps, { resourceVersion: version(body) })
  expect(await next(again, 1)).toEqual(['ERROR Expired'])
  const fresh = await api.watch(maps, { resourceVersion: server.store.resourceVersion })
  await api.post(maps, map('e'))
  expect(await next(fresh, 1)).toEqual(['ADDED e'])
})

test('Bookmarks come every minute and at the end, after all that happened before them', async () => {
  const { api, runtime, server } = start()
  const { body } = await api.get(maps)
  const stream = await api.watch(maps, { resourceVersion: version(body), allowWatchBookmarks: 'true', timeoutSeconds: '90' })
  await api.post('/api/v1/namespaces/kube-system/configmaps', map('elsewhere'))
  await runtime.advance(60_000)
  expect(await stream.next()).toEqual({
    type: 'BOOKMARK',
    object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: server.store.resourceVersion } },
  })
  await api.post(maps, map('a'))
  await runtime.advance(30_000)
  expect(await next(stream, 3)).toEqual(['ADDED a', 'BOOKMARK', 'end'])
  expect(runtime.sleeping).toBe(0)
})

test('Without bookmarks asked for there are none', async () => {
  const { api, runtime } = start()
  const stream = await api.watch(maps, { timeoutSeconds: '120' })
  await runtime.advance(120_000)
  expect(await stream.next()).toBeUndefined()
})

test('A streaming list ends with a bookmark that says so', async () => {
  const { api } = start()
  await api.post(maps, map('a'))
  const stream = await api.watch(maps, { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' })
  await api.post(maps, map('b'))
  expect(await next(stream, 1)).toEqual(['ADDED a'])
  expect(await stream.next()).toMatchObject({
    type: 'BOOKMARK',
    object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
  })
  expect(await next(stream, 1)).toEqual(['ADDED b'])
})

test('Somebody who stops listening costs nothing any more', async () => {
  const { api, runtime } = start()
  const abort = new AbortController()
  const stream = await api.watch(maps, {}, abort.signal)
  const waiting = stream.next()
  abort.abort(new Error('enough'))
  await expect(waiting).rejects.toSatisfy(TransportError.is)
  await runtime.settle()
  expect(runtime.sleeping).toBe(0)
})

test('A watch on a kind ends when the kind is no longer served', async () => {
  const { api, runtime } = start()
  await api.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.test' },
    spec: {
      group: 'example.test',
      scope: 'Cluster',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  })
  await api.post('/apis/example.test/v1/widgets', { apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name: 'w' } })
  const stream = await api.watch('/apis/example.test/v1/widgets')
  await api.delete('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.test')
  await runtime.advance(1_000)
  expect(await next(stream, 3)).toEqual(['ADDED w', 'DELETED w', 'end'])
  expect((await api.get('/apis/example.test/v1/widgets')).status).toBe(404)
})
