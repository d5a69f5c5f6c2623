import { type Context, nowOf } from '../context.ts'
import { type StoredObject, at, draftOf, equal, textAt } from '../objects/index.ts'
import { type Budget, budgets } from './budget.ts'

/** Writes what a budget allows into its status, as the disruption controller does; nothing when it stands there already. */
export const recordBudget = (context: Context, budget: Budget): void => {
  const { object } = budget
  const draft = draftOf(object)
  draft['status'] = {
    observedGeneration: object.metadata.generation,
    disruptionsAllowed: budget.disruptionsAllowed,
    currentHealthy: budget.currentHealthy,
    desiredHealthy: budget.desiredHealthy,
    expectedPods: budget.expectedPods,
    conditions: [condition(context, object, budget)],
  }
  if (!equal(draft['status'], object['status'])) context.storage.update(budgets, draft, object)
}

const condition = (context: Context, object: StoredObject, { disruptionsAllowed }: Budget): Readonly<Record<string, unknown>> => {
  const allowed = disruptionsAllowed > 0
  const status = allowed ? 'True' : 'False'
  const listed = at(object, 'status', 'conditions')
  const before = (Array.isArray(listed) ? listed : []).find(c => textAt(c, 'type') === 'DisruptionAllowed')
  return {
    type: 'DisruptionAllowed',
    status,
    observedGeneration: object.metadata.generation,
    lastTransitionTime: textAt(before, 'status') === status ? textAt(before, 'lastTransitionTime') : nowOf(context),
    reason: allowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
  }
}
