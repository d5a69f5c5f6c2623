import { describe, expect, it, test } from 'vitest'
import { type JsonObject, builtinDefinitions, definitionsOf } from '../schema/index.ts'
import { humanDuration, jsonPath, tableOf } from './index.ts'
import recorded from './recorded.json' with { type: 'json' }

// What kube-apiserver 1.37.2 showed of the same objects: scripts/record-tables.ts.
interface Recorded {
  readonly kind: string
  readonly group: string
  /** When it was asked. It answered some milliseconds later. */
  readonly now: number
  readonly columns: readonly object[]
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly conditions?: readonly object[]; readonly object: JsonObject }[]
}

interface Table {
  readonly columnDefinitions:
    | readonly { readonly name: string; readonly type: string; readonly format: string; readonly priority: number }[]
    | null
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly conditions?: readonly object[]; readonly object: unknown }[]
}

const definitionOf = (group: string, kind: string) => builtinDefinitions().find(d => d.group === group && d.kind === kind)!

const table = (definition: Parameters<typeof tableOf>[0], objects: readonly JsonObject[], options: Parameters<typeof tableOf>[2]): Table =>
  tableOf(definition, objects, options) as unknown as Table

describe('built-in kinds have the columns and cells of a kube-apiserver', () => {
  it.each(recorded as unknown as readonly Recorded[])('$kind', ({ group, kind, now, columns, rows }) => {
    const shown = table(
      definitionOf(group, kind),
      rows.map(row => row.object),
      { now },
    )
    expect(shown.columnDefinitions?.map(({ name, type, format, priority }) => ({ name, type, format, priority }))).toEqual(columns)
    expect(shown.rows.map(({ cells, conditions }) => ({ cells, conditions }))).toEqual(
      rows.map(({ cells, conditions }) => ({ cells, conditions })),
    )
  })
})

const widgets = definitionsOf({
  metadata: { name: 'widgets.example.test' },
  spec: {
    group: 'example.test',
    scope: 'Cluster',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object' } },
        additionalPrinterColumns: [
          { name: 'Desired', type: 'integer', jsonPath: '.spec.replicas', description: 'wanted' },
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
          { name: 'Size', type: 'string', jsonPath: '.spec.size', priority: 1 },
          { name: 'Share', type: 'number', jsonPath: '.spec.share' },
          { name: 'On', type: 'boolean', jsonPath: '.spec.enabled' },
          { name: 'Born', type: 'date', jsonPath: '.metadata.creationTimestamp' },
          { name: 'Tier', type: 'string', jsonPath: '.metadata.labels.example\\.test/tier' },
        ],
      },
    ],
  },
}).definitions[0]!

const now = Date.parse('2026-11-23T12:00:00Z')

// Seen on 1.37: a missing value and one of the wrong type leave the cell null; objects in a string column are JSON.
test('a custom kind shows its own columns', () => {
  const shown = table(
    widgets,
    [
      {
        metadata: { name: 'w1', creationTimestamp: '2026-11-23T11:55:50Z', labels: { 'example.test/tier': 'web' } },
        spec: { replicas: 3, size: { b: 1, a: [true] }, share: 0.5, enabled: true },
        status: {
          conditions: [
            { type: 'Other', status: 'x' },
            { type: 'Ready', status: 'True' },
          ],
        },
      },
      { metadata: { name: 'w2' }, spec: { replicas: 'three', size: 5, enabled: 'yes', share: '1' } },
    ],
    { now },
  )
  expect(shown.columnDefinitions?.map(c => `${c.name}:${c.type}:${c.priority}`)).toEqual([
    'Name:string:0',
    'Desired:integer:0',
    'Ready:string:0',
    'Size:string:1',
    'Share:number:0',
    'On:boolean:0',
    'Born:date:0',
    'Tier:string:0',
  ])
  expect(shown.rows.map(row => row.cells)).toEqual([
    ['w1', 3, 'True', '{"a":[true],"b":1}', 0.5, true, '4m10s', 'web'],
    ['w2', null, null, '5', null, null, null, null],
  ])
})

test('a custom kind without columns shows its age', () => {
  const [plain] = definitionsOf({
    spec: {
      group: 'example.test',
      scope: 'Cluster',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  }).definitions
  const shown = table(plain!, [{ metadata: { name: 'a', creationTimestamp: '2026-11-21T12:00:00Z' } }], { now })
  expect(shown.columnDefinitions?.map(c => c.name)).toEqual(['Name', 'Age'])
  expect(shown.rows[0]?.cells).toEqual(['a', '2d'])
})

test('rows carry what was asked for, and later pages no headers', () => {
  const object = { kind: 'Widget', apiVersion: 'example.test/v1', metadata: { name: 'a' }, spec: {} }
  const carried = (includeObject?: 'Metadata' | 'None' | 'Object') =>
    table(widgets, [object], { now, ...(includeObject && { includeObject }) }).rows[0]?.object
  expect(carried()).toEqual({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'a' } })
  expect(carried('Metadata')).toEqual(carried())
  expect(carried('None')).toBeNull()
  expect(carried('Object')).toEqual(object)
  expect(table(widgets, [object], { now, noHeaders: true }).columnDefinitions).toBeNull()
})

// The steps of apimachinery's HumanDuration, with what lies beside each.
test.each([
  [-5, '<invalid>'],
  [-1, '0s'],
  [0, '0s'],
  [59, '59s'],
  [119, '119s'],
  [120, '2m'],
  [121, '2m1s'],
  [599, '9m59s'],
  [600, '10m'],
  [659, '10m'],
  [10_799, '179m'],
  [10_800, '3h'],
  [10_860, '3h1m'],
  [28_799, '7h59m'],
  [28_800, '8h'],
  [172_799, '47h'],
  [172_800, '2d'],
  [176_400, '2d1h'],
  [691_199, '7d23h'],
  [691_200, '8d'],
  [63_071_999, '729d'],
  [63_072_000, '2y'],
  [63_158_400, '2y1d'],
  [252_288_000, '8y'],
  [260_000_000, '8y'],
])('%i seconds are %s', (seconds, shown) => {
  expect(humanDuration(seconds * 1_000)).toBe(shown)
})

test.each([
  ['.spec.replicas', [3]],
  ['.spec.missing', []],
  ['.spec.list[0]', ['a']],
  ['.spec.list[-1]', ['c']],
  ['.spec.list[*]', ['a', 'b', 'c']],
  ['.metadata.labels.a\\.b/c', ['dotted']],
  ["['metadata']['labels']['a.b/c']", ['dotted']],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  ["{.status.conditions[?(@.type=='Ready')].status}".slice(1, -1), ['True']],
  ['.status.conditions[?(@.n>1)].type', ['Other']],
  ['.status.conditions[?(@.n)].type', ['Other']],
  ['.', [{}]],
])('%s leads to %j', (path, found) => {
  const object = {
    metadata: { labels: { 'a.b/c': 'dotted' } },
    spec: { replicas: 3, list: ['a', 'b', 'c'] },
    status: {
      conditions: [
        { type: 'Other', status: 'x', n: 2 },
        { type: 'Ready', status: 'True' },
      ],
    },
  }
  expect(jsonPath(path)(path === '.' ? {} : object)).toEqual(found)
})

test('what is no path is refused', () => {
  expect(() => jsonPath('spec')).toThrow(SyntaxError)
  expect(() => jsonPath('.spec[')).toThrow(SyntaxError)
})
