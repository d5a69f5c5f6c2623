import { validateRoot, validateRootType } from './crd-root.ts'
import { validateCompleteness } from './crd-complete.ts'
import { type Expense, type Occurrences, occurrencesBelow, tooCostlyTogether } from './crd-costs.ts'
import { validateRuleExpressions, validateRuleWords } from './crd-rules.ts'
import { mustBe, validateLists } from './crd-lists.ts'
import { isForeign, typesIn, unsupportedWithin, validateNested, validateUniqueItems, validateUnsupported } from './crd-nested.ts'
import type { Cause, SchemaNode } from './definition.ts'
import { forbidden, invalid, notSupported, required } from './field-error.ts'
import { equal } from './json.ts'
import { patternOf } from './pattern.ts'
import { prune } from './prune.ts'
import { validateEmbedded } from './validate-embedded.ts'
import { validateValue } from './validate-value.ts'

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']

/**
 * Is the schema structural: does every value have one known type? And do its words fit together? `path` is where it stands in the CRD.
 * What is not structural is told first, in order of the alphabet; then defaults, where all is; then the rest, and at last what rules say
 * and cost. Where some word is in no schema, nobody asks for structure or rules.
 */
export const validateStructure = (schema: SchemaNode, path: string, hasStatus: boolean): readonly Cause[] => {
  const found = validateNode(schema, path, 'root', 1n)
  const rest = [...validateKnownType(schema, path), ...found.schema]
  const root = validateRoot(schema, path, hasStatus)
  if (isForeign(schema)) {
    const wrong = [...root, ...rest]
    return wrong.length > 0 ? wrong : [invalid(path, '', "OpenAPIV3Schema 'schema' is not supported")]
  }
  const structure = inOrder([...found.structure, ...validateRootType(schema, path), ...validateCompleteness(schema, path)])
  const first = structure.length > 0 ? structure : found.defaults
  if (first.length > 0) return [...root, ...first, ...rest]
  return [...root, ...rest, ...found.rules, ...tooCostlyTogether(path, found.expenses)]
}

const inOrder = (causes: readonly Cause[]): readonly Cause[] => {
  const textOf = ({ field, message }: Cause): string => `${field}: ${message}`
  return causes.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0))
}

type Place = 'root' | 'field' | 'item'

interface Findings {
  readonly structure: readonly Cause[]
  readonly defaults: readonly Cause[]
  readonly schema: readonly Cause[]
  /** About expressions of rules: from the leaves up, and only of nodes in and below which nothing else is wrong. */
  readonly rules: readonly Cause[]
  readonly expenses: readonly Expense[]
}

const rootFields: readonly string[] = ['apiVersion', 'kind', 'metadata']

/** `within` is the list above whose items have no identity, `inRoot` the field of each object below which nothing has a default. */
const validateNode = (
  node: SchemaNode,
  path: string,
  place: Place,
  occurrences: Occurrences,
  within?: string,
  inRoot?: string,
): Findings => {
  const { properties, items, additionalProperties } = node
  const belowItems = within ?? (node['x-kubernetes-list-type'] === 'map' ? undefined : path)
  const each = occurrencesBelow(node, occurrences)
  const values =
    typeof additionalProperties === 'object'
      ? [validateNode(additionalProperties, `${path}.additionalProperties`, 'field', each, within, inRoot)]
      : []
  const fields = Object.entries(properties ?? {}).map(([key, child]) =>
    validateNode(child, `${path}.properties[${key}]`, 'field', each, within, place === 'root' && rootFields.includes(key) ? key : inRoot),
  )
  const inList = Array.isArray(items) || items === undefined ? [] : [validateNode(items, `${path}.items`, 'item', each, belowItems, inRoot)]
  const below = [...values, ...fields, ...inList]
  const rulePlace = { isRoot: place === 'root', within, occurrences }
  const schema = [
    ...(place === 'root' ? [] : validateKnownType(node, path)),
    ...(inRoot === undefined ? [] : forbidDefault(node, path, inRoot)),
    ...validateWords(node, path),
    ...[...values, ...fields].flatMap(found => found.schema),
    ...unsupportedWithin(node, path),
    ...inList.flatMap(found => found.schema),
    ...(node['x-kubernetes-preserve-unknown-fields'] === false
      ? [invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined')]
      : []),
    ...validateLists(node, path),
    ...validateRuleWords(node, path, rulePlace),
  ]
  const structure = [
    ...validateType(node, path, place),
    ...validateExtensions(node, path),
    ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap(word =>
      (node[word] ?? []).flatMap((option, i) => validateNested(option, `${path}.${word}[${i}]`, typesIn(node, word, i))),
    ),
    ...(node.not === undefined ? [] : validateNested(node.not, `${path}.not`)),
    ...below.flatMap(found => found.structure),
  ]
  const defaults = [...(inRoot === undefined ? validateDefault(node, path, place) : []), ...below.flatMap(found => found.defaults)]
  const isGood = schema.length + structure.length + defaults.length === 0
  const own = isGood ? validateRuleExpressions(node, path, rulePlace) : { causes: [], expenses: [] }
  return {
    structure,
    defaults,
    schema,
    rules: [...below.flatMap(found => found.rules), ...own.causes],
    expenses: [...below.flatMap(found => found.expenses), ...own.expenses],
  }
}

const validateType = (node: SchemaNode, path: string, place: Place): readonly Cause[] => {
  const { type } = node
  const free = (['int-or-string', 'preserve-unknown-fields', 'embedded-resource'] as const).some(
    word => node[`x-kubernetes-${word}`] === true,
  )
  if (type === undefined) {
    return free || place === 'root'
      ? []
      : [
          required(
            `${path}.type`,
            place === 'item' ? 'must not be empty for specified array items' : 'must not be empty for specified object fields',
          ),
        ]
  }
  return type === 'array' && node.items === undefined ? [required(`${path}.items`, 'must be specified')] : []
}

const validateKnownType = ({ type }: SchemaNode, path: string): readonly Cause[] =>
  type === undefined || types.includes(type) ? [] : [notSupported(`${path}.type`, type, types)]

const validateWords = (node: SchemaNode, path: string): readonly Cause[] => {
  // The type says that it can't be: people write it all the same.
  const given: string | undefined = node.type
  return [
    ...validateUnsupported(node, path),
    ...(given === 'null' ? [forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative')] : []),
    ...(Array.isArray(node.items) ? [forbidden(`${path}.items`, 'items must be a schema object and not an array')] : []),
    ...validateUniqueItems(node, path),
    ...(typeof node.additionalProperties === 'object' && node.properties !== undefined
      ? [forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')]
      : []),
  ]
}

/** What does not go together with being a whole object, or a number or a string; and patterns that are none. */
const validateExtensions = (node: SchemaNode, path: string): readonly Cause[] => {
  const causes: Cause[] = []
  if (node['x-kubernetes-embedded-resource'] === true) {
    if (node.additionalProperties !== undefined)
      causes.push(forbidden(`${path}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set'))
    if (node.properties === undefined && node['x-kubernetes-preserve-unknown-fields'] !== true) {
      causes.push(
        required(
          `${path}.properties`,
          'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
        ),
      )
    }
    causes.push(...mustBe('object', node, path, 'x-kubernetes-embedded-resource is true'))
  }
  if (node['x-kubernetes-int-or-string'] === true)
    for (const word of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const)
      if (node[word] === true) causes.push(invalid(`${path}.${word}`, true, 'must be false if x-kubernetes-int-or-string is true'))
  if (node.pattern !== undefined) causes.push(...validatePattern(node.pattern, `${path}.pattern`))
  return causes
}

const validatePattern = (pattern: string, field: string): readonly Cause[] => {
  try {
    patternOf(pattern)
    return []
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    // The API server quotes Go's parser here; the reason is ours.
    return [invalid(field, pattern, `must be a valid regular expression, but isn't: ${error.message}`)]
  }
}

const validateDefault = (given: SchemaNode, path: string, place: Place): readonly Cause[] => {
  const value = given.default
  if (value === undefined || value === null) return []
  // A whole object needs what all objects need.
  const node: SchemaNode = place === 'root' ? { ...given, 'x-kubernetes-embedded-resource': true } : given
  const { object } = prune({ type: 'object', properties: { value: node } }, { value })
  const unknown = equal(object['value'], value) ? [] : [invalid(`${path}.default`, value, 'must not have unknown fields')]
  const embedded = validateEmbedded({ properties: { default: node } }, { default: value }, path)
  if (embedded.length > 0) return [...unknown, ...embedded]
  const causes = validateValue(node, value, '').causes.map(cause => ({
    ...cause,
    field: `${path}.default${cause.field === '<nil>' ? '' : `.${cause.field}`}`,
  }))
  return [...unknown, ...causes]
}

const forbidDefault = (node: SchemaNode, path: string, field: string): readonly Cause[] =>
  node.default === undefined || node.default === null ? [] : [forbidden(`${path}.default`, `must not be set in top-level ${field}`)]
