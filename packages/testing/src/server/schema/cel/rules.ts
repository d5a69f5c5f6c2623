import { EvaluationError, Optional, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js'
import type { Cause, RuleOfSchema, SchemaNode } from '../definition.ts'
import { type Correlation, fieldOf, itemOf, predecessor, schemaOfField, unchanged } from '../correlation.ts'
import { duplicate, forbidden, invalid, omitted, required } from '../field-error.ts'
import { isObject, own } from '../json.ts'
import { celEnvironment } from './library.ts'
import { celValue } from './values.ts'

/** One `x-kubernetes-validations` entry, ready to run. */
export interface CompiledRule {
  readonly rule: RuleOfSchema
  /** Runs on updates only, unless the rule says that it can do without. */
  readonly usesOld: boolean
  /** What CEL itself says against the rule. */
  readonly broken?: string
  readonly run: (variables: Readonly<Record<string, unknown>>) => unknown
  readonly message?: (variables: Readonly<Record<string, unknown>>) => unknown
}

const environment = celEnvironment(['self', 'oldSelf'])

export const compileRule = (rule: RuleOfSchema): CompiledRule => {
  const usesOld = /\boldSelf\b/.test(rule.rule)
  try {
    const program = environment.parse(rule.rule)
    const { valid, error } = program.check()
    if (!valid) return { rule, usesOld, broken: complaint(error), run: () => true }
    const expression = rule.messageExpression === undefined ? undefined : environment.parse(rule.messageExpression)
    return { rule, usesOld, run: program, ...(expression === undefined ? {} : { message: expression }) }
  } catch (error) {
    if (!isCelError(error)) throw error
    return { rule, usesOld, broken: complaint(error), run: () => true }
  }
}

const isCelError = (error: unknown): error is ParseError | EvaluationError | CelTypeError =>
  error instanceof ParseError || error instanceof EvaluationError || error instanceof CelTypeError

const complaint = (error: unknown): string => (isCelError(error) ? error.summary : String(error))

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
  rules.size === 0 ? [] : walk(rules, schema, value, old, '', { current: old === undefined ? undefined : { schema, value, old }, parent: undefined })

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
  const causes = here.flatMap((rule) => judge(rule, schema, value, old, path, ratchet))
  for (const option of schema.allOf ?? []) causes.push(...walk(rules, option, value, old, path, { current: undefined, parent: ratchet.parent }))
  if (Array.isArray(value)) {
    const { items } = schema
    if (items === undefined || !rules.has(items)) return causes
    return [...causes, ...value.flatMap((item: unknown, i) =>
      walk(rules, items, item, predecessor(schema, item, old), `${path}[${i}]`, below(ratchet, (c) => itemOf(c, i))))]
  }
  if (!isObject(value)) return causes
  for (const [key, child] of Object.entries(value)) {
    const node = schemaOfField(schema, key)
    if (node === undefined || !rules.has(node)) continue
    const named = schema.properties !== undefined && Object.hasOwn(schema.properties, key)
    const before = isObject(old) ? own(old, key) : undefined
    causes.push(...walk(rules, node, child, before, named ? (path === '' ? key : `${path}.${key}`) : `${path}[${key}]`, below(ratchet, (c) => fieldOf(c, key))))
  }
  return causes
}

const judge = (compiled: CompiledRule, schema: SchemaNode, value: unknown, old: unknown, path: string, ratchet: Ratchet): readonly Cause[] => {
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
    return [invalid(path, schema.type ?? '', result.overload
      ? `'${result.error}': call arguments did not match a supported operator, function or macro signature for rule: ${shown}`
      : `${result.error} evaluating rule: ${shown}`)]
  }
  if (result.value === true || (!usesOld && unchanged(ratchet.current ?? ratchet.parent))) return []
  const field = rule.fieldPath === undefined ? path : `${path}${rule.fieldPath}`.replace(/^\./, '')
  const detail = messageOf(compiled, variables) ?? (rule.message === undefined || rule.message === '' ? `failed rule: ${shown}` : shown)
  const bad = schema.type === 'object' || schema.type === 'array' ? omitted : value
  switch (rule.reason) {
    case 'FieldValueForbidden': return [forbidden(field, detail)]
    case 'FieldValueRequired': return [required(field, detail)]
    case 'FieldValueDuplicate': return [duplicate(field, bad)]
    default: return [invalid(field, bad, detail)]
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

interface Evaluated {
  readonly value?: unknown
  readonly error?: string
  readonly overload?: boolean
}

/** The library's complaints in the words of the API server's. Functions of our own complain with plain errors. */
const evaluate = (run: () => unknown): Evaluated => {
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
