import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { createApiServer } from '../index.ts'
import { clientOf } from '../client.fixture.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const map = (name: string, metadata: object = {}): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata } })

const start = (): ReturnType<typeof world> => world()
const world = () => {
  const runtime = manualRuntime()
  const server = createApiServer({ runtime })
  const api = clientOf(server.transport())
  const ownerOf = async (name: string, extra: object = {}): Promise<object> => {
    const { body } = await api.get(`${maps}/${name}`)
    return { apiVersion: 'v1', kind: 'ConfigMap', name, uid: (body as { metadata: { uid: string } }).metadata.uid, ...extra }
  }
  const names = async (): Promise<readonly string[]> => api.names((await api.get(maps)).body)
  return { runtime, server, api, ownerOf, names }
}

test('Dependents follow their owner in the background', async () => {
  const { api, names, ownerOf, runtime } = start()
  await api.post(maps, map('owner'))
  await api.post(maps, map('child', { ownerReferences: [await ownerOf('owner')] }))
  await api.post(maps, map('grandchild', { ownerReferences: [await ownerOf('child')] }))
  await api.post(maps, map('stranger'))
  await api.delete(`${maps}/owner`)
  expect(await names()).toEqual(['child', 'grandchild', 'stranger'])
  await runtime.advance(1_000)
  expect(await names()).toEqual(['stranger'])
  expect(runtime.sleeping).toBe(0)
})

test('An owner that never was counts as gone, also when another object has its name', async () => {
  const { api, names, runtime } = start()
  await api.post(maps, map('owner'))
  await api.post(
    maps,
    map('child', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: 'of-an-earlier-one' }] }),
  )
  await runtime.advance(1_000)
  expect(await names()).toEqual(['owner'])
})

test('An owner of a kind that is not served deletes nothing', async () => {
  const { api, names, runtime } = start()
  await api.post(maps, map('child', { ownerReferences: [{ apiVersion: 'example.test/v1', kind: 'Widget', name: 'x', uid: 'u' }] }))
  await runtime.advance(1_000)
  expect(await names()).toEqual(['child'])
})

test('With two owners an object lives as long as one of them, and forgets the other', async () => {
  const { api, names, ownerOf, runtime } = start()
  await api.post(maps, map('a'))
  await api.post(maps, map('b'))
  await api.post(maps, map('child', { ownerReferences: [await ownerOf('a'), await ownerOf('b')] }))
  await api.delete(`${maps}/a`)
  await runtime.advance(1_000)
  expect(await names()).toEqual(['b', 'child'])
  expect((await api.get(`${maps}/child`)).body).toMatchObject({ metadata: { ownerReferences: [{ name: 'b' }] } })
})

test('A foreground deletion waits for dependents that block it, finalizers and all', async () => {
  const { api, names, ownerOf, runtime } = start()
  await api.post(maps, map('owner'))
  await api.post(
    maps,
    map('held', { finalizers: ['example.test/hold'], ownerReferences: [await ownerOf('owner', { blockOwnerDeletion: true })] }),
  )
  const { body } = await api.delete(`${maps}/owner`, { propagationPolicy: 'Foreground' })
  expect(body).toMatchObject({
    kind: 'ConfigMap',
    metadata: { finalizers: ['foregroundDeletion'], deletionTimestamp: '2026-01-01T00:00:00Z' },
  })
  await runtime.advance(1_000)
  expect(await names()).toEqual(['held', 'owner'])
  expect((await api.get(`${maps}/held`)).body).toMatchObject({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } })
  await api.patch(`${maps}/held`, { metadata: { finalizers: null } })
  await runtime.advance(1_000)
  expect(await names()).toEqual([])
})

test('A foreground deletion does not wait for dependents that do not block it', async () => {
  const { api, names, ownerOf, runtime } = start()
  await api.post(maps, map('owner'))
  await api.post(maps, map('held', { finalizers: ['example.test/hold'], ownerReferences: [await ownerOf('owner')] }))
  await api.delete(`${maps}/owner`, { propagationPolicy: 'Foreground' })
  await runtime.advance(1_000)
  expect(await names()).toEqual(['held'])
})

test('An orphaning deletion lets the dependents go', async () => {
  const { api, names, ownerOf, runtime } = start()
  await api.post(maps, map('owner'))
  await api.post(maps, map('child', { ownerReferences: [await ownerOf('owner')] }))
  await api.delete(`${maps}/owner`, { propagationPolicy: 'Orphan' })
  await runtime.advance(1_000)
  expect(await names()).toEqual(['child'])
  const { body } = await api.get(`${maps}/child`)
  expect((body as { metadata: object }).metadata).not.toHaveProperty('ownerReferences')
})

test('The collector writes under its own name, as admission policies expect', async () => {
  const { api, ownerOf, runtime, server } = start()
  const users = new Set<string>()
  server.onRequest(({ user, verb }) => verb === 'delete' && users.add(user))
  await api.post(maps, map('owner'))
  await api.post(maps, map('child', { ownerReferences: [await ownerOf('owner')] }))
  await api.delete(`${maps}/owner`)
  await runtime.advance(1_000)
  expect([...users]).toEqual(['kubernetes-admin', 'system:serviceaccount:kube-system:generic-garbage-collector'])
})
