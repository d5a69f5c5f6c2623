import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { createApiServer } from '../index.ts'
import { at } from '../objects/index.ts'
import { clientOf } from '../client.fixture.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const pods = '/api/v1/namespaces/default/pods'
const map = (name: string, metadata: object = {}): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata } })
const pod = (name: string, spec: object = {}): object => ({
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
})

const start = () => {
  const runtime = manualRuntime()
  const server = createApiServer({ runtime })
  return { runtime, server, api: clientOf(server.transport()) }
}

test('Finalizers hold an object until the last of them is taken off', async () => {
  const { api, runtime } = start()
  await api.post(maps, map('a', { finalizers: ['example.test/one', 'example.test/two'] }))
  await runtime.advance(5_000)
  expect((await api.delete(`${maps}/a`)).body).toMatchObject({
    kind: 'ConfigMap',
    metadata: { deletionTimestamp: '2026-01-01T00:00:05Z', deletionGracePeriodSeconds: 0 },
  })
  const marked = await api.get(`${maps}/a`)
  expect((await api.delete(`${maps}/a`)).body).toEqual(marked.body)
  expect((await api.patch(`${maps}/a`, { metadata: { finalizers: ['example.test/two'], labels: { still: 'writable' } } })).status).toBe(200)
  expect(await api.patch(`${maps}/a`, { metadata: { finalizers: ['example.test/two', 'example.test/new'] } })).toMatchObject({
    status: 422,
    body: {
      message:
        'ConfigMap "a" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, ' +
        'found new finalizers []string{"example.test/new"}',
    },
  })
  expect((await api.patch(`${maps}/a`, { metadata: { finalizers: [] } })).status).toBe(200)
  expect((await api.get(`${maps}/a`)).status).toBe(404)
})

test('A deletion can insist on the very object, and on its state', async () => {
  const { api } = start()
  const first = await api.post(maps, map('a'))
  await api.delete(`${maps}/a`)
  const second = await api.post(maps, map('a'))
  const uid = at(first.body, 'metadata', 'uid')
  expect(await api.delete(`${maps}/a`, { preconditions: { uid } })).toMatchObject({
    status: 409,
    body: {
      reason: 'Conflict',
      message:
        `Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (${String(uid)}) does not match the UID in record ` +
        `(${String(at(second.body, 'metadata', 'uid'))}). The object might have been deleted and then recreated`,
    },
  })
  await api.patch(`${maps}/a`, { data: { changed: 'yes' } })
  expect(
    (await api.delete(`${maps}/a`, { preconditions: { resourceVersion: at(second.body, 'metadata', 'resourceVersion') } })).status,
  ).toBe(409)
  expect((await api.delete(`${maps}/a`, { preconditions: { uid: at(second.body, 'metadata', 'uid') } })).status).toBe(200)
})

test('A pod on a node waits for its kubelet; one that no node has goes at once', async () => {
  const { api } = start()
  await api.post(pods, pod('bound', { nodeName: 'n', terminationGracePeriodSeconds: 20 }))
  await api.post(pods, pod('unbound'))
  expect((await api.delete(`${pods}/unbound`)).status).toBe(200)
  expect((await api.get(`${pods}/unbound`)).status).toBe(404)
  expect((await api.delete(`${pods}/bound`)).body).toMatchObject({
    metadata: { deletionTimestamp: '2026-01-01T00:00:20Z', deletionGracePeriodSeconds: 20, generation: 2 },
  })
  await api.delete(`${pods}/bound`, { gracePeriodSeconds: 60 })
  expect((await api.get(`${pods}/bound`)).body).toMatchObject({ metadata: { deletionGracePeriodSeconds: 20 } })
  await api.delete(`${pods}/bound`, { gracePeriodSeconds: 5 })
  expect((await api.get(`${pods}/bound`)).body).toMatchObject({
    metadata: { deletionTimestamp: '2026-01-01T00:00:05Z', deletionGracePeriodSeconds: 5 },
  })
  await api.delete(`${pods}/bound`, { gracePeriodSeconds: 0 })
  expect((await api.get(`${pods}/bound`)).status).toBe(404)
})

test('A pod that has ended goes at once, though a node has it', async () => {
  const { api } = start()
  await api.post(pods, pod('done', { nodeName: 'n' }))
  await api.patch(`${pods}/done/status`, { status: { phase: 'Succeeded' } })
  await api.delete(`${pods}/done`)
  expect((await api.get(`${pods}/done`)).status).toBe(404)
})

test('A finalizer holds a pod also after its kubelet is done with it', async () => {
  const { api } = start()
  await api.post(pods, { ...pod('held', { nodeName: 'n' }), metadata: { name: 'held', finalizers: ['example.test/hold'] } })
  await api.delete(`${pods}/held`)
  await api.delete(`${pods}/held`, { gracePeriodSeconds: 0 })
  expect((await api.get(`${pods}/held`)).body).toMatchObject({ metadata: { deletionGracePeriodSeconds: 0 } })
  await api.delete(`${pods}/held`, { propagationPolicy: 'Foreground' })
  expect((await api.get(`${pods}/held`)).body).toMatchObject({ metadata: { finalizers: ['example.test/hold', 'foregroundDeletion'] } })
  await api.patch(`${pods}/held`, { metadata: { finalizers: null } })
  expect((await api.get(`${pods}/held`)).status).toBe(404)
})

test('A collection is deleted by selector, and answered as it was', async () => {
  const { api } = start()
  for (const [name, tier] of [
    ['a', 'web'],
    ['b', 'web'],
    ['c', 'db'],
  ] as const)
    await api.post(maps, map(name, { labels: { tier } }))
  const { body } = await api.delete(maps, undefined, { labelSelector: 'tier=web' })
  expect([at(body, 'kind'), ...api.names(body)]).toEqual(['ConfigMapList', 'a', 'b'])
  expect(api.names((await api.get(maps)).body)).toEqual(['c'])
})

test.each([
  [
    { propagationPolicy: 'Sideways' },
    'propagationPolicy: Unsupported value: "Sideways": supported values: "Foreground", "Background", "Orphan", "nil"',
  ],
  [
    { propagationPolicy: 'Foreground', orphanDependents: true },
    'propagationPolicy: Invalid value: "Foreground": orphanDependents and deletionPropagation cannot be both set',
  ],
])('The options %j are refused', async (options, why) => {
  const { api } = start()
  await api.post(maps, map('a'))
  expect(await api.delete(`${maps}/a`, options)).toMatchObject({
    status: 422,
    body: { message: `DeleteOptions.meta.k8s.io "" is invalid: ${why}` },
  })
})
