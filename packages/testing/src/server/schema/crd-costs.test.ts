import { describe, expect, it, test } from 'vitest'
import { type SchemaNode, definitionsOf } from './index.ts'

const causesOf = (spec: SchemaNode): readonly (readonly [string, string])[] =>
  definitionsOf({
    metadata: { name: 'widgets.example.test' },
    spec: {
      group: 'example.test',
      scope: 'Cluster',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } }],
    },
  }).causes.map(({ field, message }) => [
    field.replace('spec.validation.openAPIV3Schema', '').replace('.properties[spec].x-kubernetes-validations', ''),
    message.replace(/ \(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where .* are declared\)$/, ''),
  ])

const text = (maxLength?: number): SchemaNode => ({ type: 'string', ...(maxLength === undefined ? {} : { maxLength }) })
const list = (items: SchemaNode, maxItems?: number): SchemaNode => ({
  type: 'array',
  items,
  ...(maxItems === undefined ? {} : { maxItems }),
})
const withRules = (properties: Readonly<Record<string, SchemaNode>>, ...rules: readonly string[]): SchemaNode => ({
  type: 'object',
  properties,
  'x-kubernetes-validations': rules.map(rule => ({ rule })),
})

const contributed = 'Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'
const together = 'Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of'

// Seen on 1.37.
describe('what a rule costs is bounded by what its schema bounds', () => {
  const each = "self.list.all(x, x.matches('^[a-z]+$'))"

  it.each<[string, SchemaNode, string]>([
    ['texts of some length', withRules({ list: list(text(63)) }, each), '5.9x'],
    [
      'a long pattern',
      withRules({ text: text() }, `self.text.matches('${'a'.repeat(126)}')`),
      // A tenth of a unit for each character, 32 for the pattern, and two to get there.
      '1.006634x',
    ],
  ])('%s', (_, spec, factor) => {
    expect(causesOf(spec)).toEqual([['[0].rule', `Forbidden: estimated rule cost exceeds budget by factor of ${factor}`]])
  })

  it.each<[string, SchemaNode]>([
    ['few items of some length', withRules({ list: list(text(63), 1_000) }, each)],
    ['a list in a list', withRules({ list: list(text(20), 100) }, 'self.list.all(x, self.list.all(y, x == y))')],
    [
      'a value of which there are few',
      { type: 'object', properties: { list: list(withRules({ a: text(10) }, "self.a.matches('^a+$')"), 50) } },
    ],
  ])('%s', (_, spec) => {
    expect(causesOf(spec)).toEqual([])
  })

  test('all together cost too much when one alone does', () => {
    expect(causesOf(withRules({ list: list(text()) }, 'self.list.all(x, self.list.all(y, x == y))'))).toEqual([
      ['[0].rule', 'Forbidden: estimated rule cost exceeds budget by factor of more than 100x'],
      ['[0].rule', contributed],
      ['', `${together} more than 100x`],
    ])
  })

  test('the four dearest are named where each alone is cheap enough', () => {
    const rules = Array.from({ length: 20 }, (_, i) => `self.list.all(x, x == '${'abcdefghijklmnopqrst'[i] ?? ''}')`)
    expect(causesOf(withRules({ list: list(text()) }, ...rules))).toEqual([
      ...[0, 1, 2, 3].map(i => [`[${i}].rule`, contributed]),
      ['', `${together} 1.048576x`],
    ])
  })

  test('a message is made once, and may not cost too much either', () => {
    const spec: SchemaNode = {
      ...withRules({ list: list(text()) }),
      'x-kubernetes-validations': [{ rule: 'self.list.size() > 1', messageExpression: "self.list.join(',')" }],
    }
    expect(causesOf(spec)[0]).toEqual([
      '[0].messageExpression',
      'Forbidden: estimated messageExpression cost exceeds budget by factor of more than 100x',
    ])
  })
})
