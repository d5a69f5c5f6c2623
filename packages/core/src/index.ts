export * from './engine/index.ts'
export {
  type Duration, type Log, type LogLevel, type Runtime, createLog, describeMs, durationMs, systemRuntime,
} from './runtime/index.ts'
export {
  type BrokenRecord, type ConnectionReference, type MachineRecord, classNameOf, hasJoined, isBroken, isClaim, isDeleting, isUp, phaseOf,
  readyStatus, recordOf,
} from './claim/index.ts'
export { type Providers, type ProvidersOptions, createProviders } from './inventory/index.ts'
export { type NodeController, type NodeControllerOptions, type NodeEvents, nodeController } from './node/index.ts'
export { type NodeSetController, type NodeSetControllerOptions, type NodeSetEvents, nodeSetController } from './nodeset/index.ts'
export { type KubeNode, type KubeNodeOptions, createKubeNode } from './kubeNode.ts'
