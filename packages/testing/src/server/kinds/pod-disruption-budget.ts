import { type Draft, at, isObject } from '../objects/index.ts'
import type { Cause } from '../schema/index.ts'
import { validateLabelSelector } from '../schema/metadata.ts'
import { invalidValue, unsupportedValue } from '../status/index.ts'
import { validateConditions } from './conditions.ts'
import type { KindRules } from './rules.ts'

export const podDisruptionBudget: KindRules = {
  generation: true,
  metadataLast: true,
  unconditionalUpdate: false,
  validateCreate: validateSpec,
  validateUpdate: validateSpec,
  validateStatus,
}

function validateSpec(draft: Draft): readonly Cause[] {
  const { maxUnavailable, minAvailable, selector, unhealthyPodEvictionPolicy: policy } = isObject(draft['spec']) ? draft['spec'] : {}
  const policies = ['AlwaysAllow', 'IfHealthyBudget']
  const shown = {
    MinAvailable: minAvailable ?? null,
    Selector: selector ?? null,
    MaxUnavailable: maxUnavailable ?? null,
    UnhealthyPodEvictionPolicy: policy ?? null,
  }
  return [
    ...(minAvailable !== undefined && maxUnavailable !== undefined
      ? [invalidValue('spec', shown, 'minAvailable and maxUnavailable cannot be both set')]
      : []),
    ...['minAvailable', 'maxUnavailable'].flatMap(field => validatePortion(`spec.${field}`, at(draft, 'spec', field))),
    ...validateLabelSelector(selector, 'spec.selector'),
    ...(typeof policy === 'string' && !policies.includes(policy)
      ? [unsupportedValue('spec.unhealthyPodEvictionPolicy', policy, policies)]
      : []),
  ]
}

function validateStatus(draft: Draft): readonly Cause[] {
  const counts = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods']
  return [
    ...validateConditions(at(draft, 'status', 'conditions'), 'status.conditions'),
    ...counts.flatMap(count => {
      const value = at(draft, 'status', count)
      return typeof value === 'number' && value < 0 ? [invalidValue(`status.${count}`, value, 'must be greater than or equal to 0')] : []
    }),
  ]
}

/** A number of pods, or a percentage of them. */
const validatePortion = (field: string, value: unknown): readonly Cause[] => {
  if (typeof value === 'number') return value < 0 ? [invalidValue(field, value, 'must be greater than or equal to 0')] : []
  if (typeof value !== 'string') return []
  const [, percent] = /^([0-9]+)%$/.exec(value) ?? []
  if (percent === undefined) {
    return [
      invalidValue(
        field,
        value,
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used " +
          "for validation is '[0-9]+%')",
      ),
    ]
  }
  return Number(percent) > 100 ? [invalidValue(field, value, 'must not be greater than 100%')] : []
}
