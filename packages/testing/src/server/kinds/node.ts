import { type Draft, type StoredObject, at, equal, textAt, withAt } from '../objects/index.ts'
import type { Cause } from '../schema/index.ts'
import { rangeWarnings } from '../schema/addresses.ts'
import { validateNodeResources } from '../schema/builtin-checks/index.ts'
import { duplicate, forbidden, invalid } from '../schema/field-error.ts'
import type { KindRules } from './rules.ts'

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

/** A kubelet registers its Node together with a status, so a status given at creation is kept. */
export const node: KindRules = {
  fields: { 'spec.unschedulable': object => String(at(object, 'spec', 'unschedulable') === true) },
  statusAtCreation: true,
  prepareCreate: taintAsNotReady,
  validateUpdate: validateChange,
  validateStatus: (draft, old) => [...validateNodeResources(draft), ...validateChange(draft, old)],
  warnings: draft => [
    ...(at(draft, 'spec', 'configSource') === undefined ? [] : ['spec.configSource: the feature is removed']),
    ...(textAt(draft, 'spec', 'externalID') === '' ? [] : ['spec.externalID: this field is deprecated, and is unused by Kubernetes']),
    ...rangesOf(draft).flatMap((range, i) => rangeWarnings(`spec.podCIDRs[${i}]`, range)),
  ],
}

const listAt = (object: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = at(object, ...path)
  return Array.isArray(found) ? found : []
}

const rangesOf = (node: unknown): readonly string[] => listAt(node, 'spec', 'podCIDRs').map(String)

/** What may not change, and what only changed Nodes are asked. */
function validateChange(draft: Draft, old: StoredObject): readonly Cause[] {
  const [before, after] = [textAt(old, 'spec', 'providerID'), textAt(draft, 'spec', 'providerID')]
  return [
    ...validateAddresses(draft),
    ...validateRanges(rangesOf(draft), rangesOf(old)),
    ...(before === '' || before === after
      ? []
      : [invalid('spec.providerID', null, after === '' ? 'field cannot be cleared once set' : 'field cannot be modified once set')]),
    ...(textAt(draft, 'spec', 'externalID') === textAt(old, 'spec', 'externalID')
      ? []
      : [forbidden('spec.externalID', 'may not be updated')]),
  ]
}

const validateAddresses = (draft: Draft): readonly Cause[] => {
  const addresses = listAt(draft, 'status', 'addresses')
  return addresses.flatMap((address, i) =>
    addresses.findIndex(other => equal(other, address)) < i
      ? [
          duplicate(
            `status.addresses[${i}]`,
            new Map([
              ['Type', textAt(address, 'type')],
              ['Address', textAt(address, 'address')],
            ]),
          ),
        ]
      : [],
  )
}

const validateRanges = (after: readonly string[], before: readonly string[]): readonly Cause[] =>
  before.length === 0 || equal(before, after)
    ? []
    : [forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')]

/** Admission plugin TaintNodesByCondition: nothing is scheduled before some controller has seen the Node ready. */
function taintAsNotReady(draft: Draft): void {
  const given = at(draft, 'spec', 'taints')
  const taints: readonly unknown[] = Array.isArray(given) ? given : []
  if (taints.some(taint => textAt(taint, 'key') === notReady.key && textAt(taint, 'effect') === notReady.effect)) return
  Object.assign(draft, withAt(draft, ['spec', 'taints'], [...taints, notReady]))
}
