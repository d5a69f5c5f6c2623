import type { Cause, SchemaNode } from './definition.ts'
import { forbidden, invalid, required } from './field-error.ts'
import { isObject } from './json.ts'
import { struct } from './quote.ts'

/** What is wrong with a schema at its root and told first; with the status subresource less is allowed there. */
export const validateRoot = (schema: SchemaNode, path: string, hasStatus: boolean): readonly Cause[] => [
  ...(hasStatus ? validateWordsBesideStatus(schema, path) : []),
  ...(schema.nullable === true ? [forbidden(`${path}.nullable`, 'nullable cannot be true at the root')] : []),
]

/** What is told after all that is wrong below: what every object is at its root. */
export const validateRootType = ({ additionalProperties, properties = {}, type }: SchemaNode, path: string): readonly Cause[] => {
  const { metadata, apiVersion, kind } = properties
  return [
    ...(type === undefined
      ? [required(`${path}.type`, 'must not be empty at the root')]
      : type === 'object'
        ? []
        : [invalid(`${path}.type`, type, 'must be object at the root')]),
    ...(additionalProperties === undefined ? [] : [forbidden(`${path}.additionalProperties`, 'must not be used at the root')]),
    ...Object.entries({ apiVersion, kind }).flatMap(([key, node]) =>
      node?.type === undefined || node.type === 'string' ? [] : [invalid(`${path}.properties[${key}].type`, node.type, 'must be string')],
    ),
    ...(metadata === undefined ? [] : validateMetadata(metadata, `${path}.properties[metadata]`)),
  ]
}

const validateMetadata = ({ properties = {}, type }: SchemaNode, path: string): readonly Cause[] => [
  ...(type === undefined || type === 'object' ? [] : [invalid(`${path}.type`, type, 'must be object')]),
  ...(Object.keys(properties).some(key => key !== 'name' && key !== 'generateName')
    ? [forbidden(path, 'must not specify anything other than name and generateName, but metadata is implicitly specified')]
    : []),
]

const besideStatus = 'if the status subresource is enabled'

/** The schema of a status is a part of the whole: nothing may be said at the root that the part would lose. */
const validateWordsBesideStatus = (schema: SchemaNode, path: string): readonly Cause[] => {
  for (const [field, zero] of internalFields) {
    const value = at(schema, field)
    if (value === undefined || value === zero) continue
    if (field === 'Type') {
      if (value === 'object') continue
      return [invalid(`${path}.type`, value, `only "object" is allowed as the type at the root of the schema ${besideStatus}`)]
    }
    if (!allowed.includes(field)) {
      const complaint = `only [${allowed.join(' ')}] fields are allowed at the root of the schema ${besideStatus}`
      return [invalid(path, internal(schema), complaint)]
    }
  }
  return []
}

const allowed: readonly string[] = [
  ...['Description', 'Type', 'Format', 'Title', 'Maximum', 'ExclusiveMaximum', 'Minimum', 'ExclusiveMinimum', 'MaxLength', 'MinLength'],
  ...['Pattern', 'MaxItems', 'MinItems', 'UniqueItems', 'MultipleOf', 'Required', 'Items', 'Properties', 'ExternalDocs', 'Example'],
  ...['XPreserveUnknownFields', 'XValidations'],
]

/** Fields of the API server's internal type in their order, with what stands in those that nobody set. */
const internalFields: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...['ID', 'Schema'].map(field => [field, ''] as const),
  ['Ref', null],
  ['Description', ''],
  ['Type', ''],
  ['Nullable', false],
  ['Format', ''],
  ['Title', ''],
  ['Default', null],
  ['Maximum', null],
  ['ExclusiveMaximum', false],
  ['Minimum', null],
  ['ExclusiveMinimum', false],
  ['MaxLength', null],
  ['MinLength', null],
  ['Pattern', ''],
  ['MaxItems', null],
  ['MinItems', null],
  ['UniqueItems', false],
  ...['MultipleOf', 'Enum', 'MaxProperties', 'MinProperties', 'Required', 'Items', 'AllOf', 'OneOf', 'AnyOf', 'Not'].map(
    field => [field, null] as const,
  ),
  ...['Properties', 'AdditionalProperties', 'PatternProperties', 'Dependencies', 'AdditionalItems', 'Definitions', 'ExternalDocs'].map(
    field => [field, null] as const,
  ),
  ['Example', null],
  ['XPreserveUnknownFields', null],
  ['XEmbeddedResource', false],
  ['XIntOrString', false],
  ...['XListMapKeys', 'XListType', 'XMapType', 'XValidations'].map(field => [field, null] as const),
])

/** `XListType` as a schema has it: `x-kubernetes-list-type`. */
const wordOf = (field: string): string => {
  if (field === 'ID') return 'id'
  if (field === 'Schema' || field === 'Ref') return `$${field.toLowerCase()}`
  return /^X[A-Z]/.test(field)
    ? `x-kubernetes${field.slice(1).replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
    : `${field[0]?.toLowerCase() ?? ''}${field.slice(1)}`
}

const at = (schema: SchemaNode, field: string): unknown => new Map(Object.entries(schema)).get(wordOf(field))

/** A schema as the API server's internal type prints it. */
const internal = (schema: SchemaNode): ReadonlyMap<string, unknown> =>
  struct(Object.fromEntries([...internalFields].map(([field, zero]) => [field, internalValue(field, at(schema, field)) ?? zero])), [
    ...internalFields.keys(),
  ])

const nested = (value: unknown): unknown => (isObject(value) ? internal(value) : value)

const internalValue = (field: string, value: unknown): unknown => {
  if (value === undefined) return undefined
  switch (field) {
    case 'Items':
      return struct({ Schema: nested(value), JSONSchemas: null }, ['Schema', 'JSONSchemas'])
    case 'AdditionalProperties':
      return struct({ Allows: value !== false, Schema: isObject(value) ? nested(value) : null }, ['Allows', 'Schema'])
    case 'AllOf':
    case 'OneOf':
    case 'AnyOf':
      return Array.isArray(value) ? value.map(nested) : value
    case 'Not':
      return nested(value)
    case 'Properties':
      return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, node]) => [key, nested(node)])) : value
    case 'XValidations':
      return Array.isArray(value) ? value.map(rule => (isObject(rule) ? internalRule(rule) : rule)) : value
    default:
      return value
  }
}

const ruleFields = ['Rule', 'Message', 'MessageExpression', 'Reason', 'FieldPath', 'OptionalOldSelf']

/** A rule as the API server's internal type prints it. */
export const internalRule = (rule: object): ReadonlyMap<string, unknown> => {
  const given = new Map<string, unknown>(Object.entries(rule))
  const text = (field: string): unknown => given.get(field) ?? ''
  const values = {
    Rule: text('rule'),
    Message: text('message'),
    MessageExpression: text('messageExpression'),
    Reason: given.get('reason') ?? null,
    FieldPath: text('fieldPath'),
    OptionalOldSelf: given.get('optionalOldSelf') ?? null,
  }
  return struct(values, ruleFields)
}
