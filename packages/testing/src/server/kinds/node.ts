import { type Draft, at, textAt, withAt } from '../objects/index.ts'
import type { Cause } from '../schema/index.ts'
import { forbiddenField, invalidValue } from '../status/index.ts'
import type { KindRules } from './rules.ts'
import { validateTaints } from './taints.ts'

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

/** A kubelet registers its Node together with a status, so a status given at creation is kept. */
export const node: KindRules = {
  fields: { 'spec.unschedulable': object => String(at(object, 'spec', 'unschedulable') === true) },
  statusAtCreation: true,
  prepareCreate: taintAsNotReady,
  validateCreate: validateTaints,
  validateUpdate: (draft, old) => {
    const causes: Cause[] = [...validateTaints(draft)]
    const before = textAt(old, 'spec', 'providerID')
    const after = textAt(draft, 'spec', 'providerID')
    if (before !== '' && before !== after) {
      causes.push(
        invalidValue('spec.providerID', undefined, after === '' ? 'field cannot be cleared once set' : 'field cannot be modified once set'),
      )
    }
    const ranges = at(old, 'spec', 'podCIDRs')
    if (Array.isArray(ranges) && ranges.length > 0 && JSON.stringify(ranges) !== JSON.stringify(at(draft, 'spec', 'podCIDRs'))) {
      causes.push(forbiddenField('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'))
    }
    return causes
  },
}

/** Admission plugin TaintNodesByCondition: nothing is scheduled before some controller has seen the Node ready. */
function taintAsNotReady(draft: Draft): void {
  const given = at(draft, 'spec', 'taints')
  const taints: readonly unknown[] = Array.isArray(given) ? given : []
  if (taints.some(taint => textAt(taint, 'key') === notReady.key && textAt(taint, 'effect') === notReady.effect)) return
  Object.assign(draft, withAt(draft, ['spec', 'taints'], [...taints, notReady]))
}
