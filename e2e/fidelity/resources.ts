/** What scripts work with, and where it is served. */
export interface Resource {
  readonly root: string
  readonly apiVersion: string
  readonly kind: string
  readonly namespaced: boolean
  /** As the path has it, where that is not the name by which scripts know it. */
  readonly plural?: string
}

const core = (kind: string, namespaced = true): Resource => ({ root: '/api/v1', apiVersion: 'v1', kind, namespaced })
const grouped = (apiVersion: string, kind: string, namespaced = true): Resource => ({
  root: `/apis/${apiVersion}`,
  apiVersion,
  kind,
  namespaced,
})

const book = (root: string): Resource => ({ root, apiVersion: '', kind: '', namespaced: true, plural: '' })

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
  | 'newgadgets'
  | 'gizmos'
  | 'certificatesigningrequests'

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

/** What a server tells of itself, or is told: read at paths of its own. */
export type BookName = 'apis' | 'discovery' | 'openapi' | 'openapis'

export type ResourceName = SubjectName | AccessName | BookName

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
  // The same objects in another version.
  newgadgets: { ...grouped('{id}.example.test/v2', 'Gadget'), plural: 'gadgets' },
  // Another kind of the script's own, in the same group.
  gizmos: grouped('{id}.example.test/v1', 'Gizmo'),
  apis: book('/apis'),
  discovery: book('/apis/{id}.example.test'),
  openapi: book('/openapi/v3/apis/{id}.example.test'),
  openapis: book('/openapi/v3'),
  certificatesigningrequests: grouped('certificates.k8s.io/v1', 'CertificateSigningRequest', false),
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
