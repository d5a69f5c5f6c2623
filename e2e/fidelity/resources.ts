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

/** Kinds that scripts are about. */
export type SubjectName =
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

/** Kinds that say who may do what. */
export type AccessName =
  | 'roles'
  | 'rolebindings'
  | 'clusterroles'
  | 'clusterrolebindings'
  | 'selfsubjectaccessreviews'
  | 'subjectaccessreviews'
  | 'localsubjectaccessreviews'
  | 'tokenreviews'
  | 'selfsubjectreviews'

export type ResourceName = SubjectName | AccessName

const rbac = 'rbac.authorization.k8s.io/v1'
const authorization = 'authorization.k8s.io/v1'
const authentication = 'authentication.k8s.io/v1'

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
  roles: grouped(rbac, 'Role'),
  rolebindings: grouped(rbac, 'RoleBinding'),
  clusterroles: grouped(rbac, 'ClusterRole', false),
  clusterrolebindings: grouped(rbac, 'ClusterRoleBinding', false),
  selfsubjectaccessreviews: grouped(authorization, 'SelfSubjectAccessReview', false),
  subjectaccessreviews: grouped(authorization, 'SubjectAccessReview', false),
  localsubjectaccessreviews: grouped(authorization, 'LocalSubjectAccessReview'),
  tokenreviews: grouped(authentication, 'TokenReview', false),
  selfsubjectreviews: grouped(authentication, 'SelfSubjectReview', false),
}
