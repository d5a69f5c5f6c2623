import type { Environment } from '@marcbachmann/cel-js'
import type { SchemaNode } from '../definition.ts'
import { type CelError, isCelError, markAt } from './errors.ts'
import { celEnvironment } from './library.ts'
import { escapeProperty, withEmbeddedFields } from './values.ts'

/** What is wrong with an expression that should have a type; undefined for nothing. */
export type TypeCheck = (expression: string, wanted: 'bool' | 'string') => string | undefined

/**
 * What can be said against expressions by the types of the schema: fields that do not exist, operators between types that have none,
 * a result of the wrong type. Milder than a kube-apiserver where the library's types and Go's differ: numbers of two kinds pass.
 */
export const typeCheck = (schema: SchemaNode, optionalOld: boolean): TypeCheck => {
  const env = celEnvironment({})
  const type = declare(env, schema)
  env.registerVariable('self', type).registerVariable('oldSelf', optionalOld ? `optional<${type}>` : type)
  return (expression, wanted) => {
    const { valid, type: result = 'dyn', error } = env.check(expression)
    if (valid) {
      if (result === 'dyn' || result.startsWith('dyn<') || result === wanted) return undefined
      return wanted === 'bool' ? 'cel expression must evaluate to a bool' : 'messageExpression must evaluate to a string'
    }
    const found = isCelError(error) ? complaintOf(error, expression) : undefined
    return found === undefined ? undefined : `compilation failed: ${markAt(expression, found.at, found.what)}`
  }
}

const basic: ReadonlySet<string> = new Set(['string', 'int', 'double', 'bool', 'bytes', 'list', 'null'])

/** Only what a kube-apiserver is known to refuse too. It marks the dot of a field, and the operator. */
const complaintOf = (
  { code, summary, range }: CelError,
  expression: string,
): { readonly what: string; readonly at: number } | undefined => {
  const at = range?.start ?? 0
  const [, field] = /^No such key: (.*)$/.exec(summary) ?? []
  if (code === 'no_such_key' && field !== undefined) return { what: `undefined field '${field}'`, at: at - 1 }
  const [, left = '', operator = '', right = ''] = /^no such overload: (\S+) (\S+) (\S+)$/.exec(summary) ?? []
  const numbers = [left, right].every(type => type === 'int' || type === 'double')
  if (code !== 'no_such_overload' || numbers || !basic.has(left) || !basic.has(right)) return undefined
  return {
    what: `found no matching overload for '_${operator}_' applied to '(${left}, ${right})'`,
    at: Math.max(expression.indexOf(operator, at), at),
  }
}

/** The schema's objects as types of the environment; the name of the one for this node. */
const declare = (env: Environment, root: SchemaNode): string => {
  let count = 0
  const typeOf = (node: SchemaNode): string => {
    if (node['x-kubernetes-int-or-string'] === true) return 'dyn'
    switch (node.type) {
      case 'integer':
        return 'int'
      case 'number':
        return 'double'
      case 'boolean':
        return 'bool'
      case 'string':
        return node.format === undefined ? 'string' : 'dyn'
      case 'array':
        return node.items === undefined ? 'list' : `list<${typeOf(node.items)}>`
      case 'object':
        return objectType(node)
      default:
        return 'dyn'
    }
  }
  const objectType = (node: SchemaNode): string => {
    const { properties, additionalProperties } = withEmbeddedFields(node)
    if (properties === undefined) return typeof additionalProperties === 'object' ? `map<string, ${typeOf(additionalProperties)}>` : 'dyn'
    const fields: Record<string, string> = {}
    for (const [key, child] of Object.entries(properties)) {
      const name = escapeProperty(key)
      if (name !== undefined) fields[name] = typeOf(child)
    }
    count += 1
    const name = `SelfType${count}`
    env.registerType(name, { fields })
    return name
  }
  return typeOf(root)
}
