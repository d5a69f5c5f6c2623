import { objectMetaType } from '../schema/builtin.ts'
import type { JsonObject, ResourceDefinition } from '../schema/index.ts'
import { isObject } from '../schema/json.ts'
import { gvksOf, withReference } from './refs.ts'
import { words } from './words.ts'

const typed = (description: string): JsonObject => ({ type: 'string', description })

const own: JsonObject = {
  apiVersion: typed(words.apiVersion),
  kind: typed(words.kind),
  metadata: withReference({ description: words.metadata }, objectMetaType),
}

/** A custom kind as its document has it: the author's schema, with the fields that any object has. */
export const customSchema = (definition: ResourceDefinition): JsonObject => {
  const { 'x-kubernetes-embedded-resource': _root, ...schema } = definition.schema ?? { type: 'object' }
  const { properties, ...rest } = published({ ...schema })
  return {
    ...rest,
    properties: { ...(isObject(properties) ? properties : {}), ...own },
    ...gvksOf(definition),
    ...selectableOf(definition),
  }
}

/** Fields by which lists of the kind can be asked for. */
export const selectableOf = ({ selectableFields = [] }: ResourceDefinition): JsonObject =>
  selectableFields.length === 0
    ? {}
    : { 'x-kubernetes-selectable-fields': selectableFields.map(path => ({ fieldPath: path.replace(/^\./, '') })) }

const isSaid = (value: unknown): boolean => {
  if (value === false || value === '' || value === null || value === undefined) return false
  return !(Array.isArray(value) && value.length === 0)
}

/** Where nothing, "" and `false` are values, too. */
const values: ReadonlySet<string> = new Set(['additionalProperties', 'default', 'enum', 'example'])
const nested: ReadonlySet<string> = new Set(['items', 'not'])
const alternatives: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf'])

const published = (node: unknown): JsonObject => (isObject(node) ? unfolded(embedded(walked(node, published))) : {})

/** Within allOf and its like nothing is a field of its own. */
const judged = (node: unknown): JsonObject => (isObject(node) ? walked(node, judged) : {})

const walked = (node: JsonObject, inner: (node: unknown) => JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(node).flatMap(([word, value]): readonly (readonly [string, unknown])[] => {
      if (word === 'properties' && isObject(value)) {
        const fields = Object.entries(value).map(([key, child]) => [key, inner(child)])
        return fields.length === 0 ? [] : [[word, Object.fromEntries(fields)]]
      }
      if (nested.has(word) && isObject(value)) return [[word, inner(value)]]
      if (word === 'additionalProperties' && isObject(value)) return [[word, inner(value)]]
      if (alternatives.has(word) && Array.isArray(value)) return value.length === 0 ? [] : [[word, value.map(judged)]]
      if (word === 'x-kubernetes-validations' && Array.isArray(value)) return value.length === 0 ? [] : [[word, value.map(said)]]
      if (values.has(word)) return value === null || (Array.isArray(value) && value.length === 0 && word === 'enum') ? [] : [[word, value]]
      return isSaid(value) ? [[word, value]] : []
    }),
  )

const said = (rule: unknown): unknown =>
  isObject(rule)
    ? Object.fromEntries(Object.entries(rule).filter(([key, value]) => (key === 'optionalOldSelf' ? value !== null : isSaid(value))))
    : rule

/** An object within the object has what any object has. */
const embedded = (node: JsonObject): JsonObject => {
  if (node['x-kubernetes-embedded-resource'] !== true) return node
  const { properties, required } = node
  const asked: readonly unknown[] = Array.isArray(required) ? required : []
  return {
    ...node,
    required: [...asked, ...['kind', 'apiVersion'].filter(field => !asked.includes(field))],
    properties: { ...(isObject(properties) ? properties : {}), ...own },
  }
}

const intOrString: readonly JsonObject[] = [{ type: 'integer' }, { type: 'string' }]

const isIntOrString = (anyOf: unknown): boolean =>
  Array.isArray(anyOf) && anyOf.length === 2 && anyOf.every((each, i) => isObject(each) && each['type'] === intOrString[i]?.['type'])

/** What takes a number or a string says so in words that readers know who have not heard of `x-kubernetes-int-or-string`. */
const unfolded = (node: JsonObject): JsonObject => {
  if (node['x-kubernetes-int-or-string'] !== true) return node
  const { allOf, anyOf } = node
  const all: readonly unknown[] = Array.isArray(allOf) ? allOf : []
  const [first] = all
  if (isIntOrString(anyOf) || (isObject(first) && isIntOrString(first['anyOf']))) return node
  return anyOf === undefined ? { ...node, anyOf: intOrString } : { ...node, allOf: [{ anyOf: intOrString }, ...all] }
}
