import { type TypeCheck, typeCheck } from './cel/check.ts'
import { compileRule, ruleUsesOld } from './cel/rules.ts'
import type { Cause, RuleOfSchema, SchemaNode } from './definition.ts'
import { invalid, notSupported, required } from './field-error.ts'
import { struct } from './quote.ts'

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']

export interface RulePlace {
  readonly isRoot: boolean
  /** The list above whose items have no identity, so that nothing below has a value before. */
  readonly within: string | undefined
}

/**
 * `x-kubernetes-validations` of one node. What a rule may cost is not estimated, and types are checked less strictly: a real API
 * server may refuse more.
 */
export const validateRuleDeclarations = (node: SchemaNode, path: string, { isRoot, within }: RulePlace): readonly Cause[] => {
  const rules = node['x-kubernetes-validations'] ?? []
  if (rules.length === 0) return []
  const self: SchemaNode = isRoot ? { ...node, 'x-kubernetes-embedded-resource': true } : node
  const [plain, optional] = [false, true].map(old =>
    rules.some(r => (r.optionalOldSelf === true) === old) ? typeCheck(self, old) : unchecked,
  )
  return rules.flatMap((rule, i) => [
    ...validateRule(rule, `${path}.x-kubernetes-validations[${i}]`, within),
    ...validateTypes(rule, `${path}.x-kubernetes-validations[${i}]`, (rule.optionalOldSelf === true ? optional : plain) ?? unchecked),
    ...(rule.fieldPath === undefined || leadsSomewhere(self, rule.fieldPath)
      ? []
      : [invalid(`${path}.x-kubernetes-validations[${i}].fieldPath`, rule.fieldPath, 'must be a valid path')]),
  ])
}

const unchecked: TypeCheck = () => undefined

const validateRule = (rule: RuleOfSchema, path: string, within: string | undefined): readonly Cause[] => {
  if (rule.rule.trim() === '') return [required(`${path}.rule`, 'rule is not specified')]
  const causes: Cause[] = []
  const { message, reason } = rule
  if (message !== undefined && message !== '' && message.trim() === '')
    causes.push(invalid(`${path}.message`, message, 'must be non-empty if specified'))
  else if (message?.trim().includes('\n') === true) causes.push(invalid(`${path}.message`, message, 'must not contain line breaks'))
  else if ((message ?? '') === '' && rule.rule.trim().includes('\n')) {
    causes.push(required(`${path}.message`, 'message must be specified if rule contains line breaks'))
  }
  if (reason !== undefined && !reasons.includes(reason)) causes.push(notSupported(`${path}.reason`, reason, reasons))
  const usesOld = ruleUsesOld(rule)
  if (usesOld && within !== undefined) {
    causes.push(invalid(`${path}.rule`, rule.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${within}`))
  }
  if (rule.optionalOldSelf === true && !usesOld)
    causes.push(invalid(`${path}.optionalOldSelf`, true, 'may not be set if oldSelf is not used in rule'))
  return causes
}

const validateTypes = (rule: RuleOfSchema, path: string, check: TypeCheck): readonly Cause[] => {
  if (rule.rule.trim() === '') return []
  const { broken, brokenMessage } = compileRule(rule)
  const expression = rule.messageExpression ?? ''
  const wrong = broken === undefined ? check(rule.rule, 'bool') : `compilation failed: ${broken}`
  const wrongMessage = brokenMessage === undefined ? undefined : `messageExpression compilation failed: ${brokenMessage}`
  const ofMessage = wrongMessage ?? (expression === '' ? undefined : check(expression, 'string'))
  return [
    ...(wrong === undefined ? [] : [invalid(`${path}.rule`, shown(rule), wrong)]),
    ...(ofMessage === undefined ? [] : [invalid(`${path}.messageExpression`, shown(rule), ofMessage)]),
  ]
}

/** A rule as the API server's internal type prints it. */
const shown = (rule: RuleOfSchema): ReadonlyMap<string, unknown> =>
  struct(
    {
      Rule: rule.rule,
      Message: rule.message ?? '',
      MessageExpression: rule.messageExpression ?? '',
      Reason: rule.reason ?? null,
      FieldPath: rule.fieldPath ?? '',
      OptionalOldSelf: rule.optionalOldSelf ?? null,
    },
    ['Rule', 'Message', 'MessageExpression', 'Reason', 'FieldPath', 'OptionalOldSelf'],
  )

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
