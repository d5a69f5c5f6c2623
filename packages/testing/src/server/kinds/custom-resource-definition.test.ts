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

test('What a Scale makes around the number of replicas has its defaults when it is read, and the next write is a change', async () => {
  const { api, server } = await start()
  await api.post(path, widget('w'))
  expect((await api.patch(`${path}/w/scale`, { spec: { replicas: 3 } })).status).toBe(200)
  expect((await api.get(`${path}/w`)).body).toMatchObject({ metadata: { generation: 2 }, spec: { size: 3, color: 'red' } })
  const before = Number(server.store.resourceVersion)
  for (const written of [1, 1]) {
    expect((await api.patch(`${path}/w`, {})).body).toMatchObject({ metadata: { generation: 2 } })
    expect(Number(server.store.resourceVersion)).toBe(before + written)
  }
})

test('What was stored before a definition changed reads by the new one, under its old version', async () => {
  const { api, server } = await start()
  await api.post(path, widget('w', { spec: { size: 1, color: 'blue' } }))
  const made = at((await api.get(`${path}/w`)).body, 'metadata', 'resourceVersion')
  const spec = { type: 'object', properties: { size: { type: 'integer' }, shape: { type: 'string', default: 'round' } } }
  await api.patch(
    `${crds}/widgets.example.test`,
    [{ op: 'replace', path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec', value: spec }],
    'json',
  )
  expect((await api.get(`${path}/w`)).body).toMatchObject({ metadata: { resourceVersion: made, generation: 1 } })
  expect(at((await api.get(`${path}/w`)).body, 'spec')).toEqual({ size: 1, shape: 'round' })
  expect((await api.get(path)).body).toMatchObject({ items: [{ spec: { size: 1, shape: 'round' } }] })
  const before = Number(server.store.resourceVersion)
  await api.patch(`${path}/w`, {})
  await api.patch(`${path}/w`, {})
  expect(Number(server.store.resourceVersion)).toBe(before + 1)
  expect((await api.get(`${path}/w`)).body).toMatchObject({ metadata: { generation: 1 }, spec: { size: 1, shape: 'round' } })
})

test('A new storage version is noted with the write that names it, and one that was stored in cannot be dropped', async () => {
  const { api } = await start()
  const { body } = await api.get(`${crds}/widgets.example.test`)
  const [v1] = at(body, 'spec', 'versions') as readonly object[]
  const versions = (...list: readonly object[]): object => ({ spec: { versions: list } })
  const v2 = { ...v1, name: 'v2' }
  const moved = await api.patch(`${crds}/widgets.example.test`, versions({ ...v1, storage: false }, v2))
  expect(at(moved.body, 'status', 'storedVersions')).toEqual(['v1', 'v2'])
  expect(await api.patch(`${crds}/widgets.example.test`, versions(v2))).toMatchObject({
    status: 422,
    body: {
      details: { causes: [{ field: 'status.storedVersions[0]', message: expect.stringContaining('missing from spec.versions; v1 was') }] },
    },
  })
})

// Seen on 1.37.
test.each([
  [{}, 'null'],
  [{ spec: {} }, 'null'],
  [{ spec: { versions: null } }, 'null'],
  [{ spec: { versions: [] } }, '[]'],
])('A definition that says as little as %j is refused with all that it lacks', async (given, versions) => {
  const { api } = await start()
  const { body } = await api.post(crds, { metadata: { name: 'a' }, ...given })
  expect(at(body, 'details', 'causes')).toMatchObject([
    { field: 'metadata.name', message: expect.stringContaining('must be spec.names.plural+"."+spec.group') },
    { field: 'spec.group' },
    { field: 'spec.scope' },
    { field: 'spec.versions', message: `Invalid value: ${versions}: must have exactly one version marked as storage version` },
    { field: 'spec.names.plural' },
    { field: 'spec.names.singular' },
    { field: 'spec.names.kind' },
    { field: 'spec.names.listKind' },
    { field: 'status.storedVersions', message: 'Invalid value: null: must have at least one stored version' },
  ])
})

const withSchema = (a: object): object => ({
  metadata: { name: 'odds.example.test' },
  spec: {
    group: 'example.test',
    scope: 'Cluster',
    names: { plural: 'odds', kind: 'Odd' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { a } } } }],
  },
})

test('What is empty in a schema within a list or a map is left out, as anywhere else', async () => {
  const { api } = await start()
  const empty = { type: 'object', properties: {}, required: [], enum: [], default: null, not: null, format: '' }
  const { body } = await api.post(crds, withSchema({ type: 'array', items: { type: 'object', additionalProperties: empty } }))
  const [version] = at(body, 'spec', 'versions') as readonly object[]
  expect(at(version, 'schema', 'openAPIV3Schema', 'properties', 'a', 'items')).toEqual({
    type: 'object',
    additionalProperties: { type: 'object' },
  })
})

test.each([
  [
    { type: 'array', items: { type: 7 } },
    'json: cannot unmarshal number into Go struct field ' +
      'JSONSchemaProps.spec.versions.schema.openAPIV3Schema.properties.items.type of type string',
  ],
  [{ type: 'object', additionalProperties: 7 }, 'boolean or JSON schema expected'],
])('A schema that is none is not decoded: %j', async (a, why) => {
  const { api } = await start()
  const message = `CustomResourceDefinition in version "v1" cannot be handled as a CustomResourceDefinition: ${why}`
  expect(await api.post(crds, withSchema(a))).toMatchObject({ status: 400, body: { message } })
})

test('Of formats that nobody knows, and of sets whose items are no scalars, the writer is warned once', async () => {
  const { api } = await start()
  const warned = async (asked: Promise<{ readonly headers: Readonly<Record<string, string>> }>): Promise<string | undefined> =>
    (await asked).headers['warning']
  const a = { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'object', 'x-kubernetes-map-type': 'atomic' } }
  expect(await warned(api.post(crds, withSchema({ type: 'string', format: 'odd' })))).toBe('299 - "unrecognized format \\"odd\\""')
  const odd = `${crds}/odds.example.test`
  expect(await warned(api.patch(odd, { metadata: { labels: { x: 'y' } } }))).toBeUndefined()
  expect(await warned(api.patch(odd, withSchema({ type: 'integer', format: 'int32' })))).toBeUndefined()
  expect(await warned(api.patch(odd, withSchema(a)))).toMatch(/^299 - "x-kubernetes-list-type: set for items of type \\"object\\"/)
})
