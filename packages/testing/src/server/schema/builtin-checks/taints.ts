import type { Cause } from '../definition.ts'
import { duplicate, invalid, notSupported, required } from '../field-error.ts'
import { type JsonObject, isObject } from '../json.ts'
import { labelValueRule, qualifiedName } from '../names.ts'

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** What is wrong with a Node's taints. The path is kube-apiserver's own slip: they stand in spec. */
export const validateTaints = (node: unknown): readonly Cause[] => {
  const spec = isObject(node) ? node['spec'] : undefined
  const listed = isObject(spec) ? spec['taints'] : undefined
  const taints = (Array.isArray(listed) ? listed : []).filter(isObject)
  return taints.flatMap((taint, i) => [
    ...validateTaint(taint, `metadata.taints[${i}]`),
    ...(taints.slice(0, i).some(other => isSame(other, taint)) ? [twice(taint, `metadata.taints[${i}]`)] : []),
  ])
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const validateTaint = (taint: JsonObject, field: string): readonly Cause[] => {
  const [key, value, effect] = [text(taint['key']), text(taint['value']), text(taint['effect'])]
  const wrongValue = labelValueRule(value)
  return [
    ...qualifiedName(key).map(why => invalid(`${field}.key`, key, why)),
    ...(wrongValue.length === 0 ? [] : [invalid(`${field}.value`, value, wrongValue.join(';'))]),
    ...(effect === '' ? [required(`${field}.effect`)] : effects.includes(effect) ? [] : [notSupported(`${field}.effect`, effect, effects)]),
  ]
}

const isSame = (a: JsonObject, b: JsonObject): boolean => a['key'] === b['key'] && a['effect'] === b['effect']

const twice = (taint: JsonObject, field: string): Cause => {
  const shown = new Map<string, unknown>([
    ['Key', text(taint['key'])],
    ['Value', text(taint['value'])],
    ['Effect', text(taint['effect'])],
    ['TimeAdded', taint['timeAdded'] ?? null],
  ])
  return duplicate(field, shown, 'taints must be unique by key and effect pair')
}
