export { simulatedCloud } from './cloud.ts'
export type { ForeignMachine, KillOptions, SimulatedCloud, SimulatedCloudOptions } from './cloud.types.ts'
export type {
  ForeignGroup,
  SimulatedGroup,
  SimulatedGroupOptions,
  SimulatedGroupProviderOptions,
  SimulatedGroups,
} from './groups/index.ts'
export type { CreateMachine } from './api.ts'
export type { SimulatedProviderOptions } from './provider.ts'
export type { Chances, CloudCall, Faults, LostAnswerOptions, Which } from './faults.ts'
export type { InstanceType, SimulatedMachine } from './machine.ts'
export { simulatedKubelets } from './kubelet/kubelets.ts'
export type { SimulatedKubelets, SimulatedKubeletsOptions } from './kubelet/kubelets.types.ts'
export { type SimulatedNodeLifecycle, type SimulatedNodeLifecycleOptions, simulatedNodeLifecycle } from './lifecycle/node-lifecycle.ts'
export {
  type SimulatedOutOfService,
  type SimulatedOutOfServiceOptions,
  simulatedOutOfService,
} from './lifecycle/out-of-service.ts'
export { type ServedCloud, serveCloud } from './http-server.ts'
export { type RemoteCloudOptions, remoteCloudProvider } from './http-client.ts'
