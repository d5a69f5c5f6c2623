export { type ConditionType, cleanupFinalizer, conditionOf, hasCondition } from './custom-resource-definition.ts'
export { rulesOf, selectableOf } from './kinds.ts'
export type { KindRules } from './rules.ts'
