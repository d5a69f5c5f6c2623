import { at, isObject, textAt } from '../objects/index.ts'
import type { Cause } from '../schema/index.ts'
import { labelValueRule, qualifiedName } from '../schema/names.ts'
import { invalidValue, requiredField, unsupportedValue } from '../status/index.ts'

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** What is wrong with a Node's taints. The path is kube-apiserver's own slip: they stand in spec. */
export const validateTaints = (node: Readonly<Record<string, unknown>>): readonly Cause[] => {
  const listed = at(node, 'spec', 'taints')
  const taints: readonly unknown[] = Array.isArray(listed) ? listed : []
  return taints.flatMap((taint, i) => [
    ...validateTaint(taint, `metadata.taints[${i}]`),
    ...(taints.slice(0, i).some(other => sameTaint(other, taint)) ? [duplicate(taint, `metadata.taints[${i}]`)] : []),
  ])
}

const validateTaint = (taint: unknown, field: string): readonly Cause[] => {
  const effect = textAt(taint, 'effect')
  return [
    ...qualifiedName(textAt(taint, 'key')).map(message => invalidValue(`${field}.key`, textAt(taint, 'key'), message)),
    ...labelValueRule(textAt(taint, 'value')).map(message => invalidValue(`${field}.value`, textAt(taint, 'value'), message)),
    ...(effect === ''
      ? [requiredField(`${field}.effect`)]
      : effects.includes(effect)
        ? []
        : [unsupportedValue(`${field}.effect`, effect, effects)]),
  ]
}

const sameTaint = (a: unknown, b: unknown): boolean => isObject(a) && isObject(b) && a['key'] === b['key'] && a['effect'] === b['effect']

const duplicate = (taint: unknown, field: string): Cause => {
  const shown = {
    Key: textAt(taint, 'key'),
    Value: textAt(taint, 'value'),
    Effect: textAt(taint, 'effect'),
    TimeAdded: at(taint, 'timeAdded') ?? null,
  }
  return {
    reason: 'FieldValueDuplicate',
    message: `Duplicate value: ${JSON.stringify(shown)}: taints must be unique by key and effect pair`,
    field,
  }
}
