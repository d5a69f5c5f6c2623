import { isFields, spell } from './memory.ts'
import { withoutServersWords } from './openapi-words.ts'
import type { ResourceName } from './resources.ts'
import type { Seen } from './normalise.ts'
import type { Step } from './script.ts'

/** One thing in which the embedded server is meant to differ, or may for now. The comparison forgives exactly these. */
export interface Difference {
  readonly name: string
  readonly what: string
  readonly why: string
  /** The answer without it. Applied to both sides alike. */
  without(seen: Seen, step: Step): Seen
}

const withoutKey = (value: unknown, key: string): unknown => {
  if (Array.isArray(value)) return value.map(item => withoutKey(item, key))
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).flatMap(([k, item]) => (k === key ? [] : [[k, withoutKey(item, key)]])))
}

/** The answer with another text in the place of some. */
const withText = (value: unknown, pattern: RegExp, replacement: string): unknown => {
  if (typeof value === 'string') return value.replace(pattern, replacement)
  if (Array.isArray(value)) return value.map(item => withText(item, pattern, replacement))
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withText(item, pattern, replacement)]))
}

const withoutDescriptions = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutDescriptions)
  if (!isFields(value)) return value
  const { columnDefinitions, columns, ...rest } = value
  const walked = Object.entries(rest).map(([key, item]) => [key, withoutDescriptions(item)] as const)
  return {
    ...Object.fromEntries(walked),
    ...(columnDefinitions === undefined ? {} : { columnDefinitions: withoutKey(columnDefinitions, 'description') }),
    ...(columns === undefined ? {} : { columns: withoutKey(columns, 'description') }),
  }
}

const custom: ReadonlySet<ResourceName> = new Set(['nodeclasses', 'nodesets', 'widgets', 'gadgets', 'newgadgets', 'gizmos'])

/** Causes in an order of ours; a message with several of them is cut before them. */
const withoutOrder = (seen: Seen, { resource }: Step): Seen => {
  const { body } = seen
  if (!custom.has(resource) || !isFields(body) || !isFields(body['details'])) return seen
  const { causes } = body['details']
  if (!Array.isArray(causes) || causes.length < 2) return seen
  const sorted = causes.map(cause => JSON.stringify(cause)).toSorted()
  return {
    ...seen,
    body: { ...body, message: spell(body['message']).replace(/ is invalid: .*/s, ''), details: { ...body['details'], causes: sorted } },
  }
}

/** Fields that kube-apiserver walks as Go maps: of any object, and of a CustomResourceDefinition. */
const maps = /^(metadata\.(labels|annotations)$|status\.storedVersions\[|spec\.(versions\[\d+\]|validation)\.(schema\.)?openAPIV3Schema\b)/

/** Causes about several entries of such maps in an order of ours, all others as they are; the message, which tells them too, is cut. */
const withoutOrderOfMaps = (seen: Seen): Seen => {
  const { body } = seen
  const details = isFields(body) ? body['details'] : undefined
  const causes = isFields(details) ? details['causes'] : undefined
  if (!isFields(body) || !isFields(details) || !Array.isArray(causes)) return seen
  const isOfMap = (cause: unknown): boolean => isFields(cause) && maps.test(spell(cause['field']))
  const ofMaps = causes.filter(isOfMap).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (ofMaps.length < 2) return seen
  const sorted = causes.map(cause => (isOfMap(cause) ? ofMaps.shift() : cause))
  const message = spell(body['message']).replace(/ is invalid: .*/s, '')
  return { ...seen, body: { ...body, message, details: { ...details, causes: sorted } } }
}

/** What a refused patch made of the object, as the message and its one cause quote it. */
const echo = /(Invalid value: )("\{(?:[^"\\]|\\.)*\}")/g

const isRefusedPatch = ({ body }: Seen): boolean => {
  const details = isFields(body) ? body['details'] : undefined
  const causes = isFields(details) ? details['causes'] : undefined
  return Array.isArray(causes) && causes.every(cause => isFields(cause) && cause['field'] === 'patch')
}

const withSortedFields = (value: unknown): unknown => {
  if (typeof value === 'string')
    return value.replace(echo, (all, before: string, quoted: string) => {
      // Go quotes text as JSON does, or the two are compared as they are.
      const inner = parsed(parsed(quoted))
      return inner === undefined ? all : `${before}${JSON.stringify(sortedFields(inner))}`
    })
  if (Array.isArray(value)) return value.map(withSortedFields)
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withSortedFields(item)]))
}

const parsed = (text: unknown): unknown => {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Entries stand in the order of their times, in whole seconds, which two servers do not share. */
const inNoOrder = (value: unknown): unknown =>
  Array.isArray(value) ? value.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : value

const sortedFields = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortedFields)
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, key === 'managedFields' ? inNoOrder(sortedFields(item)) : sortedFields(item)]),
  )
}

/** Those of one manager keep their order; the message names managers in order of the alphabet already. */
const withManagersInOrder = (seen: Seen): Seen => {
  const { body } = seen
  const details = isFields(body) ? body['details'] : undefined
  const causes = isFields(details) ? details['causes'] : undefined
  if (!isFields(body) || !isFields(details) || !Array.isArray(causes)) return seen
  if (!causes.every(cause => isFields(cause) && cause['reason'] === 'FieldManagerConflict')) return seen
  const manager = (cause: unknown): string => (isFields(cause) ? spell(cause['message']) : '')
  const sorted = causes.toSorted((a, b) => (manager(a) < manager(b) ? -1 : manager(a) > manager(b) ? 1 : 0))
  return { ...seen, body: { ...body, details: { ...details, causes: sorted } } }
}

const brokenRule = /(compilation failed: )ERROR: <input>:\d+:\d+: (?:Syntax error|Unexpected|Expected|Ternary|.*'_\?_:_')[^]*/

export const differences: readonly Difference[] = [
  {
    name: 'column-descriptions',
    what: 'Columns of tables have no descriptions.',
    why: 'They are sentences of the Kubernetes project, which no program reads.',
    // Border: as above.
    without: seen => withoutDescriptions(seen) as Seen,
  },
  {
    name: 'parser-errors',
    what: 'What a JSON parser says of text that is no JSON (in a continue token) is worded differently.',
    why: 'The words come from the parser: there Go, here JavaScript. Status and reason are the same.',
    // Border: as above.
    without: seen => withText(seen, /(continue key is not valid: ).*/, '$1...') as Seen,
  },
  {
    name: 'pattern-errors',
    what: 'Why a pattern in a schema is none is worded differently.',
    why: 'The words come from the parser of regular expressions. What Go does not know (looking around, references) is refused here too.',
    // Border: as above.
    without: seen => withText(seen, /(must be a valid regular expression, but isn't: )[^]*/, '$1...') as Seen,
  },
  {
    name: 'rule-errors',
    what: 'What CEL says of a rule that is no expression, or chooses between values of two types, is worded differently.',
    why: 'The words come from the parser, and the place that it marks. Unknown names, fields and overloads read the same.',
    // Border: as above.
    without: seen => withText(seen, brokenRule, '$1...') as Seen,
  },
  {
    name: 'names-of-rule-types',
    what: 'The number in the name of the type of an object, where a rule makes something of it that it is not.',
    why: 'kube-apiserver draws it anew each time.',
    // Border: as above.
    without: seen => withText(seen, /selfType\d+/g, 'selfType') as Seen,
  },
  {
    name: 'pod-update-diff',
    what: 'Refusing a change of a Pod, kube-apiserver appends a diff of its internal types to the message.',
    why: 'It shows names of Go fields that exist nowhere else; the sentence before it is the same.',
    // Border: as above.
    without: seen => withText(seen, /(if it was previously negative\))(\n[^]*|\])$/, '$1') as Seen,
  },
  {
    name: 'order-of-causes',
    what: 'Where several things are wrong with an object of a custom kind, the order in which they are told.',
    why: 'kube-apiserver walks properties in the random order of a Go map: it changes from one request to the next.',
    without: withoutOrder,
  },
  {
    name: 'order-of-maps',
    what: 'Where several labels or annotations are wrong, or properties or stored versions of a definition, which one is told first.',
    why: 'kube-apiserver walks them in the random order of a Go map: it changes from one request to the next.',
    without: withoutOrderOfMaps,
  },
  {
    name: 'order-of-echoed-fields',
    what: 'A patch that makes no good object is refused with the object as text: the order of its fields and of its `managedFields`.',
    why: 'It writes fields in the order of its Go structs, which is published nowhere, and `managedFields` by time. Content is the same.',
    without: seen => (isRefusedPatch(seen) ? { ...seen, body: withSortedFields(seen.body) } : seen),
  },
  {
    name: 'order-of-managers',
    what: 'Where an apply is in conflict with several managers, which one the causes begin with.',
    why: 'kube-apiserver walks managers in the random order of a Go map: it changes from one request to the next.',
    without: withManagersInOrder,
  },
  {
    name: 'words-of-documents',
    what: 'Descriptions of operations, parameters, built-in types and the fields that any object has, in OpenAPI documents.',
    why: 'They are sentences of the Kubernetes project: here are none, or others. What the author of a definition wrote is the same;',
    without: (seen, { resource }) => (resource === 'openapi' ? { ...seen, body: withoutServersWords(seen.body) } : seen),
  },
  {
    name: 'type-of-the-index',
    what: 'The list of OpenAPI documents comes as `application/json`.',
    why: 'There it is JSON that is said to be `text/plain`.',
    without: (seen, { resource }) => (resource === 'openapis' ? { ...seen, contentType: '' } : seen),
  },
]
