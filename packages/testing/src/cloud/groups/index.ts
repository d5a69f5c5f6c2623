export type { GroupOperations } from './api.ts'
export {
  type ForeignGroup,
  type SimulatedGroup,
  type SimulatedGroupOptions,
  type SimulatedGroups,
  groupEstate,
} from './groups.ts'
export { groupHandlers } from './handlers.ts'
export { type SimulatedGroupProviderOptions, groupProviderOf } from './provider.ts'
