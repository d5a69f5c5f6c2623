export {
  type AnyResource,
  type KubeObject,
  type ObjectMeta,
  type OwnerReference,
  type Resource,
  type Wire,
  apiVersionOf,
  pathOf,
  resource,
} from './object.ts'
export {
  type CertificateCondition,
  type CertificateSigningRequest,
  type Condition,
  type ConfigMap,
  type ControllerRevision,
  type CustomResourceDefinition,
  type CustomResourceVersion,
  type DaemonSet,
  type Event,
  type LabelSelector,
  type Lease,
  type Namespace,
  type Node,
  type NodeAddress,
  type PersistentVolumeClaim,
  type Pod,
  type PodDisruptionBudget,
  type ReplicaSet,
  type Secret,
  type Service,
  type Taint,
  type VolumeAttachment,
  type Workload,
  nameOf,
} from './builtin.ts'
export {
  CertificateSigningRequests,
  ConfigMaps,
  ControllerRevisions,
  CustomResourceDefinitions,
  DaemonSets,
  Events,
  Leases,
  Namespaces,
  Nodes,
  PersistentVolumeClaims,
  PodDisruptionBudgets,
  Pods,
  ReplicaSets,
  Secrets,
  Services,
  VolumeAttachments,
} from './resources.ts'
export {
  type BootstrapFile,
  type BootstrapSpec,
  type KeyReference,
  type NodeClass,
  type NodeClassSpec,
  type NodeClassStatus,
  type ClassConnection,
  type ResolvedField,
  type NodeClassTemplate,
  type SecretReference,
  NodeClasses,
} from './nodeclass.ts'
export {
  type NodeSet,
  type NodeSetGroup,
  type NodeSetGroupStatus,
  type NodeSetSpec,
  type NodeSetStatus,
  NodeSets,
  classNamesOfSet,
  mostClasses,
} from './nodeset.ts'
export {
  type Phase,
  annotations,
  bootstrapGroup,
  conditions,
  defaultController,
  finalizers,
  group,
  labels,
  nameForController,
  reasons,
  taints,
  version,
} from './keys.ts'
export { type NextCondition, conditionStatus, conditionTime, findCondition, isReady, removeCondition, setCondition } from './conditions.ts'
export { addTaints, hasTaint, removeTaints, sameTaint } from './taints.ts'
export { type IntOrPercent, isZero, percentPattern, rolloutBounds, scaledValue } from './intOrPercent.ts'
export { mergePatch } from './mergePatch.ts'
export type { Parsed, Problem } from './schema/problem.ts'
export { parseNodeClass } from './schema/nodeclass.ts'
export { parseNodeSet } from './schema/nodeset.ts'
export { crds } from './crds.ts'
