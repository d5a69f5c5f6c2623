import { type TypeCheck, typeCheck } from './cel/check.ts'
import { type Declared, declaredOf, estimateCost } from './cel/cost/index.ts'
import { compileRule, ruleUsesOld } from './cel/rules.ts'
import { type Expense, type Occurrences, costOfAll, tooCostly } from './crd-costs.ts'
import { internalRule } from './crd-root.ts'
import type { Cause, RuleOfSchema, SchemaNode } from './definition.ts'
import { invalid, notSupported, required } from './field-error.ts'

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']

export interface RulePlace {
  readonly isRoot: boolean
  /** The list above whose items have no identity, so that nothing below has a value before. */
  readonly within: string | undefined
  readonly occurrences: Occurrences
}

export interface Judged {
  readonly causes: readonly Cause[]
  readonly expenses: readonly Expense[]
}

/** What is wrong with `x-kubernetes-validations` of one node apart from their expressions. */
export const validateRuleWords = (node: SchemaNode, path: string, { isRoot }: RulePlace): readonly Cause[] => {
  const self = selfOf(node, isRoot)
  return (node['x-kubernetes-validations'] ?? []).flatMap((rule, i) => [
    ...validateWords(rule, `${path}.x-kubernetes-validations[${i}]`),
    ...((rule.fieldPath ?? '') === '' || leadsSomewhere(self, rule.fieldPath ?? '')
      ? []
      : [invalid(`${path}.x-kubernetes-validations[${i}].fieldPath`, rule.fieldPath, 'must be a valid path')]),
  ])
}

/** What is wrong with their expressions, by the types of a schema that is good, and what they cost. */
export const validateRuleExpressions = (node: SchemaNode, path: string, { isRoot, occurrences, within }: RulePlace): Judged => {
  const rules = node['x-kubernetes-validations'] ?? []
  if (rules.length === 0) return { causes: [], expenses: [] }
  const [plain, optional] = [false, true].map(old =>
    rules.some(r => (r.optionalOldSelf === true) === old) ? typeCheck(selfOf(node, isRoot), old) : unchecked,
  )
  const declared = declaredOf(node, isRoot || node['x-kubernetes-embedded-resource'] === true)
  const judged = rules.map((rule, i) => {
    const check = (rule.optionalOldSelf === true ? optional : plain) ?? unchecked
    return validateExpressions(rule, `${path}.x-kubernetes-validations[${i}]`, { check, within, declared, occurrences })
  })
  return { causes: judged.flatMap(({ causes }) => causes), expenses: judged.flatMap(({ expenses }) => expenses) }
}

const selfOf = (node: SchemaNode, isRoot: boolean): SchemaNode => (isRoot ? { ...node, 'x-kubernetes-embedded-resource': true } : node)

const unchecked: TypeCheck = { problemOf: () => undefined, treeOf: () => undefined }

const validateWords = (rule: RuleOfSchema, path: string): readonly Cause[] => {
  const { fieldPath = '', message = '', messageExpression = '', reason } = rule
  const causes: Cause[] = []
  if (isBlank(rule.rule)) causes.push(required(`${path}.rule`, 'rule is not specified'))
  else if (message !== '' && isBlank(message)) causes.push(invalid(`${path}.message`, message, 'must be non-empty if specified'))
  else if (hasLines(message.trim())) causes.push(invalid(`${path}.message`, message, 'must not contain line breaks'))
  else if (hasLines(rule.rule.trim()) && message === '')
    causes.push(required(`${path}.message`, 'message must be specified if rule contains line breaks'))
  if (messageExpression !== '' && isBlank(messageExpression))
    causes.push(required(`${path}.messageExpression`, 'messageExpression must be non-empty if specified'))
  if (reason !== undefined && !reasons.includes(reason)) causes.push(notSupported(`${path}.reason`, reason, reasons))
  if (fieldPath !== '' && isBlank(fieldPath)) causes.push(invalid(`${path}.fieldPath`, fieldPath, 'must be non-empty if specified'))
  if (hasLines(fieldPath)) causes.push(invalid(`${path}.fieldPath`, fieldPath, 'must not contain line breaks'))
  return causes
}

const isBlank = (text: string): boolean => text.trim() === ''
const hasLines = (text: string): boolean => text.includes('\n')

interface Judge {
  readonly check: TypeCheck
  readonly within: string | undefined
  readonly declared: Declared | undefined
  readonly occurrences: Occurrences
}

const validateExpressions = (rule: RuleOfSchema, path: string, { check, declared, occurrences, within }: Judge): Judged => {
  const { broken, brokenMessage } = compileRule(rule)
  const expression = rule.messageExpression ?? ''
  // With types it is in the words of CEL's own checker, if it is known there.
  const wrong = check.problemOf(rule.rule, 'bool') ?? (broken === undefined ? undefined : `compilation failed: ${broken}`)
  const ofMessage =
    expression === '' || wrong !== undefined
      ? undefined
      : (check.problemOf(expression, 'string') ?? (brokenMessage === undefined ? undefined : `compilation failed: ${brokenMessage}`))
  // What does not compile uses nothing, and costs nothing.
  const usesOld = wrong === undefined && ruleUsesOld(rule)
  const costOf = (good: string): bigint => (declared === undefined ? 0n : (estimateCost(check.treeOf(good), declared) ?? 0n))
  const cost = wrong === undefined && declared !== undefined ? costOfAll(costOf(rule.rule), declared, occurrences) : 0n
  const messageCost = wrong !== undefined || ofMessage !== undefined || expression === '' ? 0n : costOf(expression)
  const causes = [
    ...tooCostly(`${path}.rule`, 'rule', cost),
    ...(wrong === undefined ? [] : [invalid(`${path}.rule`, internalRule(rule), wrong)]),
    ...(ofMessage === undefined
      ? []
      : [invalid(`${path}.messageExpression`, internalRule(rule), ofMessage.replace(/^compilation/, 'messageExpression compilation'))]),
    ...tooCostly(`${path}.messageExpression`, 'messageExpression', messageCost),
    ...(usesOld && within !== undefined
      ? [invalid(`${path}.rule`, rule.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${within}`)]
      : []),
    ...(rule.optionalOldSelf === true && !usesOld
      ? [invalid(`${path}.optionalOldSelf`, true, 'may not be set if oldSelf is not used in rule')]
      : []),
  ]
  const expenses = [
    { field: `${path}.rule`, cost },
    { field: `${path}.messageExpression`, cost: messageCost },
  ]
  return { causes, expenses: expenses.filter(each => each.cost > 0n) }
}

/** `.spec.replicas`, `['a.b'].c`: only through properties and maps. */
const leadsSomewhere = (schema: SchemaNode, path: string): boolean => {
  let node: SchemaNode = schema
  let rest = path
  while (rest !== '') {
    const match = /^(?:\.([^.[\]]+)|\['((?:[^'\\]|\\.)*)'\])/.exec(rest)
    if (match === null) return false
    const key = match[1] ?? (match[2] ?? '').replaceAll(/\\(.)/g, '$1')
    const next =
      node.properties === undefined
        ? typeof node.additionalProperties === 'object'
          ? node.additionalProperties
          : undefined
        : node.properties[key]
    if (next === undefined) return false
    node = next
    rest = rest.slice(match[0].length)
  }
  return path !== ''
}
