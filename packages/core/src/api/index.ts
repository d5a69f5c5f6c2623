export {
  type AnyResource, type KubeObject, type ObjectMeta, type OwnerReference, type Resource, type Wire, apiVersionOf, pathOf, resource,
} from './object.ts'
export {
  type Condition, type Event, type Lease, type Namespace, type Node, type NodeAddress, type Pod, type Secret, type Taint,
  Events, Leases, Namespaces, Nodes, Pods, Secrets, nameOf,
} from './builtin.ts'
export {
  type BootstrapFile, type BootstrapSpec, type KeyReference, type NodeClass, type NodeClassSpec, type NodeClassStatus,
  type NodeClassTemplate, type SecretReference, NodeClasses,
} from './nodeclass.ts'
export { type NodeSet, type NodeSetSpec, type NodeSetStatus, NodeSets } from './nodeset.ts'
export { type Phase, annotations, conditions, defaultController, finalizers, group, labels, taints, version } from './keys.ts'
