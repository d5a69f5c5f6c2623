import { isBroken, isClaim, isDeleting, recordOf } from '../claim/index.ts'
import type { NodeFacts } from './facts.ts'
import { planDeletion } from './planDeletion.ts'
import { afterOrigin, planHandedOver } from './planHandover.ts'
import { planProvision } from './planProvision.ts'
import type { NodeStep } from './step.ts'

/**
 * The next step for one claim, from everything that is known of it. Pure: the same facts give the same step, so every
 * crash recovers by being asked again.
 */
export const planNode = (facts: NodeFacts): NodeStep => {
  const { node } = facts
  if (!isClaim(node)) return { do: 'rest' }
  const record = recordOf(node)
  const handedOver = planHandedOver(facts)
  if (handedOver && (!record || isBroken(record) || record.controller === facts.controller)) return handedOver
  if (isBroken(record)) {
    return {
      do: 'tell',
      phase: 'Pending',
      reason: 'BrokenRecord',
      message: `${record.problem}; without it no machine can be found: restore it, or delete the machine by hand and remove the annotation`,
      afterMs: 60_000,
    }
  }
  // Somebody else's: another controller made its machine and will delete it.
  if (record && record.controller !== facts.controller) return { do: 'rest' }
  return afterOrigin(facts, isDeleting(node) ? planDeletion(facts, record) : planProvision(facts, record))
}
