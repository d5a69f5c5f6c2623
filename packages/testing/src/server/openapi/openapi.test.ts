import { expect, test } from 'vitest'
import { groupsOf, versionsOf } from '../discovery/index.ts'
import { type JsonObject, type ResourceDefinition, builtinDefinitions, definitionsOf } from '../schema/index.ts'
import { isObject } from '../schema/json.ts'
import { openapiDocument, openapiIndex, openapiV2 } from './index.ts'

const crd = (description: string): JsonObject => ({
  spec: {
    group: 'widgets.example.test',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {}, scale: { specReplicasPath: '.spec.n', statusReplicasPath: '.status.n' } },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description,
            properties: {
              spec: {
                type: 'object',
                required: ['n'],
                properties: {
                  n: { type: 'integer', description: 'How many.' },
                  t: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
            },
          },
        },
      },
    ],
  },
})

const withWidgets = (description = 'A widget.'): readonly ResourceDefinition[] => [
  ...builtinDefinitions(),
  ...definitionsOf(crd(description)).definitions,
]

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly 'x-kubernetes-action': string
  readonly 'x-kubernetes-group-version-kind': object
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonObject>> }
}

const documentOf = (group: string, version: string): Document => openapiDocument(withWidgets(), group, version) as unknown as Document

const refs = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(refs)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, child]) => (key === '$ref' && typeof child === 'string' ? [child] : refs(child)))
}

const all = ['', ...groupsOf(withWidgets())].flatMap(group => versionsOf(withWidgets(), group).map(version => ({ group, version })))

test.each(all)('$group/$version: every reference leads to a schema, and each kind is there once', ({ group, version }) => {
  const { paths, components } = documentOf(group, version)
  const known = new Set(Object.keys(components.schemas).map(name => `#/components/schemas/${name}`))
  expect(refs([paths, components]).filter(ref => !known.has(ref))).toEqual([])
  for (const { kind } of withWidgets().filter(d => d.group === group && d.version === version)) {
    const own = Object.values(components.schemas).filter(
      schema => JSON.stringify(schema['x-kubernetes-group-version-kind']) === JSON.stringify([{ group, kind, version }]),
    )
    expect(own).toHaveLength(1)
  }
})

// kubectl 1.37 looks for this parameter at PATCH, and asks for /openapi/v2 where it is missing.
test.each(all)('$group/$version: kubectl finds that fields can be validated', ({ group, version }) => {
  const patches = Object.values(documentOf(group, version).paths).flatMap(path => (path['patch'] === undefined ? [] : [path['patch']]))
  expect(patches.length).toBeGreaterThan(0)
  for (const patch of patches) expect(patch.parameters).toContainEqual(expect.objectContaining({ name: 'fieldValidation', in: 'query' }))
})

test('kubectl explain finds a custom kind by its path, with what its author says of the fields', () => {
  const { paths, components } = documentOf('widgets.example.test', 'v1')
  expect(Object.keys(paths)).toEqual([
    '/apis/widgets.example.test/v1/widgets',
    '/apis/widgets.example.test/v1/namespaces/{namespace}/widgets',
    '/apis/widgets.example.test/v1/namespaces/{namespace}/widgets/{name}',
    '/apis/widgets.example.test/v1/namespaces/{namespace}/widgets/{name}/status',
    '/apis/widgets.example.test/v1/namespaces/{namespace}/widgets/{name}/scale',
  ])
  const gvk = { group: 'widgets.example.test', version: 'v1', kind: 'Widget' }
  expect(paths['/apis/widgets.example.test/v1/widgets']).toMatchObject({
    get: { 'x-kubernetes-action': 'list', 'x-kubernetes-group-version-kind': gvk },
  })
  expect(components.schemas['test.example.widgets.v1.Widget']).toMatchObject({
    type: 'object',
    description: 'A widget.',
    properties: {
      apiVersion: { type: 'string' },
      metadata: { allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }] },
      spec: {
        required: ['n'],
        properties: { n: { type: 'integer', description: 'How many.' }, t: { properties: { kind: { type: 'string' } } } },
      },
    },
    'x-kubernetes-group-version-kind': [gvk],
  })
  expect(components.schemas['test.example.widgets.v1.Widget']).not.toHaveProperty('x-kubernetes-embedded-resource')
})

test('the address of a document changes with its content, and only then', () => {
  const addressOf = (definitions: readonly ResourceDefinition[], path: string): unknown => {
    const { paths } = openapiIndex(definitions)
    return isObject(paths) && isObject(paths[path]) ? paths[path]['serverRelativeURL'] : undefined
  }
  const path = 'apis/widgets.example.test/v1'
  expect(addressOf(withWidgets('one'), path)).toMatch(/^\/openapi\/v3\/apis\/widgets\.example\.test\/v1\?hash=[0-9A-F]{128}$/)
  expect(addressOf(withWidgets('one'), path)).toBe(addressOf(withWidgets('one'), path))
  expect(addressOf(withWidgets('one'), path)).not.toBe(addressOf(withWidgets('two'), path))
  expect(addressOf(withWidgets('one'), 'apis/apps/v1')).toBe(addressOf(withWidgets('two'), 'apis/apps/v1'))
})

test('what is not served has no document', () => {
  expect(openapiDocument(builtinDefinitions(), 'nope', 'v1')).toBeUndefined()
})

test('the old document is a good message of protobuf that says nothing', () => {
  const bytes = Buffer.from(openapiV2.body, 'utf8')
  // Field 1, of bytes, three of them.
  expect([...bytes]).toEqual([0x0a, 3, ...Buffer.from('2.0')])
})
