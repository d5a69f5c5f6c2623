import type { Json } from '@kube-node/core/kube'
import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { createApiServer } from '../index.ts'
import { at, textAt } from '../objects/index.ts'
import { clientOf } from '../client.fixture.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const map = (name: string, labels: object = {}): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels } })

const start = async (...names: readonly string[]) => {
  const server = createApiServer({ runtime: manualRuntime() })
  const api = clientOf(server.transport())
  for (const name of names) await api.post(maps, map(name, { first: name.slice(0, 1) }))
  return { server, api }
}
const token = (body: Json): string => textAt(body, 'metadata', 'continue')
const version = (body: Json): string => String(at(body, 'metadata', 'resourceVersion'))

test('Pages show one moment, whatever is written between them', async () => {
  const { api } = await start('a', 'b', 'c', 'd', 'e')
  const first = await api.get(maps, { limit: '2' })
  expect(api.names(first.body)).toEqual(['a', 'b'])
  expect(at(first.body, 'metadata', 'remainingItemCount')).toBe(3)
  await api.delete(`${maps}/c`)
  await api.post(maps, map('bb'))
  await api.patch(`${maps}/d`, { data: { changed: 'yes' } })
  const second = await api.get(maps, { limit: '2', continue: token(first.body) })
  expect(api.names(second.body)).toEqual(['c', 'd'])
  expect(at(second.body, 'items')).not.toContainEqual(expect.objectContaining({ data: { changed: 'yes' } }))
  expect(version(second.body)).toBe(version(first.body))
  const third = await api.get(maps, { limit: '2', continue: token(second.body) })
  expect(api.names(third.body)).toEqual(['e'])
  expect(token(third.body)).toBe('')
  expect(api.names((await api.get(maps)).body)).toEqual(['a', 'b', 'bb', 'd', 'e'])
})

test('A page from before a compaction offers to go on with what is there now', async () => {
  const { api, server } = await start('a', 'b', 'c')
  const first = await api.get(maps, { limit: '1' })
  await api.delete(`${maps}/b`)
  server.compact()
  const gone = await api.get(maps, { limit: '1', continue: token(first.body) })
  expect(gone).toMatchObject({
    status: 410,
    body: { reason: 'Expired', message: expect.stringContaining('The provided continue parameter is too old') },
  })
  const rest = await api.get(maps, { continue: token(gone.body) })
  expect(api.names(rest.body)).toEqual(['c'])
})

test('A selector counts towards the limit only what it chooses, and hides how much is left', async () => {
  const { api } = await start('a1', 'b1', 'a2', 'a3')
  const first = await api.get(maps, { limit: '2', labelSelector: 'first=a' })
  expect(api.names(first.body)).toEqual(['a1', 'a2'])
  expect(at(first.body, 'metadata', 'remainingItemCount')).toBeUndefined()
  expect(api.names((await api.get(maps, { limit: '2', labelSelector: 'first=a', continue: token(first.body) })).body)).toEqual(['a3'])
})

test('Pages of one namespace stop at its end', async () => {
  const { api } = await start('a', 'b')
  await api.post('/api/v1/namespaces/kube-system/configmaps', map('z'))
  const first = await api.get(maps, { limit: '1' })
  const second = await api.get(maps, { limit: '1', continue: token(first.body) })
  expect([...api.names(second.body), token(second.body)]).toEqual(['b', ''])
  expect(api.names((await api.get('/api/v1/configmaps')).body)).toEqual(['a', 'b', 'z'])
})

test('A list can be asked for as it was, or not older than somebody has seen it', async () => {
  const { api, server } = await start('a')
  const { body } = await api.get(maps)
  await api.post(maps, map('b'))
  const exact = { resourceVersion: version(body), resourceVersionMatch: 'Exact' }
  expect(api.names((await api.get(maps, exact)).body)).toEqual(['a'])
  expect(api.names((await api.get(maps, { ...exact, resourceVersionMatch: 'NotOlderThan' })).body)).toEqual(['a', 'b'])
  expect(api.names((await api.get(maps, { resourceVersion: '0' })).body)).toEqual(['a', 'b'])
  const future = String(Number(server.store.resourceVersion) + 5)
  expect(await api.get(maps, { resourceVersion: future })).toMatchObject({
    status: 504,
    headers: { 'retry-after': '1' },
    body: { reason: 'Timeout', details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } },
  })
  server.compact()
  expect(await api.get(maps, exact)).toMatchObject({
    status: 410,
    body: { message: 'The resourceVersion for the provided list is too old.' },
  })
})

test.each([
  ['first=a', ['a1', 'a2']],
  ['first!=a', ['b1', 'c1']],
  ['first in (a,c)', ['a1', 'a2', 'c1']],
  ['first notin (a, c)', ['b1']],
  ['first,first!=b', ['a1', 'a2', 'c1']],
  ['!first', []],
  ['', ['a1', 'a2', 'b1', 'c1']],
])('The label selector %j chooses %j', async (labelSelector, expected) => {
  const { api } = await start('a1', 'a2', 'b1', 'c1')
  expect(api.names((await api.get(maps, { labelSelector })).body)).toEqual(expected)
})

test('Pods are found by their node and phase, Nodes by being cordoned, events by what they are about', async () => {
  const { api } = await start()
  const pod = (name: string, nodeName: string): object => ({
    metadata: { name },
    spec: { nodeName, containers: [{ name: 'c', image: 'i' }] },
  })
  await api.post('/api/v1/namespaces/default/pods', pod('here', 'n1'))
  await api.post('/api/v1/namespaces/default/pods', pod('there', 'n2'))
  await api.patch('/api/v1/namespaces/default/pods/there/status', { status: { phase: 'Running' } })
  expect(api.names((await api.get('/api/v1/pods', { fieldSelector: 'spec.nodeName=n1' })).body)).toEqual(['here'])
  expect(api.names((await api.get('/api/v1/pods', { fieldSelector: 'status.phase!=Pending' })).body)).toEqual(['there'])
  await api.post('/api/v1/nodes', { metadata: { name: 'cordoned' }, spec: { unschedulable: true } })
  await api.post('/api/v1/nodes', { metadata: { name: 'open' } })
  expect(api.names((await api.get('/api/v1/nodes', { fieldSelector: 'spec.unschedulable=true' })).body)).toEqual(['cordoned'])
  await api.post('/api/v1/namespaces/default/events', {
    metadata: { name: 'e' },
    involvedObject: { kind: 'Node', name: 'open' },
    type: 'Normal',
    reason: 'Made',
  })
  expect(api.names((await api.get('/api/v1/events', { fieldSelector: 'involvedObject.name=open,reason=Made' })).body)).toEqual(['e'])
  expect(await api.get('/api/v1/nodes', { fieldSelector: 'spec.color=red' })).toMatchObject({
    status: 400,
    body: { message: 'field label not supported: spec.color' },
  })
})

test('Metadata alone, or rows for people, for those who ask', async () => {
  const { api } = await start('a')
  const accept = (as: string): Record<string, string> => ({ accept: `application/json;as=${as};g=meta.k8s.io;v=v1,application/json` })
  expect((await api.get(maps, {}, accept('PartialObjectMetadataList'))).body).toMatchObject({
    kind: 'PartialObjectMetadataList',
    items: [{ kind: 'PartialObjectMetadata', metadata: { name: 'a' } }],
  })
  expect((await api.get(`${maps}/a`, {}, accept('Table'))).body).toMatchObject({
    kind: 'Table',
    rows: [{ cells: ['a', 0, expect.any(String)] }],
  })
  expect((await api.get(maps, {}, { accept: 'text/html' })).status).toBe(406)
})

test('A hundred pages of a big list are cut from one snapshot', async () => {
  const names = Array.from({ length: 1_000 }, (_, i) => `n${String(i).padStart(4, '0')}`)
  const { api } = await start(...names)
  const seen: string[] = []
  for (let next: string | undefined = ''; next !== undefined; ) {
    const { body } = await api.get(maps, { limit: '10', ...(next === '' ? {} : { continue: next }) })
    seen.push(...api.names(body))
    await api.patch(`${maps}/n0000`, { data: { seen: String(seen.length) } })
    next = token(body) || undefined
  }
  expect(seen).toEqual(names)
})

test('Whoever asks for any version gets all of it, whatever limit he sets', async () => {
  const { api } = await start('a', 'b', 'c')
  expect(api.names((await api.get(maps, { resourceVersion: '0', limit: '1' })).body)).toEqual(['a', 'b', 'c'])
})
