/** What scripts work with, and where it is served. */
export interface Resource {
  readonly root: string
  readonly apiVersion: string
  readonly kind: string
  readonly namespaced: boolean
}

const core = (kind: string, namespaced = true): Resource => ({ root: '/api/v1', apiVersion: 'v1', kind, namespaced })
const grouped = (apiVersion: string, kind: string, namespaced = true): Resource => ({
  root: `/apis/${apiVersion}`,
  apiVersion,
  kind,
  namespaced,
})

export type ResourceName =
  | 'configmaps'
  | 'secrets'
  | 'pods'
  | 'events'
  | 'nodes'
  | 'namespaces'
  | 'leases'
  | 'poddisruptionbudgets'
  | 'replicasets'
  | 'nodeclasses'
  | 'nodesets'
  | 'widgets'
  | 'customresourcedefinitions'
  | 'gadgets'

export const resources: Readonly<Record<ResourceName, Resource>> = {
  configmaps: core('ConfigMap'),
  secrets: core('Secret'),
  pods: core('Pod'),
  events: core('Event'),
  nodes: core('Node', false),
  namespaces: core('Namespace', false),
  leases: grouped('coordination.k8s.io/v1', 'Lease'),
  poddisruptionbudgets: grouped('policy/v1', 'PodDisruptionBudget'),
  replicasets: grouped('apps/v1', 'ReplicaSet'),
  nodeclasses: grouped('kube-node.dev/v1alpha1', 'NodeClass', false),
  nodesets: grouped('kube-node.dev/v1alpha1', 'NodeSet', false),
  widgets: grouped('fidelity.example.test/v1', 'Widget'),
  customresourcedefinitions: grouped('apiextensions.k8s.io/v1', 'CustomResourceDefinition', false),
  // A kind of the script's own: its definition is made, changed and dropped by the script.
  gadgets: grouped('{id}.example.test/v1', 'Gadget'),
}
