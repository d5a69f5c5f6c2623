import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { type TestClient, clientOf } from '../client.fixture.ts'
import { createApiServer } from '../index.ts'
import { at } from '../objects/index.ts'

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const root = '/apis/example.test/v1'

const definition = (plural: string, names: object): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.example.test` },
  spec: {
    group: 'example.test',
    scope: 'Namespaced',
    names: { plural, ...names },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
})

const start = async (): Promise<TestClient & { advance(ms: number): Promise<void> }> => {
  const runtime = manualRuntime()
  const api = clientOf(createApiServer({ runtime }).transport())
  await api.post(crds, definition('gadgets', { kind: 'Gadget', shortNames: ['gd'] }))
  return { ...api, advance: ms => runtime.advance(ms) }
}

const gizmos = `${crds}/gizmos.example.test`
const statusOf = async (api: TestClient): Promise<unknown> => at((await api.get(gizmos)).body, 'status')
const refused = (reason: string, message: string): object => ({ type: 'NamesAccepted', status: 'False', reason, message })
const waiting = { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }
const accepted = { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts' }
const established = { type: 'Established', status: 'True', reason: 'InitialNamesAccepted' }

test.each([
  [
    { kind: 'Gadget', singular: 'gizmo', listKind: 'GizmoList' },
    refused('KindConflict', '"Gadget" is already in use'),
    ['plural', 'singular', 'listKind'],
  ],
  [
    { kind: 'GadgetList', singular: 'gizmo', listKind: 'GizmoList' },
    refused('KindConflict', '"GadgetList" is already in use'),
    ['plural', 'singular', 'listKind'],
  ],
  [{ kind: 'Gizmo', listKind: 'Gadget' }, refused('ListKindConflict', '"Gadget" is already in use'), ['plural', 'singular', 'kind']],
  [{ kind: 'Gizmo', singular: 'gd' }, refused('SingularConflict', '"gd" is already in use'), ['plural', 'kind', 'listKind']],
  [
    { kind: 'Gizmo', shortNames: ['gi', 'gd'] },
    refused('ShortNamesConflict', '"gd" is already in use'),
    ['plural', 'singular', 'kind', 'listKind'],
  ],
  [
    { kind: 'Gizmo', shortNames: ['gadgets', 'gi', 'gd', 'gd'] },
    refused('ShortNamesConflict', '["gadgets" is already in use, "gd" is already in use]'),
    ['plural', 'singular', 'kind', 'listKind'],
  ],
])('A definition that asks for %j waits, and is not served', async (names, condition, got) => {
  const api = await start()
  await api.post(crds, definition('gizmos', names))
  const status = await statusOf(api)
  expect(status).toMatchObject({ conditions: [condition, waiting] })
  const given = Object.entries(at(status, 'acceptedNames') as object).filter(([, name]) => name !== '')
  expect(given.map(([key]) => key).toSorted()).toEqual(got.toSorted())
  expect(await api.get(`${root}/gizmos`)).toMatchObject({ status: 404, body: '404 page not found\n' })
  expect(at((await api.get(root)).body, 'resources')).toMatchObject([{ name: 'gadgets', kind: 'Gadget' }])
})

test('A definition that waits takes over the names of one that goes', async () => {
  const api = await start()
  await api.post(crds, definition('gizmos', { kind: 'Gadget', shortNames: ['gd'] }))
  await api.delete(`${crds}/gadgets.example.test`)
  await api.advance(1_000)
  expect(await statusOf(api)).toMatchObject({ conditions: [accepted, established], acceptedNames: { kind: 'Gadget', shortNames: ['gd'] } })
  expect((await api.get(`${root}/gizmos`)).body).toMatchObject({ kind: 'GadgetList', items: [] })
})

test('While it waits it may take another kind and another scope, afterwards not', async () => {
  const api = await start()
  await api.post(crds, definition('gizmos', { kind: 'Gadget', singular: 'gizmo', listKind: 'GizmoList' }))
  expect((await api.patch(gizmos, { spec: { scope: 'Cluster', names: { kind: 'Gizmo' } } })).status).toBe(200)
  expect(await statusOf(api)).toMatchObject({ conditions: [accepted, established] })
  expect((await api.patch(gizmos, { spec: { names: { kind: 'Thing' } } })).status).toBe(422)
  expect((await api.get(root)).body).toMatchObject({ resources: [{}, { name: 'gizmos', kind: 'Gizmo', namespaced: false }] })
})

test('One that is served keeps the names that it has where it asks for those of another, and gets them when they are free', async () => {
  const api = await start()
  await api.post(crds, definition('gizmos', { kind: 'Gizmo', shortNames: ['gi'] }))
  await api.patch(gizmos, { spec: { names: { shortNames: ['gd'], categories: ['toys'] } } })
  const conflict = refused('ShortNamesConflict', '"gd" is already in use')
  expect(await statusOf(api)).toMatchObject({
    conditions: [conflict, established],
    acceptedNames: { shortNames: ['gi'], categories: ['toys'] },
  })
  expect((await api.get(root)).body).toMatchObject({ resources: [{}, { name: 'gizmos', shortNames: ['gi'], categories: ['toys'] }] })
  await api.patch(`${crds}/gadgets.example.test`, { spec: { names: { shortNames: ['other'] } } })
  expect(await statusOf(api)).toMatchObject({ conditions: [accepted, established], acceptedNames: { shortNames: ['gd'] } })
  expect((await api.get(root)).body).toMatchObject({ resources: [{ shortNames: ['other'] }, { shortNames: ['gd'] }] })
})

test('Names are shared across groups, and a name that is its own can stand in a second place from the start alone', async () => {
  const api = await start()
  const fish = definition('gizmos', { kind: 'Gizmo', singular: 'gizmos', shortNames: ['gizmos'] })
  await api.post(crds, fish)
  expect(await statusOf(api)).toMatchObject({ conditions: [accepted, established] })
  await api.patch(gizmos, { spec: { names: { singular: 'gizmo' } } })
  await api.patch(gizmos, { spec: { names: { singular: 'gizmos' } } })
  expect(await statusOf(api)).toMatchObject({ conditions: [refused('SingularConflict', '"gizmos" is already in use'), established] })
  const elsewhere = { ...definition('gadgets', { kind: 'Gadget' }), metadata: { name: 'gadgets.other.test' } }
  const { spec } = elsewhere as unknown as { readonly spec: object }
  await api.post(crds, { ...elsewhere, spec: { ...spec, group: 'other.test' } })
  expect((await api.get(`${crds}/gadgets.other.test`)).body).toMatchObject({ status: { conditions: [accepted, established] } })
})

test('A restored cluster gives names as they were given', async () => {
  const runtime = manualRuntime()
  const server = createApiServer({ runtime })
  const api = clientOf(server.transport())
  await api.post(crds, definition('gadgets', { kind: 'Gadget' }))
  await api.post(crds, definition('gizmos', { kind: 'Gadget', singular: 'gizmo', listKind: 'GizmoList' }))
  const backup = server.snapshot()
  await api.delete(`${crds}/gadgets.example.test`)
  await runtime.advance(1_000)
  expect((await api.get(`${root}/gizmos`)).status).toBe(200)
  server.restore(backup)
  expect(await statusOf(api)).toMatchObject({ conditions: [refused('KindConflict', '"Gadget" is already in use'), waiting] })
  expect((await api.get(`${root}/gizmos`)).status).toBe(404)
  expect((await api.get(`${root}/gadgets`)).status).toBe(200)
})
