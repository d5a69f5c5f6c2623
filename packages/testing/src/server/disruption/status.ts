import { type Context, nowOf } from '../context.ts'
import { type Draft, type StoredObject, at, draftOf, equal, isObject, textAt } from '../objects/index.ts'
import { keepBooks } from '../verbs/index.ts'
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
  write(context, object, draft, 'kube-controller-manager')
}

/** Counts an eviction at once, as the API server itself does before the controller has seen it. */
export const countEviction = (context: Context, { disruptionsAllowed, object }: Budget): void => {
  if (disruptionsAllowed <= 0) return
  const draft = draftOf(object)
  const status = isObject(object['status']) ? object['status'] : {}
  draft['status'] = { ...status, disruptionsAllowed: disruptionsAllowed - 1 }
  write(context, object, draft, 'kube-apiserver')
}

const write = (context: Context, object: StoredObject, draft: Draft, manager: string): void => {
  if (equal(draft['status'], object['status'])) return
  const definition = context.registry.find(budgets.group, 'v1', budgets.plural)
  if (definition !== undefined) keepBooks(context, { definition, subresource: 'status' }, { manager, old: object, draft })
  context.storage.update(budgets, draft, object)
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
