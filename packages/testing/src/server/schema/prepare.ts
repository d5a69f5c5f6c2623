import { type CompiledRules, compileRules } from './cel/rules.ts'
import type { SchemaNode } from './definition.ts'

const compiled: unique symbol = Symbol('compiled rules')

interface PreparedSchema extends SchemaNode {
  readonly [compiled]?: CompiledRules
}

/**
 * A version's schema ready for use: the root is an object with metadata like an embedded resource, and its rules are compiled once,
 * not at each write. The rules ride on the schema itself under a symbol, so JSON and copies by JSON do not see them.
 */
export const prepare = (schema: SchemaNode): SchemaNode => {
  const root: SchemaNode = { ...schema, 'x-kubernetes-embedded-resource': true }
  const prepared: PreparedSchema = Object.assign(root, { [compiled]: compileRules(root) })
  return prepared
}

export const rulesOf = (schema: PreparedSchema): CompiledRules => {
  const rules = schema[compiled]
  // A spread copy carries the symbol of its original but is not the node that its rules know.
  return rules !== undefined && (rules.size === 0 || rules.has(schema)) ? rules : compileRules(schema)
}
