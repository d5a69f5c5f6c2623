export { type ForeignMachine, type KillOptions, type SimulatedCloud, type SimulatedCloudOptions, simulatedCloud } from './cloud.ts'
export type { SimulatedProviderOptions } from './provider.ts'
export type { Chances, CloudCall, Faults, LostAnswerOptions, Which } from './faults.ts'
export type { InstanceType, SimulatedMachine } from './machine.ts'
