export { type GroupConformanceOptions, groupConformance } from './group-conformance.ts'
export type { GroupAbility, GroupManifest, OptionalGroupMethod } from './manifest.ts'
export type { GroupCloud, GroupWorld, NewGroup, TrueGroup } from './world.ts'
