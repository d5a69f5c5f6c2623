import { describe, expect, it, test } from 'vitest'
import { type ResourceDefinition, builtinDefinitions, definitionsOf } from '../schema/index.ts'
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, versionsOf } from './index.ts'
import recorded from './recorded.json' with { type: 'json' }

const builtin = builtinDefinitions()

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

// What kube-apiserver 1.37.2 says of the same kinds: scripts/record-discovery.ts.
describe('built-in kinds are discovered as at a kube-apiserver', () => {
  it.each(recorded.lists)('$group/$version, one by one', ({ group, version, list }) => {
    const found = asJson(apiResourceList(builtin, group, version)) as typeof list
    // CustomResourceDefinitions have been stored in a version that is not served any more; its hash stayed.
    const comparable = ({ resources, ...rest }: typeof list) => ({
      ...rest,
      resources: resources.map(r => (r.name === 'customresourcedefinitions' ? { ...r, storageVersionHash: '' } : r)),
    })
    expect(comparable(found)).toEqual(comparable(list))
  })

  test('all at once', () => {
    expect(asJson(aggregatedDiscovery(builtin, 'core'))).toEqual(recorded.core)
    expect(asJson(aggregatedDiscovery(builtin, 'groups'))).toEqual(recorded.groups)
  })
})

const version = (name: string, storage = false): object => ({
  name,
  served: true,
  storage,
  schema: { openAPIV3Schema: { type: 'object' } },
  subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
})

const widgets: readonly ResourceDefinition[] = definitionsOf({
  spec: {
    group: 'example.test',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'], categories: ['all'] },
    versions: [version('v1alpha1'), version('v1beta2'), version('v2', true), version('v1'), version('special')],
  },
}).definitions

test('versions stand in order of their maturity, the first is preferred', () => {
  expect(versionsOf(widgets, 'example.test')).toEqual(['v2', 'v1', 'v1beta2', 'v1alpha1', 'special'])
  expect(apiGroup(widgets, 'example.test')).toMatchObject({
    kind: 'APIGroup',
    preferredVersion: { groupVersion: 'example.test/v2', version: 'v2' },
  })
  expect(apiGroupList([...builtin, ...widgets])).toMatchObject({ kind: 'APIGroupList' })
})

// Seen on 1.37: verbs in this order, and a response kind with its group, unlike that of built-in kinds.
test('a custom kind is served with its subresources', () => {
  expect(apiResourceList(widgets, 'example.test', 'v1')).toMatchObject({
    groupVersion: 'example.test/v1',
    resources: [
      {
        name: 'widgets',
        singularName: 'widget',
        namespaced: true,
        kind: 'Widget',
        shortNames: ['wd'],
        categories: ['all'],
        verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
      },
      { name: 'widgets/status', singularName: '', kind: 'Widget', verbs: ['get', 'patch', 'update'] },
      { name: 'widgets/scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] },
    ],
  })
  expect(aggregatedDiscovery(widgets, 'groups')).toMatchObject({
    items: [
      {
        metadata: { name: 'example.test' },
        versions: [
          { version: 'v2', resources: [{ responseKind: { group: 'example.test', version: 'v2', kind: 'Widget' } }] },
          {},
          {},
          {},
          {},
        ],
      },
    ],
  })
})

test('what is not served is not there', () => {
  expect(apiGroup(builtin, 'nope')).toBeUndefined()
  expect(apiResourceList(builtin, 'apps', 'v2')).toBeUndefined()
  expect(aggregatedDiscovery([], 'groups')).toMatchObject({ items: [] })
})

test('a kind whose definition goes offers no more to make or to change objects', () => {
  const { definitions } = definitionsOf({
    metadata: { name: 'widgets.example.test', deletionTimestamp: '2026-01-01T00:00:00Z' },
    spec: { group: 'example.test', scope: 'Cluster', names: { plural: 'widgets', kind: 'Widget' }, versions: [version('v1', true)] },
  })
  const left = ['delete', 'deletecollection', 'get', 'list', 'watch']
  const rest = ['get', 'patch', 'update']
  expect(apiResourceList(definitions, 'example.test', 'v1')).toMatchObject({
    resources: [{ verbs: left }, { verbs: rest }, { verbs: rest }],
  })
  expect(aggregatedDiscovery(definitions, 'groups')).toMatchObject({ items: [{ versions: [{ resources: [{ verbs: left }] }] }] })
})
