import type { Environment } from '@marcbachmann/cel-js'
import type { SchemaNode } from '../definition.ts'
import { type Complaint, complaintsOf, fieldComplaints } from './complaint.ts'
import { isCelError, markAt } from './errors.ts'
import { celEnvironment } from './library.ts'
import { passedOver } from './passed.ts'
import { escapeProperty, withEmbeddedFields } from './values.ts'

export interface TypeCheck {
  /** What is wrong with an expression that should have a type; undefined for nothing. */
  problemOf(expression: string, wanted: 'bool' | 'string'): string | undefined
  /** A good expression as the library sees it. */
  treeOf(expression: string): unknown
}

/**
 * What can be said against expressions by the types of the schema: fields that do not exist, operators between types that have none,
 * a result of the wrong type. Milder than a kube-apiserver where the library's types and Go's differ.
 */
export const typeCheck = (schema: SchemaNode, optionalOld: boolean): TypeCheck => {
  const env = celEnvironment({})
  const type = declare(env, schema)
  env.registerVariable('self', type).registerVariable('oldSelf', optionalOld ? `optional<${type}>` : type)
  const known = new Set(env.getDefinitions().functions.map(({ name }) => name))
  const knows = (name: string): boolean => known.has(name)
  const treeOf = (valid: string): ReturnType<Environment['parse']>['ast'] => {
    const parsed = env.parse(valid)
    parsed.check()
    return parsed.ast
  }
  const inTree = (valid: string): readonly Complaint[] => fieldComplaints(treeOf(valid), valid)
  const fieldProblem = (path: string, field: string): string | undefined => {
    const selection = `${path}.${field}`
    const { error } = env.check(selection)
    const found = isCelError(error) ? complaintsOf(error, selection, knows) : inTree(selection)
    return found[0]?.what
  }
  const problemOf: TypeCheck['problemOf'] = (expression, wanted) => {
    const { valid, type: result = 'dyn', error } = env.check(expression)
    if (valid) {
      const passed = [...inTree(expression), ...passedOver(expression, fieldProblem)]
      if (passed.length > 0) return failed(expression, passed)
      if (result === 'dyn' || result.startsWith('dyn<') || result === wanted) return undefined
      return wanted === 'bool' ? 'cel expression must evaluate to a bool' : 'messageExpression must evaluate to a string'
    }
    const found = isCelError(error) ? complaintsOf(error, expression, knows) : []
    return found.length === 0 ? undefined : failed(expression, found)
  }
  return { problemOf, treeOf }
}

const failed = (expression: string, complaints: readonly Complaint[]): string =>
  `compilation failed: ${complaints.map(({ at, what }) => markAt(expression, at, what)).join('\n')}`

const typeOfFormat: Readonly<Record<string, string>> = {
  date: 'google.protobuf.Timestamp',
  'date-time': 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
  byte: 'bytes',
}

/** The schema's objects as types of the environment, named by where they stand as CEL's own checker does; the one for this node. */
const declare = (env: Environment, root: SchemaNode): string => {
  const typeOf = (node: SchemaNode, name: string): string => {
    if (node['x-kubernetes-int-or-string'] === true) return 'dyn'
    switch (node.type) {
      case 'integer':
        return 'int'
      case 'number':
        return 'double'
      case 'boolean':
        return 'bool'
      case 'string':
        return typeOfFormat[node.format ?? ''] ?? 'string'
      case 'array':
        return node.items === undefined ? 'list' : `list<${typeOf(node.items, `${name}.@idx`)}>`
      case 'object':
        return objectType(node, name)
      default:
        return 'dyn'
    }
  }
  const objectType = (node: SchemaNode, name: string): string => {
    const { properties, additionalProperties } = withEmbeddedFields(node)
    if (properties === undefined)
      return typeof additionalProperties === 'object' ? `map<string, ${typeOf(additionalProperties, `${name}.@elem`)}>` : 'dyn'
    const fields: Record<string, string> = {}
    for (const [key, child] of Object.entries(properties)) {
      const field = escapeProperty(key)
      if (field !== undefined) fields[field] = typeOf(child, `${name}.${field}`)
    }
    env.registerType(name, { fields })
    return name
  }
  return typeOf(root, 'selfType1')
}
