export { type Budget, budgetOf, budgets, budgetsOf, isReady } from './budget.ts'
export { recordBudget } from './status.ts'
