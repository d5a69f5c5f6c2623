import fc from 'fast-check'
import { isFields } from '../memory.ts'
import type { Fields, Step, Value } from '../script.ts'
import { gadgetDefinition } from '../widget.ts'
import { oneOf } from './chance.ts'

const scalar = oneOf<Fields>(
  { type: 'string' },
  { type: 'string', maxLength: 5, pattern: '^[a-z]+$' },
  { type: 'string', format: 'date-time' },
  { type: 'string', nullable: true },
  { type: 'integer', minimum: 1, maximum: 9 },
  { type: 'number', format: 'double' },
  { type: 'boolean' },
)

/** Words that do not fit everywhere. */
const words = oneOf<Fields>(
  { type: 'text' },
  { type: 'null' },
  { default: 'x' },
  { default: 7 },
  { nullable: true },
  { enum: ['a', 'b'] },
  { pattern: '(' },
  { pattern: 'a(?!b)' },
  { uniqueItems: true },
  { $ref: '#/other' },
  { items: { type: 'string' } },
  { additionalProperties: { type: 'string' } },
  { anyOf: [{ type: 'string' }] },
  { allOf: [{ minimum: 1 }] },
  { not: { default: 1 } },
  { 'x-kubernetes-preserve-unknown-fields': false },
  { 'x-kubernetes-embedded-resource': true },
  { 'x-kubernetes-list-type': 'set' },
  { 'x-kubernetes-list-type': 'bag' },
  { 'x-kubernetes-map-type': 'granular' },
  { 'x-kubernetes-list-map-keys': ['name'] },
)

/** Many of them wrong. */
const rule = fc
  .tuple(
    oneOf(
      'self == oldSelf',
      'self.x == 1',
      'self > 1',
      'self + 1 == 2',
      'self == 1.5',
      "self == 'a'",
      "self.startsWith('a')",
      'self.size() > 1',
      'size(self) > 1',
      "self['a'] == 'b'",
      'has(self.x)',
      "self in ['a', 'b']",
      '!self',
      'self && true',
      'nobody == 1',
      'nothing(self)',
      'self ==',
      '',
      'true',
      '1',
      "self.matches('[')",
      'self.getFullYear() > 2000',
    ),
    oneOf<Fields>({}, {}, {}, { message: 'no' }, { message: ' ' }, { reason: 'Odd' }, { optionalOldSelf: true }, { fieldPath: '.name' }),
    oneOf<Fields>({}, {}, { messageExpression: "'no'" }, { messageExpression: 'self.x' }),
  )
  .map(([text, ...extras]): Fields => Object.assign({ rule: text }, ...extras) as Fields)

const shaped = (inner: Fields, shape: string, own: Fields): Fields => {
  if (shape === 'list') return { type: 'array', maxItems: 3, items: inner, ...own }
  if (shape === 'map') return { type: 'object', maxProperties: 3, additionalProperties: inner, ...own }
  if (shape === 'object') return { type: 'object', properties: { name: { type: 'string', maxLength: 5 } }, ...own }
  return { ...inner, ...own }
}

const rulesOf = (rules: readonly Fields[]): Fields => ({ 'x-kubernetes-validations': rules })

const specOf = (node: Fields): Fields => ({ properties: { spec: { type: 'object', properties: { a: node } } } })

/** One thing is wrong at most, or the rules of one node are: in which order it tells others is the API server's own affair. */
const schema: fc.Arbitrary<Fields> = fc
  .tuple(
    scalar,
    oneOf('plain', 'plain', 'list', 'map', 'object'),
    fc.oneof(
      { weight: 3, arbitrary: fc.array(rule, { minLength: 1, maxLength: 2 }).map(rules => ({ inside: rulesOf(rules) })) },
      { weight: 3, arbitrary: words.map(inside => ({ inside })) },
      {
        weight: 1,
        arbitrary: oneOf<Fields>(
          { type: 'array' },
          { type: 'string' },
          { nullable: true },
          { additionalProperties: true },
          { required: ['spec'] },
          { enum: [1] },
          { 'x-kubernetes-preserve-unknown-fields': true },
        ).map(outside => ({ inside: {}, outside })),
      },
      {
        weight: 1,
        arbitrary: oneOf<Fields>(
          { metadata: { type: 'string' } },
          { metadata: { type: 'object', properties: { labels: { type: 'object' } } } },
          { kind: { type: 'integer' } },
          { status: { type: 'string' } },
        ).map(properties => ({ inside: {}, outside: { properties } })),
      },
    ),
  )
  .map(([inner, chosen, { inside, ...rest }]): Fields => {
    // The embedded server is milder with rules over lists and maps.
    const shape = 'x-kubernetes-validations' in inside && chosen !== 'object' ? 'plain' : chosen
    const outside: Fields = 'outside' in rest ? rest.outside : {}
    return { type: 'object', ...specOf(shaped(inner, shape, inside)), ...outside }
  })

const listRules = [
  "self.all(x, x.matches('^[a-z]+$'))",
  'self.all(x, self.exists_one(y, x == y))',
  'self.all(x, self.exists(y, self.all(z, y != z && x != y)))',
  "self.map(x, x + '!').join(',').size() < 99",
  "self.exists(x, x.startsWith('a')) || self.size() > 3",
  "self.filter(x, x.size() > 2).all(x, x.contains('ab'))",
  "sets.contains(self, ['a', 'b'])",
  'self.isSorted()',
  'self == oldSelf',
  "self.size() == 0 || self[0].lowerAscii().replace('a', 'bc') == 'x'",
]

const mapRules = [
  'self.all(k, self[k] == k)',
  'self.all(k, self[k].matches(k))',
  "self.exists(k, k.endsWith('a') && self[k] > 'b')",
  'self.all(k, self.exists(l, self[k] == self[l] ? k == l : true))',
  "'a' in self && self['a'].split(',').all(x, x in self)",
]

const bound = (word: string, ...most: readonly number[]): fc.Arbitrary<Fields> => oneOf<Fields>({}, ...most.map(many => ({ [word]: many })))

/** Good rules that may cost too much, over values of which some are bounded; in a list of them, or alone. */
const costly: fc.Arbitrary<Fields> = fc
  .record({
    isList: fc.boolean(),
    text: bound('maxLength', 5, 100, 4_000),
    items: bound('maxItems', 3, 50, 2_000),
    entries: bound('maxProperties', 3, 50, 2_000),
    outer: bound('maxItems', 2, 100),
    within: fc.boolean(),
    which: fc.array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 3 }),
  })
  .map(({ entries, isList, items, outer, text, which, within }): Fields => {
    const all = isList ? listRules : mapRules
    const rules = rulesOf(which.map(i => ({ rule: all[i % all.length] ?? 'true' })))
    const inner: Fields = { type: 'string', ...text }
    const node: Fields = isList
      ? { type: 'array', items: inner, ...items, ...rules }
      : { type: 'object', additionalProperties: inner, ...entries, ...rules }
    return { type: 'object', ...specOf(within ? { type: 'array', items: node, ...outer } : node) }
  })

/** Definitions as people write them before they read the manual. They are only rehearsed. */
export const wrongDefinitions: fc.Arbitrary<Step> = fc
  .tuple(fc.oneof({ weight: 4, arbitrary: schema }, { weight: 1, arbitrary: costly }), fc.boolean())
  .map(([openAPIV3Schema, status]): Step => {
    const version: Fields = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }
    const versions: Value = [{ ...version, ...(status ? { subresources: { status: {} } } : {}) }]
    const given = gadgetDefinition(10, false)
    const body: Value = { ...given, spec: { ...(isFields(given['spec']) ? given['spec'] : {}), versions } }
    return { do: 'request', method: 'POST', resource: 'customresourcedefinitions', query: { dryRun: 'All' }, body }
  })
