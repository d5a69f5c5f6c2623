export * from './engine/index.ts'
export {
  type Duration,
  type Log,
  type LogLevel,
  type LogOptions,
  type Runtime,
  createLog,
  describeMs,
  durationMs,
  errorText,
  systemLog,
  systemRuntime,
} from './runtime/index.ts'
export {
  type AnyResource,
  type KubeObject,
  type Node,
  type NodeClass,
  type NodeSet,
  type ObjectMeta,
  type Resource,
  NodeClasses,
  NodeSets,
  Nodes,
  nameOf,
  resource,
} from './api/index.ts'
export {
  type Client,
  type Key,
  type KubeConfigLike,
  type KubeTransport,
  type Patch,
  type Store,
  ApiError,
  TransportError,
  fromKubeConfig,
  isAlreadyExists,
  isConflict,
  isNotFound,
  loadKubeConfig,
} from './kube/index.ts'
export {
  type BrokenRecord,
  type ConnectionReference,
  type MachineRecord,
  classNameOf,
  hasJoined,
  isBroken,
  isClaim,
  isDeleting,
  isUp,
  phaseOf,
  readyStatus,
  recordOf,
} from './claim/index.ts'
export {
  type Connection,
  type ConnectionOptions,
  type Inventory,
  type Providers,
  type ProvidersOptions,
  createProviders,
  openConnection,
  provesNothingMade,
} from './inventory/index.ts'
export { type NodeController, type NodeControllerOptions, type NodeEvents, nodeController } from './node/index.ts'
export { type NodeSetController, type NodeSetControllerOptions, type NodeSetEvents, nodeSetController } from './nodeset/index.ts'
export { type KubeNode, type KubeNodeOptions, createKubeNode, leaseNameOf } from './kubeNode.ts'
