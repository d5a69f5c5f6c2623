import type { GoodOffer } from '../inventory/index.ts'
import type { NodeStep } from './step.ts'

/** Waits for a place under the class's limit, and says so: made or adopted, a machine takes one. */
export const limitReached = ({ nodeClass }: GoodOffer): NodeStep => ({
  do: 'tell',
  phase: 'Pending',
  reason: 'LimitReached',
  message:
    `older nodes use up the ${nodeClass.spec.limits?.nodes ?? 0} that the class allows (spec.limits.nodes): ` +
    'it goes on when one of them is deleted or the limit is raised',
  afterMs: 60_000,
})
