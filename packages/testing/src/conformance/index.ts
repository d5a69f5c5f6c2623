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
export type { Coverage, TestPort } from './suite/index.ts'
