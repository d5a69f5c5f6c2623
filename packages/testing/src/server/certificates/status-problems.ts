import { type JsonObject, at, isObject, textAt } from '../objects/index.ts'
import type { Cause } from '../schema/index.ts'
import { duplicateValue, forbiddenField, invalidValue, requiredField, unsupportedValue } from '../status/index.ts'

/** What approvers say. */
export const decisions = ['Approved', 'Denied'] as const
/** Once there, they stay. */
const lasting: readonly string[] = [...decisions, 'Failed']

export interface Condition {
  readonly type: string
  readonly status: string
  readonly value: JsonObject
}

export const conditionsOf = (object: unknown): readonly Condition[] => {
  const listed = at(object, 'status', 'conditions')
  return (Array.isArray(listed) ? listed : []).flatMap((value: unknown) =>
    isObject(value) ? [{ type: textAt(value, 'type'), status: textAt(value, 'status'), value }] : [],
  )
}

const count = (conditions: readonly Condition[], type: string): number => conditions.filter(condition => condition.type === type).length

/**
 * What is wrong with a status that was changed by an approver or a signer, in the order in which it is told. What was wrong before is
 * let be.
 */
export const statusProblems = (draft: unknown, old: unknown, approving: boolean): readonly Cause[] => {
  const [now, before] = [conditionsOf(draft), conditionsOf(old)]
  return [
    ...conditionProblems(now, before),
    ...certificateProblems(draft, old),
    ...lasting
      .filter(type => count(now, type) < count(before, type))
      .map(type => forbiddenField('status.conditions', `updates may not remove a condition of type "${type}"`)),
    ...(approving ? [] : decisions)
      .filter(type => count(now, type) > count(before, type))
      .map(type => forbiddenField('status.conditions', `updates may not add a condition of type "${type}"`)),
    ...certificateChanges(draft, old, approving),
    ...bothDecisions(now, before),
  ]
}

const conditionProblems = (now: readonly Condition[], before: readonly Condition[]): readonly Cause[] => {
  const emptyBefore = before.some(({ type }) => type === '')
  const twiceBefore = before.some(({ type }) => count(before, type) > 1)
  return now.flatMap(({ status, type }, i) => {
    const field = `status.conditions[${i}]`
    const statuses = lasting.includes(type) ? ['True'] : ['False', 'True', 'Unknown']
    const isTwin = now.findIndex(other => other.type === type) < i
    return [
      ...(type === '' && !emptyBefore ? [requiredField(`${field}.type`)] : []),
      ...(status === ''
        ? [requiredField(`${field}.status`)]
        : statuses.includes(status)
          ? []
          : [unsupportedValue(`${field}.status`, status, statuses)]),
      ...(isTwin && !twiceBefore ? [duplicateValue(`${field}.type`, type)] : []),
    ]
  })
}

const isPem = (certificate: string): boolean => Buffer.from(certificate, 'base64').includes('-----BEGIN CERTIFICATE-----')

const certificateProblems = (draft: unknown, old: unknown): readonly Cause[] => {
  const [certificate, known] = [draft, old].map(object => textAt(object, 'status', 'certificate'))
  if (certificate === undefined || certificate === '' || certificate === known || isPem(certificate)) return []
  return [invalidValue('status.certificate', '<certificate data>', 'must contain at least one CERTIFICATE PEM block')]
}

const certificateChanges = (draft: unknown, old: unknown, approving: boolean): readonly Cause[] => {
  const [certificate, known] = [draft, old].map(object => textAt(object, 'status', 'certificate'))
  if (certificate === known) return []
  if (approving) return [forbiddenField('status.certificate', 'updates may not set certificate content')]
  return known === '' ? [] : [forbiddenField('status.certificate', 'updates may not modify existing certificate content')]
}

const bothDecisions = (now: readonly Condition[], before: readonly Condition[]): readonly Cause[] => {
  const both = (conditions: readonly Condition[]): boolean => decisions.every(type => count(conditions, type) > 0)
  if (!both(now) || both(before)) return []
  const names = decisions.map(type => `conditions[{"type": "${type}"}]`)
  const detail = `must specify at most one of: ${names.map(one => `\`${one}\``).join(', ')}`
  return [invalidValue('status.conditions', `{${names.join(', ')}}`, detail)]
}
