import { type Draft, type JsonObject, at, isObject } from '../objects/index.ts'
import type { Cause } from '../schema/index.ts'
import { invalidValue } from '../status/index.ts'
import type { KindRules } from './rules.ts'

export const lease: KindRules = {
  createOnUpdate: true,
  unconditionalUpdate: false,
  prepareCreate: withoutElection,
  prepareUpdate: withoutElection,
  validateCreate: validateSpec,
  validateUpdate: validateSpec,
}

function validateSpec(lease: JsonObject): readonly Cause[] {
  const seconds = at(lease, 'spec', 'leaseDurationSeconds')
  const transitions = at(lease, 'spec', 'leaseTransitions')
  return [
    ...(typeof seconds === 'number' && seconds <= 0 ? [invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0')] : []),
    ...(typeof transitions === 'number' && transitions < 0
      ? [invalidValue('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')]
      : []),
  ]
}

/** Fields of coordinated leader election, which 1.37 drops unless the feature is switched on. */
function withoutElection(draft: Draft): void {
  if (!isObject(draft['spec'])) return
  const { strategy: _strategy, preferredHolder: _holder, ...spec } = draft['spec']
  draft['spec'] = spec
}
