import { validateRuleDeclarations } from './crd-rules.ts'
import type { Cause, SchemaNode } from './definition.ts'
import { forbidden, invalid, notSupported, required } from './field-error.ts'
import { equal } from './json.ts'
import { patternOf } from './pattern.ts'
import { prune } from './prune.ts'
import { validateValue } from './validate-value.ts'

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']

/** Is the schema structural: does every value have one known type? And do its words fit together? `path` is where it stands in the CRD. */
export const validateStructure = (schema: SchemaNode, path: string): readonly Cause[] => {
  const root: Cause[] = []
  if (schema.type === undefined) root.push(required(`${path}.type`, 'must not be empty at the root'))
  else if (schema.type !== 'object') root.push(invalid(`${path}.type`, schema.type, 'must be object at the root'))
  if (schema.nullable === true) root.push(forbidden(`${path}.nullable`, 'nullable cannot be true at the root'))
  const { metadata, apiVersion, kind } = schema.properties ?? {}
  if (metadata !== undefined && Object.keys(metadata.properties ?? {}).some(key => key !== 'name' && key !== 'generateName')) {
    root.push(
      forbidden(
        `${path}.properties[metadata]`,
        'must not specify anything other than name and generateName, but metadata is implicitly specified',
      ),
    )
  }
  for (const [key, node] of Object.entries({ apiVersion, kind })) {
    if (node?.type !== undefined && node.type !== 'string')
      root.push(invalid(`${path}.properties[${key}].type`, node.type, 'must be string'))
  }
  return root.length > 0 ? root : validateNode(schema, path, 'root')
}

type Place = 'root' | 'field' | 'item'

const validateNode = (node: SchemaNode, path: string, place: Place, within?: string): readonly Cause[] => {
  const { properties, items, additionalProperties } = node
  const belowItems = within ?? (node['x-kubernetes-list-type'] === 'map' ? undefined : path)
  return [
    ...validateType(node, path, place),
    ...validateWords(node, path),
    ...validateLists(node, path),
    ...validateDefault(node, path),
    ...validateRuleDeclarations(node, path, { isRoot: place === 'root', within }),
    ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap(word =>
      (node[word] ?? []).flatMap((option, i) => validateNested(option, `${path}.${word}[${i}]`, node)),
    ),
    ...(node.not === undefined ? [] : validateNested(node.not, `${path}.not`, node)),
    ...Object.entries(properties ?? {}).flatMap(([key, child]) => validateNode(child, `${path}.properties[${key}]`, 'field', within)),
    ...(Array.isArray(items) || items === undefined ? [] : validateNode(items, `${path}.items`, 'item', belowItems)),
    ...(typeof additionalProperties === 'object'
      ? validateNode(additionalProperties, `${path}.additionalProperties`, 'field', within)
      : []),
  ]
}

const validateType = (node: SchemaNode, path: string, place: Place): readonly Cause[] => {
  const { type } = node
  const free = node['x-kubernetes-int-or-string'] === true || node['x-kubernetes-preserve-unknown-fields'] === true
  if (type === undefined) {
    return free || '$ref' in node
      ? []
      : [
          required(
            `${path}.type`,
            place === 'item' ? 'must not be empty for specified array items' : 'must not be empty for specified object fields',
          ),
        ]
  }
  const known = types.includes(type) ? [] : [notSupported(`${path}.type`, type, types)]
  // The type says that it can't be: people write it all the same.
  const given: string = type
  const isNull = given === 'null' ? [forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative')] : []
  const noItems = type === 'array' && node.items === undefined ? [required(`${path}.items`, 'must be specified')] : []
  return [...known, ...isNull, ...noItems]
}

const validateWords = (node: SchemaNode, path: string): readonly Cause[] => {
  const causes: Cause[] = []
  if (Array.isArray(node.items)) causes.push(forbidden(`${path}.items`, 'items must be a schema object and not an array'))
  if ('$ref' in node) causes.push(forbidden(`${path}.$ref`, '$ref is not supported'))
  if (node.uniqueItems === true)
    causes.push(forbidden(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'))
  if (typeof node.additionalProperties === 'object' && node.properties !== undefined) {
    causes.push(forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'))
  }
  if (node['x-kubernetes-preserve-unknown-fields'] === false) {
    causes.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'))
  }
  if (node['x-kubernetes-embedded-resource'] === true) {
    if (node.properties === undefined && node['x-kubernetes-preserve-unknown-fields'] !== true) {
      causes.push(
        required(
          `${path}.properties`,
          'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
        ),
      )
    }
    if (node.type !== 'object') causes.push(invalid(`${path}.type`, node.type, 'must be object if x-kubernetes-embedded-resource is true'))
  }
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

const validateLists = (node: SchemaNode, path: string): readonly Cause[] => {
  const causes: Cause[] = []
  const listType = node['x-kubernetes-list-type']
  const mapType = node['x-kubernetes-map-type']
  const keys = node['x-kubernetes-list-map-keys'] ?? []
  if (listType !== undefined && node.type !== 'array')
    causes.push(invalid(`${path}.type`, node.type, 'must be array if x-kubernetes-list-type is specified'))
  else if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType)) {
    causes.push(notSupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map']))
  }
  if (mapType !== undefined && node.type !== 'object')
    causes.push(invalid(`${path}.type`, node.type, 'must be object if x-kubernetes-map-type is specified'))
  else if (mapType !== undefined && !['atomic', 'granular'].includes(mapType)) {
    causes.push(notSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']))
  }
  if (keys.length > 0 && listType !== 'map') {
    causes.push(required(`${path}.x-kubernetes-list-type`, 'must be map if x-kubernetes-list-map-keys is non-empty'))
  }
  if (listType === 'set' && (node.items?.type === 'object' || node.items?.type === 'array'))
    causes.push(...validateSetItems(node.items, `${path}.items`))
  if (listType === 'map' && node.type === 'array') causes.push(...validateMapKeys(node, keys, path))
  return causes
}

/** Items of a set count as a whole, so they must be owned as a whole. */
const validateSetItems = (items: SchemaNode, path: string): readonly Cause[] => {
  const word = items.type === 'object' ? 'x-kubernetes-map-type' : 'x-kubernetes-list-type'
  return items[word] === 'atomic'
    ? []
    : [invalid(`${path}.${word}`, items[word] ?? null, 'must be atomic as item of a list with x-kubernetes-list-type=set')]
}

const validateMapKeys = (node: SchemaNode, keys: readonly string[], path: string): readonly Cause[] => {
  const field = `${path}.x-kubernetes-list-map-keys`
  const items = node.items ?? {}
  if (keys.length === 0) return [required(field, 'must not be empty if x-kubernetes-list-type is map')]
  if (items.type !== 'object')
    return [invalid(`${path}.items.type`, items.type, "must be object if parent array's x-kubernetes-list-type is map")]
  if (keys.some(key => items.properties?.[key] === undefined)) return [invalid(field, keys, 'entries must all be names of item properties')]
  return [
    ...(new Set(keys).size === keys.length ? [] : [invalid(field, keys, 'must not contain duplicate entries')]),
    ...[...new Set(keys)].flatMap(key =>
      items.required?.includes(key) === true || items.properties?.[key]?.default !== undefined
        ? []
        : [
            required(
              `${path}.items.properties[${key}].default`,
              'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
            ),
          ],
    ),
  ]
}

const validateDefault = (node: SchemaNode, path: string): readonly Cause[] => {
  const value = node.default
  if (value === undefined || value === null) return []
  const { object } = prune({ type: 'object', properties: { value: node } }, { value })
  if (!equal(object['value'], value)) return [invalid(`${path}.default`, value, 'must not have unknown fields')]
  return validateValue(node, value, '').causes.map(cause => ({
    ...cause,
    field: `${path}.default${cause.field === '<nil>' ? '' : `.${cause.field}`}`,
  }))
}

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

/** Inside allOf, anyOf, oneOf and not there are only conditions. The two types of an int-or-string are the exception. */
const validateNested = (node: SchemaNode, path: string, parent: SchemaNode): readonly Cause[] => {
  const pair =
    parent['x-kubernetes-int-or-string'] === true && (node.type === 'integer' || node.type === 'string') && /(any|all)Of\[\d+\]$/.test(path)
  const wrong = structural.filter(([word]) => node[word] !== undefined && node[word] !== false && !(pair && word === 'type'))
  return [
    ...wrong.map(([word, complaint]) => forbidden(`${path}.${word}`, complaint)),
    ...(node.properties?.['metadata'] === undefined
      ? []
      : [forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context')]),
    ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => validateNested(child, `${path}.properties[${key}]`, {})),
    ...(node.items === undefined ? [] : validateNested(node.items, `${path}.items`, {})),
    ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap(word =>
      (node[word] ?? []).flatMap((option, i) => validateNested(option, `${path}.${word}[${i}]`, pairOf(parent, word))),
    ),
    ...(node.not === undefined ? [] : validateNested(node.not, `${path}.not`, {})),
  ]
}

const pairOf = (parent: SchemaNode, word: 'allOf' | 'anyOf' | 'oneOf'): SchemaNode => (word === 'anyOf' ? parent : {})
