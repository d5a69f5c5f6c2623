import { isObject } from '../objects/index.ts'
import type { SchemaNode } from '../schema/index.ts'
import { fieldElement, printElement } from './path-element.ts'
import { NoElement, declaredField, declaredKind, elementOfItem, itemOf, itemsBy, unknownStructure } from './structure.ts'

/** Why an object cannot be applied, as the API server says it; undefined when it can. */
export const appliedProblem = (schema: SchemaNode, object: unknown): string | undefined => {
  const [first, ...others] = problems(schema, object, '', schema['x-kubernetes-preserve-unknown-fields'] === true)
  if (first === undefined) return undefined
  return others.length === 0 ? first : `errors:\n${[first, ...others].map(line => `  ${line}`).join('\n')}`
}

const problems = (schema: SchemaNode, value: unknown, path: string, open: boolean): readonly string[] => {
  const say = (text: string): readonly string[] => [path === '' ? text : `${path}: ${text}`]
  if (value === null) return []
  const kind = declaredKind(schema) ?? (Array.isArray(value) ? 'list' : isObject(value) ? 'map' : 'scalar')
  switch (kind) {
    case 'scalar': {
      const wrong = scalarProblem(schema, value)
      return wrong === undefined ? [] : say(wrong)
    }
    case 'list':
      return Array.isArray(value) ? listProblems(schema, value, path, open, say) : say(`expected list, got ${goValue(value)}`)
    case 'map': {
      if (!isObject(value)) return say(`expected map, got ${goValue(value)}`)
      const all: string[] = []
      for (const [name, child] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
        const below = `${path}${printElement(fieldElement(name))}`
        const node = declaredField(schema, name) ?? undeclared(schema, open)
        // Nothing after a field that nobody knows is looked at.
        if (node === undefined) return [...all, `${below}: field not declared in schema`]
        all.push(...problems(node, child, below, open || node['x-kubernetes-preserve-unknown-fields'] === true))
      }
      return all
    }
  }
}

/** Undefined where the schema has no place for further fields. */
const undeclared = ({ additionalProperties, properties }: SchemaNode, open: boolean): SchemaNode | undefined => {
  if (typeof additionalProperties === 'object') return additionalProperties
  if (additionalProperties === false) return undefined
  return additionalProperties === true || open || properties === undefined || Object.keys(properties).length === 0
    ? unknownStructure
    : undefined
}

const listProblems = (
  schema: SchemaNode,
  list: readonly unknown[],
  path: string,
  open: boolean,
  say: (text: string) => readonly string[],
): readonly string[] => {
  const by = itemsBy(schema)
  const seen = new Set<string>()
  const all: string[] = []
  for (const [i, item] of list.entries()) {
    let element = `i:${i}`
    if (by !== 'nothing') {
      try {
        element = elementOfItem(schema, by, item)
      } catch (error) {
        if (error instanceof NoElement) return [...all, ...say(`element ${i}: ${error.message}`)]
        throw error
      }
      if (seen.has(element)) all.push(...say(`duplicate entries for key ${printElement(element)}`))
      seen.add(element)
    }
    all.push(...problems(itemOf(schema), item, `${path}${printElement(element)}`, open))
  }
  return all
}

const scalarProblem = (schema: SchemaNode, value: unknown): string | undefined => {
  const isScalar = typeof value !== 'object'
  if (schema['x-kubernetes-int-or-string'] === true || (schema.type === 'string' && (schema.format ?? 'byte') !== 'byte'))
    return isScalar ? undefined : `expected any scalar, got ${goValue(value)}`
  switch (schema.type) {
    case 'integer':
    case 'number':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goTypeOf(value)}`
    case 'string':
      return typeof value === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${goValue(value)}`
    default:
      return undefined
  }
}

const goTypeOf = (value: unknown): string => {
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'object') return 'map[string]interface {}'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? (Number.isInteger(value) ? 'int64' : 'float64') : 'string'
}

/** Go's `%v` of a value in its wrapping. */
const goValue = (value: unknown): string => `&{${goPlain(value)}}`

const goPlain = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(goPlain).join(' ')}]`
  if (isObject(value))
    return `map[${Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, child]) => `${name}:${goPlain(child)}`)
      .join(' ')}]`
  return value === null ? '<nil>' : typeof value === 'string' ? value : JSON.stringify(value)
}

/** Go's `%#v`. */
const goSyntax = (value: unknown): string => {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (isObject(value))
    return `map[string]interface {}{${Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, child]) => `${JSON.stringify(name)}:${goSyntax(child)}`)
      .join(', ')}}`
  return value === null ? 'interface {}(nil)' : JSON.stringify(value)
}
