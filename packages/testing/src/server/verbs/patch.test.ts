import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { createApiServer } from '../index.ts'
import { at } from '../objects/index.ts'
import { clientOf, widgets } from '../client.fixture.ts'

const nodes = '/api/v1/nodes'
const start = async () => {
  const runtime = manualRuntime()
  const server = createApiServer({ runtime })
  const api = clientOf(server.transport())
  await api.post(nodes, { metadata: { name: 'n', labels: { a: '1' } }, spec: { taints: [{ key: 'x', effect: 'NoSchedule' }] } })
  return { runtime, server, api }
}

test('A merge patch replaces lists and removes what is null', async () => {
  const { api } = await start()
  const { body } = await api.patch(`${nodes}/n`, {
    metadata: { labels: { a: null, b: '2' } },
    spec: { taints: [{ key: 'y', effect: 'NoExecute' }] },
  })
  expect(body).toMatchObject({ metadata: { labels: { b: '2' } }, spec: { taints: [{ key: 'y', effect: 'NoExecute' }] } })
  expect(at(body, 'metadata', 'labels')).not.toHaveProperty('a')
})

test('A strategic merge patch merges conditions by their type', async () => {
  const { api } = await start()
  const condition = (type: string, status: string): object => ({ status: { conditions: [{ type, status, reason: 'x', message: '' }] } })
  await api.patch(`${nodes}/n/status`, condition('Ready', 'False'), 'strategic')
  await api.patch(`${nodes}/n/status`, condition('MemoryPressure', 'False'), 'strategic')
  const { body } = await api.patch(`${nodes}/n/status`, condition('Ready', 'True'), 'strategic')
  expect(at(body, 'status', 'conditions')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ type: 'Ready', status: 'True' }),
      expect.objectContaining({ type: 'MemoryPressure', status: 'False' }),
    ]),
  )
})

test('A JSON patch is done whole or not at all, and its tests count', async () => {
  const { api, server } = await start()
  const before = server.store.resourceVersion
  expect(
    await api.patch(
      `${nodes}/n`,
      [
        { op: 'add', path: '/metadata/labels/b', value: '2' },
        { op: 'test', path: '/metadata/labels/a', value: 'other' },
      ],
      'json',
    ),
  ).toMatchObject({ status: 422, body: { reason: 'Invalid', message: 'the server rejected our request due to an error in our request' } })
  expect(server.store.resourceVersion).toBe(before)
  const { body } = await api.patch(
    `${nodes}/n`,
    [
      { op: 'test', path: '/metadata/labels/a', value: '1' },
      { op: 'replace', path: '/metadata/labels/a', value: '2' },
      { op: 'add', path: '/spec/taints/-', value: { key: 'z', effect: 'NoSchedule' } },
    ],
    'json',
  )
  expect(at(body, 'metadata', 'labels')).toEqual({ a: '2' })
  expect(at(body, 'spec', 'taints')).toHaveLength(3)
})

test('In a JSON patch what an object lacks is null, as in kube-apiserver, and within what it lacks nothing is', async () => {
  const { api } = await start()
  const changed = (...tests: readonly object[]): ReturnType<typeof api.patch> =>
    api.patch(`${nodes}/n`, [...tests, { op: 'add', path: '/metadata/labels/b', value: '2' }], 'json')
  const nothing = (path: string): object => ({ op: 'test', path, value: null })
  expect(await changed(nothing('/metadata/labels/a'))).toMatchObject({ status: 422 })
  expect(await changed(nothing('/metadata/annotations/any'))).toMatchObject({ status: 422 })
  expect(await changed(nothing('/metadata/annotations'), nothing('/metadata/labels/b'))).toMatchObject({ status: 200 })
  expect(await changed(nothing('/metadata/labels/b'))).toMatchObject({ status: 422 })
})

test('A patch can be tied to a state', async () => {
  const { api } = await start()
  const { body } = await api.get(`${nodes}/n`)
  const on = { resourceVersion: at(body, 'metadata', 'resourceVersion') }
  expect((await api.patch(`${nodes}/n`, { metadata: { ...on, labels: { first: 'yes' } } })).status).toBe(200)
  expect((await api.patch(`${nodes}/n`, { metadata: { ...on, labels: { second: 'yes' } } })).status).toBe(409)
})

test('Custom kinds take no strategic merge patch', async () => {
  const { api } = await start()
  await widgets(api)
  await api.post('/apis/example.test/v1/widgets', { apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name: 'w' } })
  expect(await api.patch('/apis/example.test/v1/widgets/w', {}, 'strategic')).toMatchObject({
    status: 415,
    body: {
      message:
        'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, ' +
        'application/merge-patch+json, application/apply-patch+yaml',
    },
  })
})

test('Server-side apply of a custom object may say that there are no finalizers', async () => {
  const { api } = await start()
  await widgets(api)
  const path = '/apis/example.test/v1/widgets/w'
  const metadata = { name: 'w', finalizers: null }
  for (const status of [201, 200]) {
    const body = { apiVersion: 'example.test/v1', kind: 'Widget', metadata, spec: { size: 1 } }
    expect((await api.patch(path, body, 'apply', { fieldManager: 'me' })).status).toBe(status)
  }
})

test('What an apply leaves empty in metadata nobody reads, but saying it again is a write, and so is taking it away', async () => {
  const { api, server } = await start()
  await widgets(api)
  const path = '/apis/example.test/v1/widgets/w'
  const apply = async (metadata: object): Promise<unknown> => {
    const body = { apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name: 'w', ...metadata }, spec: { size: 1 } }
    return at((await api.patch(path, body, 'apply', { fieldManager: 'me' })).body, 'metadata')
  }
  const empty = {
    finalizers: null,
    ownerReferences: [],
    annotations: null,
    generateName: '',
    namespace: '',
    deletionTimestamp: null,
    uid: '',
  }
  const stream = await api.watch('/apis/example.test/v1/widgets')
  for (const metadata of [await apply(empty), await apply(empty), at((await stream.next())?.['object'], 'metadata')])
    expect(Object.keys(Object(metadata)).toSorted()).toEqual([
      'creationTimestamp',
      'generation',
      'managedFields',
      'name',
      'resourceVersion',
      'uid',
    ])
  const version = (): number => Number(server.store.resourceVersion)
  const before = version()
  await apply(empty)
  expect(version()).toBe(before + 1)
  await api.patch(path, {})
  expect(version()).toBe(before + 2)
  await api.patch(path, {})
  expect(version()).toBe(before + 2)
})

test('An object that goes does not mind an apply without a time for it', async () => {
  const { api, server } = await start()
  await widgets(api)
  const path = '/apis/example.test/v1/widgets/w'
  const apply = (metadata: object) =>
    api.patch(path, { apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name: 'w', ...metadata } }, 'apply', {
      fieldManager: 'me',
    })
  expect((await apply({ deletionTimestamp: null })).status).toBe(201)
  expect((await apply({ deletionTimestamp: null })).status).toBe(200)
  expect((await apply({ finalizers: ['example.test/hold'] })).status).toBe(200)
  await api.delete(path)
  expect((await apply({ finalizers: ['example.test/hold'], deletionTimestamp: null, annotations: null })).status).toBe(200)
  expect((await api.get(path)).status).toBe(200)
  // A deletion that changes nothing writes down what the apply left empty, once.
  const before = Number(server.store.resourceVersion)
  for (const written of [1, 1]) {
    await api.delete(path)
    expect(Number(server.store.resourceVersion)).toBe(before + written)
  }
  expect((await apply({ finalizers: null })).status).toBe(200)
  expect((await api.get(path)).status).toBe(404)
})

test('Writers of custom objects are warned of new finalizers without a domain, in order', async () => {
  const { api } = await start()
  await widgets(api)
  const path = '/apis/example.test/v1/widgets'
  const warned = ({ headers }: { readonly headers: Readonly<Record<string, string>> }): readonly string[] =>
    [...(headers['warning'] ?? '').matchAll(/finalizers: \\"([^"]+)\\"/g)].map(([, name = '']) => name)
  const made = await api.post(path, {
    apiVersion: 'example.test/v1',
    kind: 'Widget',
    metadata: { name: 'w', finalizers: ['b', 'x.y/z', 'a'] },
  })
  expect(warned(made)).toEqual(['a', 'b'])
  expect(warned(await api.patch(`${path}/w`, { metadata: { finalizers: ['b', 'example.test/hold'] } }))).toEqual([])
  expect(warned(await api.patch(`${path}/w`, { metadata: { finalizers: ['b', 'c'] } }))).toEqual(['c'])
})

test('Server-side apply makes, merges, takes away what it no longer says, and writes nothing when nothing changes', async () => {
  const { api, runtime, server } = await start()
  await widgets(api)
  const path = '/apis/example.test/v1/widgets/w'
  const apply = (spec: object, labels: object, fieldManager = 'me') =>
    api.patch(path, { apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name: 'w', labels }, spec }, 'apply', { fieldManager })
  expect((await apply({ size: 1 }, { a: '1', b: '2' })).status).toBe(201)
  const before = server.store.resourceVersion
  await runtime.advance(60_000)
  expect((await apply({ size: 1 }, { a: '1', b: '2' })).status).toBe(200)
  expect(server.store.resourceVersion).toBe(before)
  await apply({ color: 'blue' }, { c: '3' }, 'other')
  const { body } = await apply({ size: 2 }, { a: '1' })
  expect(body).toMatchObject({ spec: { size: 2, color: 'blue' } })
  expect(at(body, 'metadata', 'labels')).toEqual({ a: '1', c: '3' })
  expect(at(body, 'metadata', 'managedFields')).toMatchObject([
    { manager: 'me', operation: 'Apply', fieldsV1: { 'f:metadata': { 'f:labels': { 'f:a': {} } }, 'f:spec': { 'f:size': {} } } },
    { manager: 'other', operation: 'Apply' },
  ])
  expect((await api.patch(path, { apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name: 'w' } }, 'apply')).status).toBe(422)
})

test('Appliers share lists by their keys and sets by their items, and lists without a type not at all', async () => {
  const { api } = await start()
  const apply = (fieldManager: string, rest: object) =>
    api.patch(`${nodes}/n`, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, ...rest }, 'apply', { fieldManager, force: 'true' })
  const held = (finalizer: string): object => ({ metadata: { name: 'n', finalizers: [finalizer] } })
  await apply('one', held('example.test/one'))
  expect(at((await apply('two', held('example.test/two'))).body, 'metadata', 'finalizers')).toEqual([
    'example.test/one',
    'example.test/two',
  ])
  expect(at((await apply('one', {})).body, 'metadata', 'finalizers')).toEqual(['example.test/two'])
  const { body } = await apply('one', { spec: { taints: [{ key: 'mine', effect: 'NoSchedule' }] } })
  expect(at(body, 'spec', 'taints')).toEqual([{ key: 'mine', effect: 'NoSchedule' }])
  const condition = (type: string): object => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n' },
    status: { conditions: [{ type, status: 'True' }] },
  })
  for (const type of ['A', 'B']) await api.patch(`${nodes}/n/status`, condition(type), 'apply', { fieldManager: type })
  const conditions = at((await api.get(`${nodes}/n`)).body, 'status', 'conditions')
  expect(conditions).toMatchObject([{ type: 'A' }, { type: 'B' }])
})

test('Books with an entry of a version that a custom kind never had stay as they were', async () => {
  const { api } = await start()
  await widgets(api)
  const path = '/apis/example.test/v1/widgets'
  const owned = { 'f:metadata': { 'f:labels': { 'f:app': {} } } }
  const managedFields = [{ manager: 'own', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: owned }]
  const widget = { apiVersion: 'example.test/v1', kind: 'Widget', spec: { size: 1 } }
  const made = await api.post(path, { ...widget, metadata: { name: 'w', labels: { app: 'a' } } })
  expect(at(made.body, 'metadata')).toMatchObject({ managedFields: [{ operation: 'Update' }] })
  const patched = await api.patch(`${path}/w`, { metadata: { managedFields } })
  expect(at(patched.body, 'metadata')).toEqual(at(made.body, 'metadata'))
  const other = await api.post(path, { ...widget, metadata: { name: 'v', managedFields } })
  expect(at(other.body, 'metadata')).not.toHaveProperty('managedFields')
})
