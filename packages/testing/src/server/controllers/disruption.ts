import type { Context } from '../context.ts'
import { budgetOf, budgets, recordBudget } from '../disruption/index.ts'
import type { Controller } from './controller.ts'
import { loop } from './loop.ts'

const delayMs = 10

/** Keeps what PodDisruptionBudgets allow in their status, for people: evictions are judged by the pods themselves. */
export const disruptionController = (context: Context): Controller => {
  const dirty = new Set<string>()
  const work = loop(context, 'disruption controller', delayMs, () => {
    for (const budget of [...context.storage.collection(budgets).values()]) {
      if (dirty.has(budget.metadata.namespace ?? '') && budget.metadata.deletionTimestamp === undefined)
        recordBudget(context, budgetOf(context, budget))
    }
    dirty.clear()
    return false
  })
  return {
    note: ({ group, plural }, { object, type }) => {
      const aboutBudget = group === budgets.group && plural === budgets.plural && type !== 'DELETED'
      const aboutPod = group === '' && plural === 'pods'
      if (!aboutBudget && !(aboutPod && context.storage.collection(budgets).size > 0)) return
      dirty.add(object.metadata.namespace ?? '')
      work.wake()
    },
    close: work.close,
  }
}
