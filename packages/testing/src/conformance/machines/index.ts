export { type ProviderConformanceOptions, providerConformance } from './provider-conformance.ts'
export type { CloudAbility, MachineManifest, OptionalMethod } from './manifest.ts'
export type { FakeCloud, Lift, ProviderWorld, TrueMachine } from './world.ts'
export type { Layer } from './layer.ts'
