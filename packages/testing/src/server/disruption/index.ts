export { type Budget, budgetOf, budgets, budgetsOf, isReady } from './budget.ts'
export { countEviction, recordBudget } from './status.ts'
