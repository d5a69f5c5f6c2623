export {
  type CloudAbility,
  type FakeCloud,
  type Layer,
  type Lift,
  type MachineManifest,
  type OptionalMethod,
  type ProviderConformanceOptions,
  type ProviderWorld,
  type TrueMachine,
  providerConformance,
} from './machines/index.ts'
export { type Coverage, type TestPort, memoryStore } from './suite/index.ts'
export {
  type GroupAbility,
  type GroupCloud,
  type GroupConformanceOptions,
  type GroupManifest,
  type GroupWorld,
  type NewGroup,
  type OptionalGroupMethod,
  type TrueGroup,
  groupConformance,
} from './groups/index.ts'
