import { describe, expect, it, test } from 'vitest'
import { type SchemaNode, definitionsOf } from './index.ts'

const causesOf = (openAPIV3Schema: object, rest: object = {}): readonly (readonly [string, string])[] =>
  definitionsOf({
    metadata: { name: 'widgets.example.test' },
    spec: {
      group: 'example.test',
      scope: 'Cluster',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema }, ...rest }],
    },
  }).causes.map(({ field, message }) => [field.replace('spec.validation.openAPIV3Schema', ''), message])

const withRule = (node: SchemaNode, rule: string): object => ({
  type: 'object',
  properties: { a: { ...node, 'x-kubernetes-validations': [{ rule }] } },
})

const text: SchemaNode = { type: 'string' }
const time: SchemaNode = { type: 'string', format: 'date-time' }
const number: SchemaNode = { type: 'integer' }
const numbers: SchemaNode = { type: 'object', maxProperties: 3, additionalProperties: number }
const thing: SchemaNode = { type: 'object', properties: { b: text, c: number } }

// Seen on 1.37.
describe('a rule is judged by the types of its schema', () => {
  it.each<[string, SchemaNode, string]>([
    ['self.x > 1', text, "1:5: type 'string' does not support field selection"],
    ['self.foo == 1', number, "1:5: type 'int' does not support field selection"],
    ["self.startsWith('a')", number, "1:16: found no matching overload for 'startsWith' applied to 'int.(string)'"],
    ['self + 1.0 > 2.0', number, "1:6: found no matching overload for '_+_' applied to '(int, double)'"],
    ['self == 1.0', number, "1:6: found no matching overload for '_==_' applied to '(int, double)'"],
    ['foo == 1', text, "1:1: undeclared reference to 'foo' (in container '')"],
    ['nothing(self)', text, "1:8: undeclared reference to 'nothing' (in container '')"],
    ['has(self.d)', thing, "1:4: undefined field 'd'"],
    ['has(self.x.y)', thing, "1:9: undefined field 'x'"],
    ['self.b in [1,2]', thing, "1:8: found no matching overload for '@in' applied to '(string, list(int))'"],
    ['1 in self', numbers, "1:3: found no matching overload for '@in' applied to '(int, map(string, int))'"],
    ["self.matches('(')", text, '1:14: invalid matches argument'],
    ["self['a'] == 'b'", text, "1:5: found no matching overload for '_[_]' applied to '(string, string)'"],
    ["self['a'] == 'b'", thing, "1:5: found no matching overload for '_[_]' applied to '(selfType1, string)'"],
    ["self['a'] == 'b'", time, "1:5: found no matching overload for '_[_]' applied to '(timestamp, string)'"],
    ['self[0] == 1', numbers, "1:5: found no matching overload for '_[_]' applied to '(map(string, int), int)'"],
    ['!self', text, "1:1: found no matching overload for '!_' applied to '(string)'"],
    ['self && true', text, "1:1: expected type 'bool' but found 'string'"],
    ["self == 'a'", time, "1:6: found no matching overload for '_==_' applied to '(timestamp, string)'"],
  ])('%s', (rule, node, complaint) => {
    const [[field, message] = ['', '']] = causesOf(withRule(node, rule))
    expect(field).toBe('.properties[a].x-kubernetes-validations[0].rule')
    expect(message).toContain(`compilation failed: ERROR: <input>:${complaint}\n | ${rule}\n`)
  })

  it.each<[string, SchemaNode]>([
    ['self > 1.5', number],
    ["self.all(k, self[k] > 1) && 'a' in self", numbers],
    ['has(self.b) && self.b.size() > self.c', thing],
    ['self == oldSelf', thing],
    ['self == null', thing],
    ['self != oldSelf', { type: 'array', maxItems: 3, items: thing }],
    ["self > timestamp('2020-01-01T00:00:00Z')", time],
    ["self['a'] == 1", numbers],
    ["self == 'a' || self == 1", { 'x-kubernetes-int-or-string': true }],
    ["self.matches('^a$')", { type: 'string', format: 'ipv4' }],
  ])('%s is good', (rule, node) => {
    expect(causesOf(withRule(node, rule))).toEqual([])
  })

  it.each<[object, readonly string[]]>([
    [{ rule: '', message: ' ' }, ['rule: Required value: rule is not specified']],
    [{ rule: 'true', message: ' ' }, ['message: Invalid value: " ": must be non-empty if specified']],
    [{ rule: 'self ==\nself', message: 'a\nb' }, ['message: Invalid value: "a\\nb": must not contain line breaks']],
    [{ rule: 'self ==\nself' }, ['message: Required value: message must be specified if rule contains line breaks']],
    [
      { rule: 'true', messageExpression: ' ', reason: 'Odd', fieldPath: ' ' },
      [
        'messageExpression: Required value: messageExpression must be non-empty if specified',
        expect.stringMatching(/^reason: Unsupported value: "Odd"/),
        'fieldPath: Invalid value: " ": must be non-empty if specified',
        'fieldPath: Invalid value: " ": must be a valid path',
      ],
    ],
  ])('the words of %j', (rule, complaints) => {
    const found = causesOf({ type: 'object', properties: { a: { type: 'string', 'x-kubernetes-validations': [rule] } } })
    expect(found.map(([field, message]) => `${field.split('.').at(-1) ?? ''}: ${message}`)).toEqual(complaints)
  })

  it('tells from the leaves up, and only where nothing else is wrong', () => {
    const rules = [{ rule: 'self.y' }]
    const spec = { type: 'object', 'x-kubernetes-validations': rules, properties: { b: { ...text, 'x-kubernetes-validations': rules } } }
    const fields = (schema: object): readonly string[] => causesOf(schema).map(([field]) => field)
    expect(fields({ type: 'object', properties: { spec } })).toEqual([
      '.properties[spec].properties[b].x-kubernetes-validations[0].rule',
      '.properties[spec].x-kubernetes-validations[0].rule',
    ])
    expect(fields({ type: 'object', properties: { spec, list: { type: 'array' } } })).toEqual(['.properties[list].items'])
  })
})

test('at its root a schema is an object, and says nothing that a status beside it would lose', () => {
  const status = { subresources: { status: {} } }
  const missing = ['.items', 'Required value: must be specified']
  const noObject = ['.type', 'Invalid value: "array": must be object at the root']
  expect(causesOf({ type: 'array' })).toEqual([missing, noObject])
  const onlyObject = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
  expect(causesOf({ type: 'array' }, status)).toEqual([['.type', `Invalid value: "array": ${onlyObject}`], missing, noObject])
  const [[field, message] = ['', '']] = causesOf({ type: 'object', enum: [1] }, status)
  expect(field).toBe('')
  expect(message).toMatch(/^Invalid value: \{"ID":"",.*"Enum":\[1\],.*\}: only \[Description Type .*\] fields are allowed at the root/)
  expect(causesOf({ type: 'object', enum: [1] })).toEqual([])
})

test.each(['a(?=b)', 'a(?<!b)', '(a)\\1'])('a pattern that only JavaScript knows is none: %s', pattern => {
  expect(causesOf({ type: 'object', properties: { a: { type: 'string', pattern } } })).toEqual([
    ['.properties[a].pattern', expect.stringContaining("must be a valid regular expression, but isn't")],
  ])
})

// Seen on 1.37.
describe('words that do not go into a schema', () => {
  const keyed = (items: object): object => ({
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['k'],
    items: { type: 'object', required: ['k'], properties: { k: { type: 'string' } }, ...items },
  })
  const embedded = (value: object): object => ({
    type: 'object',
    'x-kubernetes-embedded-resource': true,
    'x-kubernetes-preserve-unknown-fields': true,
    default: value,
  })
  it.each<[string, object, readonly string[]]>([
    ['patternProperties', { type: 'object', patternProperties: { a: text } }, ['Forbidden: patternProperties is not supported']],
    ['a list of what may be null', keyed({ nullable: true }), ['Forbidden: cannot be nullable when x-kubernetes-list-type is map']],
    [
      'a key that may be null',
      keyed({ properties: { k: { type: 'string', nullable: true } } }),
      ['Forbidden: this property is in x-kubernetes-list-map-keys, so it cannot be nullable'],
    ],
    [
      'a type of list that nobody knows, where no list is',
      { type: 'string', 'x-kubernetes-list-type': 'bag' },
      [
        'Invalid value: "string": must be array if x-kubernetes-list-type is specified',
        'Unsupported value: "bag": supported values: "atomic", "set", "map"',
      ],
    ],
    ['no dependencies', { type: 'object', dependencies: {} }, ['Forbidden: dependencies is not supported']],
    ['a name in a condition', { type: 'object', not: { id: 'x' } }, ['Forbidden: id is not supported']],
    [
      'lists in a set that are no whole',
      { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'array', 'x-kubernetes-list-type': 'set', items: text } },
      ['Invalid value: "set": must be atomic as item of a list with x-kubernetes-list-type=set'],
    ],
    ['an object by default that is none', embedded({}), ['Required value', 'Required value']],
  ])('%s', (_, a, complaints) => {
    expect(causesOf({ type: 'object', properties: { a } }).map(([, message]) => message)).toEqual(complaints)
  })
})

// Seen on 1.37.
describe('an int-or-string may name its two types', () => {
  const [integer, string] = [{ type: 'integer' }, { type: 'string' }]
  const taken = (words: object): readonly string[] =>
    causesOf({ type: 'object', properties: { a: { 'x-kubernetes-int-or-string': true, ...words } } }).map(([field]) => field)
  it.each([{ anyOf: [integer, string] }, { allOf: [{ anyOf: [integer, string] }, { minimum: 1 }] }])('%j', words => {
    expect(taken(words)).toEqual([])
  })
  it.each([
    { anyOf: [string, integer] },
    { anyOf: [{ ...integer, minimum: 1 }, string] },
    { anyOf: [integer, string, {}] },
    { allOf: [integer, string] },
    { allOf: [{ minimum: 1 }, { anyOf: [integer, string] }] },
  ])('not as %j', words => {
    expect(taken(words)).not.toEqual([])
  })
})

test('a dialect of JSON schema is told of where nothing else is wrong', () => {
  const $schema = 'http://json-schema.org/draft-04/schema#'
  const complaint = ['', `Invalid value: "": OpenAPIV3Schema 'schema' is not supported`]
  expect(causesOf({ type: 'object', properties: { a: { type: 'array', items: { ...text, $schema } } } })).toEqual([complaint])
  // Nobody asks whether it is structural.
  expect(causesOf({ type: 'object', $schema, properties: { a: {} } })).toEqual([complaint])
  const unique: SchemaNode = { type: 'array', items: text, uniqueItems: true }
  expect(causesOf({ type: 'object', $schema, properties: { a: {}, b: unique } })).toMatchObject([
    ['.properties[b].uniqueItems', expect.anything()],
  ])
})

// Seen on 1.37.
test('what is not structural is told first, by the alphabet; then what is a default and none; then all else, with what rules say', () => {
  const unique: SchemaNode = { type: 'array', items: text, uniqueItems: true }
  const wrong: SchemaNode = { type: 'string', default: 5 }
  const rule: SchemaNode = { ...thing, 'x-kubernetes-validations': [{ rule: 'self.nope == 1' }] }
  const fieldsOf = (properties: Readonly<Record<string, SchemaNode>>): readonly string[] =>
    causesOf({ type: 'object', properties }).map(([field]) => field)
  expect(fieldsOf({ z: {}, u: unique, w: wrong, b: { type: 'array' }, r: rule })).toEqual([
    '.properties[b].items',
    '.properties[z].type',
    '.properties[u].uniqueItems',
  ])
  expect(fieldsOf({ u: unique, w: wrong, r: rule })).toEqual(['.properties[w].default', '.properties[u].uniqueItems'])
  expect(fieldsOf({ u: unique, r: rule })).toEqual(['.properties[u].uniqueItems', '.properties[r].x-kubernetes-validations[0].rule'])
  expect(fieldsOf({ z: { $ref: '#/a' } as SchemaNode, b: {}, r: rule })).toEqual(['.properties[z].$ref'])
})

test('a default of the root is a whole object, and what is in each object has none', () => {
  const root = { type: 'object', properties: { spec: { type: 'object' } } }
  expect(causesOf({ ...root, default: { x: 1 } })).toEqual([
    ['.default', 'Invalid value: {"x":1}: must not have unknown fields'],
    ['.default.apiVersion', 'Required value'],
    ['.default.kind', 'Required value'],
  ])
  expect(causesOf({ ...root, default: { apiVersion: 'v1', kind: 'A', metadata: { name: 'a' } } })).toEqual([])
  const metadata = { type: 'object', properties: { name: { type: 'string', default: 'a' } } }
  expect(causesOf({ type: 'object', properties: { metadata } })).toEqual([
    ['.properties[metadata].properties[name].default', 'Forbidden: must not be set in top-level metadata'],
  ])
})

// Seen on 1.37.
test('conditions at the root speak of what the schema has', () => {
  const schema: SchemaNode = {
    type: 'object',
    properties: { a: { ...thing, anyOf: [{ properties: { x: { minLength: 1 } } }] } },
    anyOf: [{ required: ['b'], properties: { b: { minLength: 1 }, a: { properties: { b: { minLength: 1 }, d: {} } } } }],
    not: { allOf: [{ properties: { a: { items: { minimum: 1 } } } }] },
  }
  expect(causesOf(schema)).toEqual([
    ['.properties[a].items', 'Required value: because it is defined in spec.validation.openAPIV3Schema.not.allOf[0].properties[a].items'],
    [
      '.properties[a].properties[d]',
      'Required value: because it is defined in spec.validation.openAPIV3Schema.anyOf[0].properties[a].properties[d]',
    ],
    ['.properties[b]', 'Required value: because it is defined in spec.validation.openAPIV3Schema.anyOf[0].properties[b]'],
  ])
})
