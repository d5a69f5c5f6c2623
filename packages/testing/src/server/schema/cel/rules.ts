import { type Environment, Optional } from '@marcbachmann/cel-js'
import type { Cause, RuleOfSchema, SchemaNode } from '../definition.ts'
import { type Correlation, fieldOf, itemOf, predecessor, schemaOfField, unchanged } from '../correlation.ts'
import { duplicate, forbidden, invalid, omitted, required } from '../field-error.ts'
import { isObject, own } from '../json.ts'
import { isCelError, markAt } from './errors.ts'
import { celEnvironment } from './library.ts'
import { celValue } from './values.ts'

/** One `x-kubernetes-validations` entry, ready to run. */
export interface CompiledRule {
  readonly rule: RuleOfSchema
  /** Runs on updates only, unless the rule says that it can do without. */
  readonly usesOld: boolean
  /** What CEL itself says against the rule, or against the expression of its message. */
  readonly broken?: string
  readonly brokenMessage?: string
  readonly run: Program
  readonly message?: Program
}

const environment = celEnvironment({ self: 'dyn', oldSelf: 'dyn' })
const withOptionalOld = celEnvironment({ self: 'dyn', oldSelf: 'optional' })

export const ruleUsesOld = ({ rule }: RuleOfSchema): boolean => /\boldSelf\b/.test(rule)

export const compileRule = (rule: RuleOfSchema): CompiledRule => {
  const usesOld = ruleUsesOld(rule)
  const env = rule.optionalOldSelf === true ? withOptionalOld : environment
  const program = compile(env, rule.rule)
  if (typeof program === 'string') return { rule, usesOld, broken: program, run: () => true }
  const message = rule.messageExpression === undefined ? undefined : compile(env, rule.messageExpression)
  return {
    rule,
    usesOld,
    run: program,
    ...(typeof message === 'string' ? { brokenMessage: message } : message === undefined ? {} : { message }),
  }
}

const broken = (expression: string, error: unknown): string =>
  markAt(expression, isCelError(error) ? (error.range?.start ?? 0) : 0, isCelError(error) ? error.summary : String(error))

export type Program = (variables: Readonly<Record<string, unknown>>) => unknown

/** The expression ready to run, or what is wrong with it. */
export const compile = (env: Environment, expression: string): Program | string => {
  try {
    const program = env.parse(expression)
    const { valid, error } = program.check()
    return valid ? program : broken(expression, error)
  } catch (error) {
    if (isCelError(error)) return broken(expression, error)
    throw error
  }
}

/** Rules of a schema by node; nodes without rules below them are absent. */
export type CompiledRules = ReadonlyMap<SchemaNode, readonly CompiledRule[]>

/** All rules of a schema, in the order of its fields. */
export const compileRules = (schema: SchemaNode): CompiledRules => {
  const rules = new Map<SchemaNode, readonly CompiledRule[]>()
  const walk = (node: SchemaNode): boolean => {
    const here = node['x-kubernetes-validations'] ?? []
    const below = [
      ...Object.values(node.properties ?? {}),
      ...(node.items === undefined ? [] : [node.items]),
      ...(typeof node.additionalProperties === 'object' ? [node.additionalProperties] : []),
      ...(node.allOf ?? []),
    ].map(walk)
    if (here.length === 0 && !below.includes(true)) return false
    rules.set(node, here.map(compileRule))
    return true
  }
  walk(schema)
  return rules
}

/** What the rules refuse. `old` is the value before an update. */
export const validateRules = (rules: CompiledRules, schema: SchemaNode, value: unknown, old?: unknown): readonly Cause[] =>
  rules.size === 0
    ? []
    : walk(rules, schema, value, old, '', { current: old === undefined ? undefined : { schema, value, old }, parent: undefined })

/** Errors are forgiven where the value, or the nearest one above that can be compared, did not change. */
interface Ratchet {
  readonly current: Correlation | undefined
  readonly parent: Correlation | undefined
}

const below = (ratchet: Ratchet, next: (correlation: Correlation) => Correlation | undefined): Ratchet =>
  ratchet.current === undefined ? ratchet : { current: next(ratchet.current), parent: ratchet.current }

const walk = (rules: CompiledRules, schema: SchemaNode, value: unknown, old: unknown, path: string, ratchet: Ratchet): readonly Cause[] => {
  const here = rules.get(schema)
  if (here === undefined || value === null || value === undefined) return []
  const causes = here.flatMap(rule => judge(rule, schema, value, old, path, ratchet))
  for (const option of schema.allOf ?? [])
    causes.push(...walk(rules, option, value, old, path, { current: undefined, parent: ratchet.parent }))
  if (Array.isArray(value)) {
    const { items } = schema
    if (items === undefined || !rules.has(items)) return causes
    return [
      ...causes,
      ...value.flatMap((item: unknown, i) =>
        walk(
          rules,
          items,
          item,
          predecessor(schema, item, old),
          `${path}[${i}]`,
          below(ratchet, c => itemOf(c, i)),
        ),
      ),
    ]
  }
  if (!isObject(value)) return causes
  for (const [key, child] of Object.entries(value)) {
    const node = schemaOfField(schema, key)
    if (node === undefined || !rules.has(node)) continue
    const named = schema.properties !== undefined && Object.hasOwn(schema.properties, key)
    const before = isObject(old) ? own(old, key) : undefined
    causes.push(
      ...walk(
        rules,
        node,
        child,
        before,
        named ? (path === '' ? key : `${path}.${key}`) : `${path}[${key}]`,
        below(ratchet, c => fieldOf(c, key)),
      ),
    )
  }
  return causes
}

const judge = (
  compiled: CompiledRule,
  schema: SchemaNode,
  value: unknown,
  old: unknown,
  path: string,
  ratchet: Ratchet,
): readonly Cause[] => {
  const { rule, usesOld, broken } = compiled
  const shown = rule.message === undefined || rule.message === '' ? rule.rule.trim() : rule.message.trim()
  if (broken !== undefined) return [invalid(path, schema.type ?? '', `rule compile error: ${broken}`)]
  const hasOld = old !== null && old !== undefined
  if (usesOld && !hasOld && rule.optionalOldSelf !== true) return []
  const before = hasOld ? celValue(schema, old) : undefined
  const variables = {
    self: celValue(schema, value),
    oldSelf: rule.optionalOldSelf === true ? (hasOld ? Optional.of(before) : Optional.none()) : before,
  }
  const result = evaluate(() => compiled.run(variables))
  if (result.error !== undefined) {
    return [
      invalid(
        path,
        schema.type ?? '',
        result.overload
          ? `'${result.error}': call arguments did not match a supported operator, function or macro signature for rule: ${shown}`
          : `${result.error} evaluating rule: ${shown}`,
      ),
    ]
  }
  if (result.value === true || (!usesOld && unchanged(ratchet.current ?? ratchet.parent))) return []
  const field = rule.fieldPath === undefined ? path : `${path}${rule.fieldPath}`.replace(/^\./, '')
  const detail = messageOf(compiled, variables) ?? (rule.message === undefined || rule.message === '' ? `failed rule: ${shown}` : shown)
  const bad = schema.type === 'object' || schema.type === 'array' ? omitted : value
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return [forbidden(field, detail)]
    case 'FieldValueRequired':
      return [required(field, detail)]
    case 'FieldValueDuplicate':
      return [duplicate(field, bad)]
    default:
      return [invalid(field, bad, detail)]
  }
}

/** A message that can't be made, or says nothing, gives way to the static one. */
const messageOf = ({ message }: CompiledRule, variables: Readonly<Record<string, unknown>>): string | undefined => {
  if (message === undefined) return undefined
  const { value } = evaluate(() => message(variables))
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  return text === '' || text.includes('\n') || Buffer.byteLength(text) > 5_120 ? undefined : text
}

export interface Evaluated {
  readonly value?: unknown
  readonly error?: string
  readonly overload?: boolean
}

/** The library's complaints in the words of the API server's. Functions of our own complain with plain errors. */
export const evaluate = (run: () => unknown): Evaluated => {
  try {
    return { value: run() }
  } catch (error) {
    if (!isCelError(error)) return { error: error instanceof Error ? error.message : String(error) }
    const [, index] = /index out of bounds, index (-?\d+)/.exec(error.summary) ?? []
    if (index !== undefined) return { error: `index out of bounds: ${index}` }
    if (/^(no such overload|found no matching overload)/.test(error.summary)) return { error: 'no such overload', overload: true }
    return { error: error.summary.replace(/^No such key/, 'no such key') }
  }
}
