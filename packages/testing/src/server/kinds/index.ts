export { cleanupFinalizer, storageVersions } from './custom-resource-definition.ts'
export { rulesOf, selectableOf } from './kinds.ts'
export type { KindRules } from './rules.ts'
