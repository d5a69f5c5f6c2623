import { manualRuntime } from '@kube-node/core/runtime'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ApiServer, createApiServer } from '../api-server.ts'
import { type TestClient, clientOf } from '../client.fixture.ts'
import { at } from '../objects/index.ts'

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const at1 = '/apis/example.test/v1/gizmos'
const at2 = '/apis/example.test/v2/gizmos'

const version = (name: string, storage: boolean, properties: object = {}): object => ({
  name,
  served: true,
  storage,
  subresources: { status: {} },
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: { type: 'object', properties: { size: { type: 'integer' }, ...properties } },
        status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
})

const color = { color: { type: 'string', default: 'red' } }

const gizmo = (apiVersion: string, name: string, spec: object, metadata: object = {}): object => ({
  apiVersion: `example.test/${apiVersion}`,
  kind: 'Gizmo',
  metadata: { name, ...metadata },
  spec,
})

// Seen on kube-apiserver 1.37: v2 knows a field that v1 does not.
describe('a kind with two versions', () => {
  let server: ApiServer
  let api: TestClient
  const spec = async (path: string): Promise<unknown> => at((await api.get(path)).body, 'spec')
  const define = (versions: readonly object[]): Promise<unknown> => api.patch(`${definitions}/gizmos.example.test`, { spec: { versions } })
  const storeInV2 = (): Promise<unknown> => define([version('v1', false), version('v2', true, color)])
  const revision = async (path: string): Promise<unknown> => at((await api.get(path)).body, 'metadata', 'resourceVersion')

  beforeEach(async () => {
    server = createApiServer({ runtime: manualRuntime() })
    api = clientOf(server.transport())
    const names = { plural: 'gizmos', kind: 'Gizmo' }
    const versions = [version('v1', true), version('v2', false, color)]
    await api.post(definitions, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'gizmos.example.test' },
      spec: { group: 'example.test', scope: 'Cluster', names, versions },
    })
  })

  it('keeps nothing that the stored version does not know', async () => {
    const made = await api.post(at2, gizmo('v2', 'a', { size: 1, color: 'blue' }))
    expect([at(made.body, 'apiVersion'), at(made.body, 'spec')]).toEqual(['example.test/v2', { size: 1 }])
    expect(await spec(`${at2}/a`)).toEqual({ size: 1 })
    const rehearsed = await api.post(at2, gizmo('v2', 'b', { size: 1, color: 'blue' }), { dryRun: 'All' })
    expect(at(rehearsed.body, 'spec')).toEqual({ size: 1 })
  })

  it('reads what an old version had stored by that, until it is written again', async () => {
    await api.post(at1, gizmo('v1', 'a', { size: 1 }))
    await storeInV2()
    expect(await spec(`${at2}/a`)).toEqual({ size: 1 })
    await api.patch(`${at1}/a`, { spec: { size: 2 } })
    expect(await spec(`${at2}/a`)).toEqual({ size: 2, color: 'red' })
  })

  it('shows no version what only another knows, and warns of nothing that nobody said', async () => {
    await storeInV2()
    await api.post(at2, gizmo('v2', 'a', { size: 1, color: 'blue' }))
    expect(await spec(`${at1}/a`)).toEqual({ size: 1 })
    const patched = await api.patch(`${at1}/a`, { spec: { size: 2 } })
    expect(patched.headers['warning']).toBeUndefined()
    expect(at(patched.body, 'metadata', 'generation')).toBe(2)
    // What v1 cannot say, a write through it takes away.
    expect(await spec(`${at2}/a`)).toEqual({ size: 2, color: 'red' })
  })

  it('writes an unchanged object anew where it lies in an old version, and once only', async () => {
    await api.post(at1, gizmo('v1', 'a', { size: 1 }))
    await storeInV2()
    const before = await revision(`${at1}/a`)
    const first = await api.patch(`${at1}/a`, {})
    expect(at(first.body, 'metadata', 'generation')).toBe(1)
    const then = await revision(`${at1}/a`)
    expect(then).not.toBe(before)
    // What v2 fills in was never written, and v1 says nothing of it.
    await api.patch(`${at1}/a`, {})
    expect(await revision(`${at1}/a`)).toBe(then)
    await api.patch(`${at2}/a`, {})
    const filled = await revision(`${at1}/a`)
    expect(filled).not.toBe(then)
    // Now it is written, and v1 takes it away.
    await api.patch(`${at1}/a`, {})
    expect(await revision(`${at1}/a`)).not.toBe(filled)
  })

  it('loses with a deletion that waits what the version of the request does not know', async () => {
    await storeInV2()
    await api.post(at2, gizmo('v2', 'a', { size: 1, color: 'blue' }, { finalizers: ['example.test/wait'] }))
    await api.delete(`${at1}/a`)
    expect(await spec(`${at2}/a`)).toEqual({ size: 1, color: 'red' })
  })

  it('reads an object by a version that is no longer served', async () => {
    await storeInV2()
    await api.post(at2, gizmo('v2', 'a', { size: 1 }))
    await define([version('v1', true), { ...version('v2', false, color), served: false }])
    expect((await api.get(`${at2}/a`)).status).toBe(404)
    expect(await spec(`${at1}/a`)).toEqual({ size: 1 })
    await define([version('v1', true), version('v2', false, color)])
    expect(await spec(`${at2}/a`)).toEqual({ size: 1, color: 'red' })
  })

  it('owns no field where a version in which somebody owns some does not know all', async () => {
    await storeInV2()
    await api.post(at2, gizmo('v2', 'a', { size: 1, color: 'blue' }), { fieldManager: 'one' })
    await api.patch(`${at1}/a`, { spec: { size: 2 } }, 'merge', { fieldManager: 'two' })
    const apply = await api.patch(`${at2}/a`, gizmo('v2', 'a', { color: 'green' }), 'apply', { fieldManager: 'three' })
    expect([apply.status, at(apply.body, 'message')]).toEqual([500, '.spec.color: field not declared in schema'])
    const books = async (): Promise<unknown> => at((await api.get(`${at2}/a`)).body, 'metadata', 'managedFields')
    const before = await books()
    await api.patch(`${at2}/a`, { spec: { color: 'pink' } }, 'merge', { fieldManager: 'four' })
    expect([await spec(`${at2}/a`), await books()]).toEqual([{ size: 2, color: 'pink' }, before])
  })

  it('takes back a default that a definition no longer has', async () => {
    await storeInV2()
    await api.post(at2, gizmo('v2', 'a', { size: 1 }))
    await api.patch(`${at1}/a`, { spec: { size: 2 } })
    expect(await spec(`${at2}/a`)).toEqual({ size: 2, color: 'red' })
    await define([version('v1', false), version('v2', true, { color: { type: 'string' } })])
    expect(await spec(`${at2}/a`)).toEqual({ size: 2 })
  })
})
