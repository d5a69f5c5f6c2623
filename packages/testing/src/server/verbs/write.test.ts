import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { createApiServer } from '../index.ts'
import { at } from '../objects/index.ts'
import { clientOf, widgets } from '../client.fixture.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const map = (name: string, rest: object = {}): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...rest })

const start = () => {
  const runtime = manualRuntime({ random: [0.1, 0.9, 0.4] })
  const server = createApiServer({ runtime })
  return { runtime, server, api: clientOf(server.transport()) }
}

test('Of two writers who read the same state the second is refused', async () => {
  const { api } = start()
  const { body } = await api.post(maps, map('a'))
  const read = body as { metadata: object }
  await api.put(`${maps}/a`, { ...read, data: { writer: 'first' } })
  expect(await api.put(`${maps}/a`, { ...read, data: { writer: 'second' } })).toMatchObject({
    status: 409,
    body: {
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; ' +
        'please apply your changes to the latest version and try again',
      details: { name: 'a', kind: 'configmaps' },
    },
  })
  expect((await api.get(`${maps}/a`)).body).toMatchObject({ data: { writer: 'first' } })
})

test('A write without resourceVersion overwrites a built-in object and is refused for a custom one', async () => {
  const { api } = start()
  await api.post(maps, map('a', { data: { x: '1' } }))
  expect((await api.put(`${maps}/a`, map('a', { data: { y: '2' } }))).body).toMatchObject({ data: { y: '2' } })
  await widgets(api)
  const widget = { apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { size: 1 } }
  await api.post('/apis/example.test/v1/widgets', widget)
  expect(await api.put('/apis/example.test/v1/widgets/w', widget)).toMatchObject({
    status: 422,
    body: { message: 'widgets.example.test "w" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update' },
  })
})

test('Writing what is there already is no write', async () => {
  const { api, server } = start()
  const { body } = await api.post(maps, map('a', { data: { x: '1' } }))
  const before = server.store.resourceVersion
  expect((await api.put(`${maps}/a`, body)).body).toEqual(body)
  await api.patch(`${maps}/a`, { data: { x: '1' } })
  expect(server.store.resourceVersion).toBe(before)
})

test('Names are generated, and drawn again when they are taken', async () => {
  const { api } = start()
  const one = await api.post(maps, { metadata: { generateName: 'job-' } })
  expect(at(one.body, 'metadata', 'name')).toMatch(/^job-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  const two = await api.post(maps, { metadata: { generateName: 'job-' } })
  expect(two.status).toBe(201)
  expect(at(two.body, 'metadata', 'name')).not.toBe(at(one.body, 'metadata', 'name'))
})

test('What the server decides cannot be decided by others', async () => {
  const { api } = start()
  const { body } = await api.post(maps, {
    metadata: {
      name: 'a',
      uid: 'mine',
      generation: 7,
      creationTimestamp: '2001-01-01T00:00:00Z',
      deletionTimestamp: '2001-01-01T00:00:00Z',
    },
  })
  expect(at(body, 'metadata')).toEqual({
    name: 'a',
    namespace: 'default',
    uid: expect.not.stringMatching('mine'),
    resourceVersion: expect.any(String),
    creationTimestamp: '2026-01-01T00:00:00Z',
    // Nobody counts the generations of a ConfigMap.
    generation: 7,
  })
  expect(await api.patch(`${maps}/a`, { metadata: { uid: 'mine' } })).toMatchObject({
    status: 422,
    body: { message: 'ConfigMap "a" is invalid: metadata.uid: Invalid value: "mine": field is immutable' },
  })
})

test('A dry run is judged like any write and leaves nothing behind', async () => {
  const { api, server } = start()
  const before = server.store.resourceVersion
  const made = await api.post(maps, map('a'), { dryRun: 'All' })
  expect(made).toMatchObject({ status: 201, body: { metadata: { name: 'a', uid: expect.any(String) } } })
  expect((await api.get(`${maps}/a`)).status).toBe(404)
  await api.post(maps, map('a'))
  expect((await api.post(maps, map('a'), { dryRun: 'All' })).status).toBe(409)
  await api.patch(`${maps}/a`, { data: { x: 'y' } }, 'merge', { dryRun: 'All' })
  await api.delete(`${maps}/a`, undefined, { dryRun: 'All' })
  expect((await api.get(`${maps}/a`)).body).not.toHaveProperty('data')
  expect(Number(server.store.resourceVersion)).toBe(Number(before) + 1)
  expect((await api.post(maps, map('b'), { dryRun: 'Some' })).status).toBe(422)
})

test('Unknown fields are dropped with a warning, or refused where asked for', async () => {
  const { api } = start()
  const node = { metadata: { name: 'n' }, spec: { colour: 'red' } }
  expect(await api.post('/api/v1/nodes', node, { fieldValidation: 'Strict' })).toMatchObject({
    status: 400,
    body: { message: 'Node in version "v1" cannot be handled as a Node: strict decoding error: unknown field "spec.colour"' },
  })
  const made = await api.post('/api/v1/nodes', node)
  expect(made).toMatchObject({ status: 201, headers: { warning: '299 - "unknown field \\"spec.colour\\""' } })
  expect(at(made.body, 'spec')).not.toHaveProperty('colour')
  expect((await api.post('/api/v1/nodes', { ...node, metadata: { name: 'm' } }, { fieldValidation: 'Ignore' })).headers).not.toHaveProperty(
    'warning',
  )
})

test('Generation counts changes of what is wanted, not of labels or status', async () => {
  const { api } = start()
  await widgets(api)
  const path = '/apis/example.test/v1/widgets/w'
  const generation = async (): Promise<unknown> => at((await api.get(path)).body, 'metadata', 'generation')
  await api.post('/apis/example.test/v1/widgets', {
    apiVersion: 'example.test/v1',
    kind: 'Widget',
    metadata: { name: 'w' },
    spec: { size: 1 },
  })
  expect(await generation()).toBe(1)
  await api.patch(path, { metadata: { labels: { a: 'b' } } })
  await api.patch(`${path}/status`, { status: { ready: true } })
  expect(await generation()).toBe(1)
  await api.patch(path, { spec: { size: 2 } })
  expect(await generation()).toBe(2)
})

test('Status and the rest are written apart', async () => {
  const { api } = start()
  await widgets(api)
  const path = '/apis/example.test/v1/widgets/w'
  const widget = { apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { size: 1 }, status: { ready: true } }
  expect((await api.post('/apis/example.test/v1/widgets', widget)).body).not.toHaveProperty('status')
  await api.patch(`${path}/status`, { metadata: { labels: { from: 'status' } }, spec: { size: 9 }, status: { ready: true } })
  const { body } = await api.get(path)
  expect(body).toMatchObject({ spec: { size: 1 }, status: { ready: true } })
  expect(at(body, 'metadata')).not.toHaveProperty('labels')
  expect((await api.patch(path, { status: { ready: false } })).body).toMatchObject({ status: { ready: true } })
})

test("A kubelet labels its Node through status, but does not change the Node's spec there", async () => {
  const { api } = start()
  await api.post('/api/v1/nodes', { metadata: { name: 'n' }, spec: { unschedulable: true } })
  const { body } = await api.patch(
    '/api/v1/nodes/n/status',
    {
      metadata: { labels: { 'kubernetes.io/hostname': 'n' } },
      spec: { unschedulable: null },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    },
    'strategic',
  )
  expect(body).toMatchObject({
    metadata: { labels: { 'kubernetes.io/hostname': 'n' } },
    spec: { unschedulable: true },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  })
})

test('An update makes a Lease that is not there, and no other kind', async () => {
  const { api } = start()
  const lease = { metadata: { name: 'l' }, spec: { holderIdentity: 'me' } }
  expect((await api.put('/apis/coordination.k8s.io/v1/namespaces/default/leases/l', lease)).status).toBe(201)
  expect(await api.put(`${maps}/a`, map('a'))).toMatchObject({ status: 404, body: { message: 'configmaps "a" not found' } })
})

test('A providerID is given once', async () => {
  const { api } = start()
  await api.post('/api/v1/nodes', { metadata: { name: 'n' } })
  expect((await api.patch('/api/v1/nodes/n', { spec: { providerID: 'aws:///a/i-1' } })).status).toBe(200)
  expect((await api.patch('/api/v1/nodes/n', { metadata: { labels: { still: 'writable' } } })).status).toBe(200)
  for (const [providerID, why] of [
    ['aws:///a/i-2', 'field cannot be modified once set'],
    [null, 'field cannot be cleared once set'],
  ] as const) {
    expect(await api.patch('/api/v1/nodes/n', { spec: { providerID } })).toMatchObject({
      status: 422,
      body: { message: `Node "n" is invalid: spec.providerID: Invalid value: null: ${why}` },
    })
  }
})

test('Secrets take text and keep it encoded', async () => {
  const { api } = start()
  const secrets = '/api/v1/namespaces/default/secrets'
  const made = await api.post(secrets, { metadata: { name: 's' }, stringData: { token: 'abc' }, data: { other: 'eA==' } })
  expect(made.body).toMatchObject({ type: 'Opaque', data: { token: 'YWJj', other: 'eA==' } })
  expect(made.body).not.toHaveProperty('stringData')
  expect((await api.patch(`${secrets}/s`, { type: 'other' })).status).toBe(422)
  expect(await api.post(secrets, { metadata: { name: 'tls' }, type: 'kubernetes.io/tls' })).toMatchObject({
    status: 422,
    body: { message: 'Secret "tls" is invalid: [data[tls.crt]: Required value, data[tls.key]: Required value]' },
  })
  expect((await api.post(secrets, { metadata: { name: 'odd' }, data: { a: 'not base64!' } })).status).toBe(400)
})

test('What is stored is frozen and shared, and what the caller keeps is his own', async () => {
  const { api } = start()
  const mine = { metadata: { name: 'a', labels: { x: 'y' } as Record<string, string> } }
  const { body } = await api.post(maps, mine)
  mine.metadata.labels['x'] = 'changed later'
  const read = (await api.get(`${maps}/a`)).body
  expect(read).toBe(body)
  expect(at(read, 'metadata', 'labels', 'x')).toBe('y')
  expect(() => Object.assign(at(read, 'metadata') as object, { name: 'b' })).toThrow(TypeError)
})

test('Where nobody counts generations, one that was given stays', async () => {
  const { api } = start()
  const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases'
  await api.post(leases, { metadata: { name: 'l', generation: 9 }, spec: { leaseTransitions: 1 } })
  expect((await api.patch(`${leases}/l`, { spec: { leaseTransitions: 2 } })).body).toMatchObject({
    metadata: { generation: 9 },
    spec: { leaseTransitions: 2 },
  })
})
