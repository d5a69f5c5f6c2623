import { type Draft, type StoredObject, at, equal, isObject } from '../objects/index.ts'
import type { Cause } from '../schema/index.ts'
import { invalid } from '../schema/field-error.ts'
import { labelName } from '../schema/names.ts'
import { struct } from '../schema/quote.ts'
import { templateWarnings } from './pod-warnings.ts'
import type { KindRules } from './rules.ts'

/** Whose Pods a controller takes for its own is settled when it is made. */
const fixedSelector = (draft: Draft, old: StoredObject): readonly Cause[] => {
  const selector = at(draft, 'spec', 'selector')
  if (equal(selector, at(old, 'spec', 'selector'))) return []
  const shown = isObject(selector) ? struct(selector, ['matchLabels', 'matchExpressions']) : null
  return [invalid('spec.selector', shown, 'field is immutable')]
}

const warnings = (draft: Draft, old?: StoredObject): readonly string[] => {
  if (old !== undefined && old.metadata.generation === draft.metadata.generation) return []
  const wrongName = old === undefined ? labelName(draft.metadata.name ?? '') : []
  return [
    ...(wrongName.length === 0
      ? []
      : [
          'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: ' +
            `[${wrongName.join(' ')}]`,
        ]),
    ...templateWarnings(at(draft, 'spec', 'template'), 'spec.template.'),
  ]
}

const counts = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration', 'terminatingReplicas']

/** Counts are no less than nothing, and parts no more than the whole. */
const validateCounts = (draft: Draft): readonly Cause[] => {
  const count = (name: string): number => {
    const value = at(draft, 'status', name)
    return typeof value === 'number' ? value : 0
  }
  const most = (name: string, whole: string, why: string): readonly Cause[] =>
    count(name) > count(whole) ? [invalid(`status.${name}`, count(name), why)] : []
  return [
    ...counts.flatMap(name => (count(name) < 0 ? [invalid(`status.${name}`, count(name), 'must be greater than or equal to 0')] : [])),
    ...['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'].flatMap(name =>
      most(name, 'replicas', 'cannot be greater than status.replicas'),
    ),
    ...most('availableReplicas', 'readyReplicas', 'cannot be greater than readyReplicas'),
  ]
}

/** What keeps a number of Pods alive that are made of a template. */
export const workload: KindRules = { generation: true, validateUpdate: fixedSelector, warnings }

export const replicaSet: KindRules = { ...workload, validateStatus: validateCounts }
