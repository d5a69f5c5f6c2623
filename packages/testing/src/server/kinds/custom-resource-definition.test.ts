import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { createApiServer } from '../index.ts'
import { at } from '../objects/index.ts'
import { clientOf, widgets } from '../client.fixture.ts'

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const path = '/apis/example.test/v1/widgets'
const widget = (name: string, rest: object = {}): object => ({ apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name }, ...rest })

const start = async () => {
  const runtime = manualRuntime()
  const server = createApiServer({ runtime })
  const api = clientOf(server.transport())
  await widgets(api)
  return { runtime, server, api }
}

test('A kind is served, and says so, as soon as its definition is there', async () => {
  const { api } = await start()
  expect((await api.get(`${crds}/widgets.example.test`)).body).toMatchObject({
    spec: { names: { singular: 'widget', listKind: 'WidgetList' }, conversion: { strategy: 'None' } },
    status: {
      conditions: [
        { type: 'NamesAccepted', status: 'True' },
        { type: 'Established', status: 'True' },
      ],
      acceptedNames: { kind: 'Widget', plural: 'widgets', shortNames: ['wd'] },
      storedVersions: ['v1'],
    },
  })
  expect((await api.get('/apis/example.test/v1')).body).toMatchObject({ kind: 'APIResourceList' })
  expect((await api.get(path)).body).toMatchObject({ kind: 'WidgetList', apiVersion: 'example.test/v1', items: [] })
})

test('Objects are pruned, defaulted and judged by the schema', async () => {
  const { api } = await start()
  const made = await api.post(path, widget('w', { spec: { size: 1, other: true } }))
  expect(at(made.body, 'spec')).toEqual({ size: 1, color: 'red' })
  expect(await api.post(path, widget('x', { spec: { size: -1 } }))).toMatchObject({
    status: 422,
    body: {
      reason: 'Invalid',
      details: {
        group: 'example.test',
        kind: 'Widget',
        name: 'x',
        causes: expect.arrayContaining([
          {
            reason: 'FieldValueInvalid',
            field: 'spec.size',
            message: 'Invalid value: -1: spec.size in body should be greater than or equal to 0',
          },
        ]),
      },
    },
  })
})

test('A changed schema holds from the next request on', async () => {
  const { api } = await start()
  const shape = '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/shape'
  const value = { type: 'string', default: 'round' }
  await api.patch(`${crds}/widgets.example.test`, [{ op: 'add', path: shape, value }], 'json')
  expect(at((await api.post(path, widget('w', { spec: {} }))).body, 'spec')).toEqual({ color: 'red', shape: 'round' })
  expect((await api.get(`${crds}/widgets.example.test`)).body).toMatchObject({ metadata: { generation: 2 } })
})

test('A definition takes its objects along, and waits for those that are held', async () => {
  const { api, runtime, server } = await start()
  await api.post(path, widget('free'))
  await api.post(path, { ...widget('held'), metadata: { name: 'held', finalizers: ['example.test/hold'] } })
  await api.delete(`${crds}/widgets.example.test`)
  await runtime.advance(1_000)
  expect(api.names((await api.get(path)).body)).toEqual(['held'])
  expect((await api.get(`${crds}/widgets.example.test`)).body).toMatchObject({
    status: { conditions: expect.arrayContaining([expect.objectContaining({ type: 'Terminating' })]) },
  })
  await api.patch(`${path}/held`, { metadata: { finalizers: null } })
  await runtime.advance(1_000)
  expect((await api.get(`${crds}/widgets.example.test`)).status).toBe(404)
  expect((await api.get(path)).status).toBe(404)
  expect(runtime.sleeping).toBe(0)
  const { resourceVersion } = server.store
  await widgets(api)
  expect((await api.get(path)).body).toMatchObject({ items: [] })
  const watch = await api.watch(path, { resourceVersion: String(Number(resourceVersion) - 1) })
  expect(await watch.next()).toMatchObject({ type: 'ERROR', object: { code: 410 } })
})

test('What makes a kind what it is does not change', async () => {
  const { api } = await start()
  expect((await api.patch(`${crds}/widgets.example.test`, { spec: { scope: 'Namespaced' } })).status).toBe(422)
  expect((await api.patch(`${crds}/widgets.example.test`, { spec: { names: { kind: 'Gadget' } } })).status).toBe(422)
})
