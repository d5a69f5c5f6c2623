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
  readonly operationId?: string
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

test('a custom kind is told as kube-apiserver tells it: what was not said is left out, and what takes a number or a string says so', () => {
  const spec = {
    type: 'object',
    description: 'Mine.',
    nullable: false,
    required: [],
    properties: {
      port: { 'x-kubernetes-int-or-string': true },
      even: { 'x-kubernetes-int-or-string': true, anyOf: [{ multipleOf: 2 }] },
      set: { type: 'array', items: { type: 'string' }, default: [] },
      off: { type: 'boolean', default: false },
      part: { type: 'object', 'x-kubernetes-embedded-resource': true, required: ['kind'], properties: { kind: { type: 'string' } } },
      bare: { type: 'object', properties: { metadata: { type: 'object', description: 'Mine, too.' } } },
    },
  }
  const { definitions } = definitionsOf({
    spec: {
      group: 'example.test',
      scope: 'Cluster',
      names: { plural: 'odds', kind: 'Odd' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          selectableFields: [{ jsonPath: '.spec.off' }],
          schema: { openAPIV3Schema: { type: 'object', properties: { spec, metadata: { type: 'object' } } } },
        },
      ],
    },
  })
  const document = openapiDocument(definitions, 'example.test', 'v1') as unknown as Document
  const schema = document.components.schemas['test.example.v1.Odd']
  const either = [{ type: 'integer' }, { type: 'string' }]
  const metadata = {
    description: expect.any(String),
    allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }],
  }
  const typed = { type: 'string', description: expect.any(String) }
  expect(schema).toEqual({
    type: 'object',
    properties: {
      apiVersion: typed,
      kind: typed,
      metadata,
      spec: {
        type: 'object',
        description: 'Mine.',
        properties: {
          port: { 'x-kubernetes-int-or-string': true, anyOf: either },
          even: { 'x-kubernetes-int-or-string': true, anyOf: [{ multipleOf: 2 }], allOf: [{ anyOf: either }] },
          set: { type: 'array', items: { type: 'string' }, default: [] },
          off: { type: 'boolean', default: false },
          part: {
            type: 'object',
            'x-kubernetes-embedded-resource': true,
            required: ['kind', 'apiVersion'],
            properties: { apiVersion: typed, kind: typed, metadata },
          },
          bare: { type: 'object', properties: { metadata: { type: 'object', description: 'Mine, too.' } } },
        },
      },
    },
    'x-kubernetes-group-version-kind': [{ group: 'example.test', kind: 'Odd', version: 'v1' }],
    'x-kubernetes-selectable-fields': [{ fieldPath: 'spec.off' }],
  })
  expect(Object.keys(document.paths)).toEqual(['/apis/example.test/v1/odds', '/apis/example.test/v1/odds/{name}'])
})

test('operations are named after their group, whatever signs it has', () => {
  const id = (group: string, name: string): unknown =>
    Object.values(documentOf(group, 'v1').paths)
      .flatMap(path => Object.values(path))
      .find(o => String(o.operationId).endsWith(name))?.operationId
  expect(id('', 'CollectionNode')).toBe('deleteCoreV1CollectionNode')
  expect(id('certificates.k8s.io', 'RequestApproval')).toBe('readCertificatesV1CertificateSigningRequestApproval')
  expect(id('widgets.example.test', 'AllNamespaces')).toBe('listWidgetsExampleTestV1WidgetForAllNamespaces')
})
