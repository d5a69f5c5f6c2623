import type { Cause, SchemaNode } from './definition.ts'
import { forbidden } from './field-error.ts'
import { equal } from './json.ts'

const unsupported = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const

/** Words that are in no schema, nested or not. */
export const validateUnsupported = (node: SchemaNode, path: string): readonly Cause[] =>
  unsupported.filter(word => word in node).map(word => forbidden(`${path}.${word}`, `${word} is not supported`))

export const validateUniqueItems = (node: SchemaNode, path: string): readonly Cause[] =>
  node.uniqueItems === true
    ? [forbidden(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic')]
    : []

/** Schemas within allOf and its like, by where they stand, in the order in which kube-apiserver walks them. */
const conditionsOf = (node: SchemaNode, path: string): readonly (readonly [node: SchemaNode, path: string])[] => [
  ...(node.not === undefined ? [] : [[node.not, `${path}.not`] as const]),
  ...(['allOf', 'oneOf', 'anyOf'] as const).flatMap(word =>
    (node[word] ?? []).map((option, i) => [option, `${path}.${word}[${i}]`] as const),
  ),
]

/** Words that are in no schema, within the conditions of a node. */
export const unsupportedWithin = (node: SchemaNode, path: string): readonly Cause[] =>
  conditionsOf(node, path).flatMap(([option, at]) => unsupportedIn(option, at))

const unsupportedIn = (node: SchemaNode, path: string): readonly Cause[] => [
  ...validateUnsupported(node, path),
  ...validateUniqueItems(node, path),
  ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => unsupportedIn(child, `${path}.properties[${key}]`)),
  ...unsupportedWithin(node, path),
  ...(node.items === undefined || Array.isArray(node.items) ? [] : unsupportedIn(node.items, `${path}.items`)),
]

/** Does it say, here or below, what kube-apiserver cannot take for a structural schema, so that it does not ask whether it is one? */
export const isForeign = (node: SchemaNode): boolean =>
  '$schema' in node ||
  unsupported.some(word => word in node) ||
  Array.isArray(node.items) ||
  node['x-kubernetes-preserve-unknown-fields'] === false ||
  [
    ...Object.values(node.properties ?? {}),
    ...(node.items === undefined || Array.isArray(node.items) ? [] : [node.items]),
    ...(typeof node.additionalProperties === 'object' ? [node.additionalProperties] : []),
    ...conditionsOf(node, '').map(([option]) => option),
  ].some(isForeign)

/** Words that would make a second structure beside the first. */
const structural: readonly (readonly [word: keyof SchemaNode, complaint: string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
]

/** Where conditions may name a type all the same. */
export interface Types {
  /** May the condition name a type? */
  readonly here: boolean
  /** May the alternatives in its `anyOf`? */
  readonly inAnyOf: boolean
}

const noTypes: Types = { here: false, inAnyOf: false }

const isIntOrString = ([first, second, ...others]: readonly SchemaNode[] = []): boolean =>
  others.length === 0 && equal(first, { type: 'integer' }) && equal(second, { type: 'string' })

/** The two types of an int-or-string may be named, in this order and in two places. */
export const typesIn = (node: SchemaNode, word: 'allOf' | 'anyOf' | 'oneOf', index: number): Types =>
  node['x-kubernetes-int-or-string'] === true
    ? {
        here: word === 'anyOf' && isIntOrString(node.anyOf),
        inAnyOf: word === 'allOf' && index === 0 && isIntOrString(node.allOf?.[0]?.anyOf),
      }
    : noTypes

/** Inside allOf, anyOf, oneOf and not there are only conditions. */
export const validateNested = (node: SchemaNode, path: string, types: Types = noTypes): readonly Cause[] => {
  const wrong = structural.filter(([word]) => node[word] !== undefined && node[word] !== false && !(types.here && word === 'type'))
  return [
    ...wrong.map(([word, complaint]) => forbidden(`${path}.${word}`, complaint)),
    ...(node.properties?.['metadata'] === undefined
      ? []
      : [forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context')]),
    ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => validateNested(child, `${path}.properties[${key}]`)),
    ...(node.items === undefined ? [] : validateNested(node.items, `${path}.items`)),
    ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap(word =>
      (node[word] ?? []).flatMap((option, i) =>
        validateNested(option, `${path}.${word}[${i}]`, { ...noTypes, here: word === 'anyOf' && types.inAnyOf }),
      ),
    ),
    ...(node.not === undefined ? [] : validateNested(node.not, `${path}.not`)),
  ]
}
