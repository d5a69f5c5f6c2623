import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type JsonObject, type SchemaNode, applyDefaults, decode, definitionsOf, dropNulls, prune, validate } from './index.ts'

const schema: SchemaNode = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        a: { type: 'integer', default: 3 },
        m: { type: 'object', additionalProperties: { type: 'string' } },
        e: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } },
        p: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          properties: { k: { type: 'object', properties: { z: { type: 'string' } } } },
        },
        l: { type: 'array', items: { type: 'object', properties: { x: { type: 'integer', default: 5 }, y: { type: 'string' } } } },
        n: { type: 'object', default: {}, properties: { deep: { type: 'string', default: 'd' } } },
        q: { type: 'string', nullable: true, default: 'q' },
      },
    },
  },
}

const [widget] = definitionsOf({
  metadata: { name: 'widgets.example.test' },
  spec: {
    group: 'example.test',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } },
      { name: 'v0', served: false, storage: false },
    ],
  },
}).definitions

const body = (content: object): JsonObject => ({ apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name: 'a' }, ...content })

describe('decoding an object of a custom kind', () => {
  // Seen on 1.37, in this order: metadata first, then the rest by the alphabet; metadata of embedded objects is looked at too.
  it('drops unknown fields and names them', () => {
    const { object, unknown } = decode(
      widget!,
      body({
        metadata: { name: 'a', foo: 1, bar: 2 },
        zzz: 1,
        spec: {
          b: 1,
          a: 1,
          aa: 2,
          m: { k: 'v' },
          e: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', q: 1 }, spec: { w: 1 }, z: 1 },
          p: { any: 1, k: { z: '', n: 1 } },
          l: [{ x: 1, q: 1 }, { r: 1 }],
        },
      }),
    )
    expect(unknown).toEqual([
      'metadata.bar',
      'metadata.foo',
      'spec.aa',
      'spec.b',
      'spec.e.metadata.q',
      'spec.e.spec.w',
      'spec.e.z',
      'spec.l[0].q',
      'spec.l[1].r',
      'spec.p.k.n',
      'zzz',
    ])
    expect(object).toEqual(
      body({
        spec: {
          a: 1,
          m: { k: 'v' },
          e: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: {} },
          p: { any: 1, k: { z: '' } },
          l: [{ x: 1 }, {}],
        },
      }),
    )
  })

  it.each([
    [{ labels: { a: 1 } }, 'json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string'],
    [{ labels: [] }, 'json: cannot unmarshal array into Go struct field ObjectMeta.labels of type map[string]string'],
    ['x', 'json: cannot unmarshal string into Go value of type v1.ObjectMeta'],
    [{ name: 1 }, 'json: cannot unmarshal number into Go struct field ObjectMeta.name of type string'],
    [{ creationTimestamp: 'x' }, 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
  ])('refuses metadata %j', (metadata, complaint) => {
    expect(decode(widget!, body({ metadata })).failure).toBe(complaint)
  })

  it('leaves types of other fields to validation', () => {
    expect(decode(widget!, body({ spec: 'x' })).failure).toBeUndefined()
  })
})

// Seen on 1.37: nulls that the schema does not allow are as good as absent, in lists they stay.
test('defaults are set where a parent is there, and nulls give way', () => {
  const { schema } = widget!
  const given = body({ spec: { a: null, l: [{ x: null, y: null }, null], m: { k: null }, q: null } })
  const defaulted = applyDefaults(schema!, dropNulls(schema!, given))
  expect(defaulted['spec']).toEqual({ a: 3, l: [{ x: 5 }, null], m: {}, n: { deep: 'd' }, q: null })
  expect(applyDefaults(widget!.schema!, body({}))).toEqual(body({}))
})

test('only served versions are served, and the stored one says so', () => {
  const versions = definitionsOf({
    spec: {
      group: 'example.test',
      scope: 'Cluster',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true }, { name: 'v2', served: true, storage: true }, { name: 'v3' }],
    },
  }).definitions
  expect(versions.map(d => [d.version, d.storage, d.listKind, d.singular, d.namespaced])).toEqual([
    ['v1', false, 'WidgetList', 'widget', false],
    ['v2', true, 'WidgetList', 'widget', false],
  ])
})

test('rules are found on a copy of a prepared schema too', () => {
  const [ruled] = definitionsOf({
    spec: {
      group: 'example.test',
      scope: 'Cluster',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-validations': [{ rule: 'false' }] } },
        },
      ],
    },
  }).definitions
  expect(validate({ ...ruled!.schema }, body({}))).toHaveLength(1)
})

const anything = fc.letrec<{ value: unknown; object: JsonObject }>(tie => ({
  value: fc.oneof({ maxDepth: 4 }, fc.constant(null), fc.string(), fc.integer(), fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.dictionary(
    fc.constantFrom('spec', 'a', 'm', 'e', 'p', 'l', 'n', 'q', 'x', 'y', 'metadata', 'kind', 'other', '__proto__'),
    tie('value'),
    { maxKeys: 6 },
  ),
})).object

test('pruning twice is pruning once, and adds nothing', () => {
  fc.assert(
    fc.property(anything, object => {
      const once = prune(widget!.schema!, object)
      expect(prune(widget!.schema!, once.object)).toEqual({ object: once.object, unknown: [] })
      expect(once.unknown.length === 0).toBe(JSON.stringify(once.object).length === JSON.stringify(object).length)
    }),
  )
})

test('defaulting twice is defaulting once, and leaves its argument alone', () => {
  fc.assert(
    fc.property(anything, object => {
      const before = JSON.stringify(object)
      const once = applyDefaults(widget!.schema!, object)
      expect(applyDefaults(widget!.schema!, once)).toEqual(once)
      expect(JSON.stringify(object)).toBe(before)
    }),
  )
})
