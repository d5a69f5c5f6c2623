/** Roles that every cluster with RBAC is born with, as far as clients lean on them. */
interface BootRole {
  readonly name: string
  readonly rules: readonly object[]
  readonly groups?: readonly string[]
  readonly users?: readonly string[]
}

const any = ['*']
const health = ['/healthz', '/livez', '/readyz', '/version', '/version/']
const certificates = 'certificates.k8s.io'
const requests = 'certificatesigningrequests'

const roles: readonly BootRole[] = [
  {
    name: 'cluster-admin',
    rules: [
      { apiGroups: any, resources: any, verbs: any },
      { nonResourceURLs: any, verbs: any },
    ],
    groups: ['system:masters'],
  },
  {
    name: 'system:basic-user',
    rules: [
      { apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], verbs: ['create'] },
      { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
    ],
    groups: ['system:authenticated'],
  },
  {
    name: 'system:discovery',
    rules: [{ nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', ...health], verbs: ['get'] }],
    groups: ['system:authenticated'],
  },
  {
    name: 'system:public-info-viewer',
    rules: [{ nonResourceURLs: health, verbs: ['get'] }],
    groups: ['system:authenticated', 'system:unauthenticated'],
  },
  {
    name: 'system:node-bootstrapper',
    rules: [{ apiGroups: [certificates], resources: [requests], verbs: ['create', 'get', 'list', 'watch'] }],
  },
  {
    name: `system:${certificates}:${requests}:nodeclient`,
    rules: [{ apiGroups: [certificates], resources: [`${requests}/nodeclient`], verbs: ['create'] }],
  },
  {
    name: `system:${certificates}:${requests}:selfnodeclient`,
    rules: [{ apiGroups: [certificates], resources: [`${requests}/selfnodeclient`], verbs: ['create'] }],
  },
  {
    // A real cluster asks the Node authorizer, which knows which Secrets belong to which node; here every kubelet may read them all.
    name: 'system:node',
    rules: [
      { apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs: ['create', 'get', 'list', 'watch', 'update', 'patch'] },
      { apiGroups: [''], resources: ['nodes'], verbs: ['delete'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['create', 'get', 'list', 'watch', 'delete'] },
      { apiGroups: [''], resources: ['pods/status', 'pods/eviction', 'events'], verbs: ['create', 'update', 'patch'] },
      {
        apiGroups: [''],
        resources: ['configmaps', 'secrets', 'services', 'persistentvolumes', 'persistentvolumeclaims'],
        verbs: ['get', 'list', 'watch'],
      },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'get', 'update', 'patch', 'delete'] },
      { apiGroups: ['storage.k8s.io'], resources: ['csinodes', 'csidrivers', 'volumeattachments'], verbs: any },
      { apiGroups: [certificates], resources: [requests], verbs: ['create', 'get', 'list', 'watch'] },
      {
        apiGroups: ['authentication.k8s.io', 'authorization.k8s.io'],
        resources: ['tokenreviews', 'subjectaccessreviews'],
        verbs: ['create'],
      },
    ],
    groups: ['system:nodes'],
  },
  {
    // The controllers that run in the embedded server.
    name: 'system:controller:embedded',
    rules: [{ apiGroups: any, resources: any, verbs: any }],
    users: ['generic-garbage-collector', 'namespace-controller', 'apiextensions-apiserver', 'certificate-controller'].map(
      name => `system:serviceaccount:kube-system:${name}`,
    ),
  },
]

const group = 'rbac.authorization.k8s.io'

/** What to POST, in order, as path and body. */
export const bootObjects = (): readonly (readonly [path: string, body: object])[] =>
  roles.flatMap(({ groups = [], name, rules, users = [] }) => {
    const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
    const metadata = { name, labels }
    const subjects = [
      ...groups.map(subject => ({ kind: 'Group', apiGroup: group, name: subject })),
      ...users.map(subject => ({ kind: 'User', apiGroup: group, name: subject })),
    ]
    const path = `/apis/${group}/v1`
    const role = [`${path}/clusterroles`, { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata, rules }] as const
    if (subjects.length === 0) return [role]
    const roleRef = { apiGroup: group, kind: 'ClusterRole', name }
    const binding = { apiVersion: `${group}/v1`, kind: 'ClusterRoleBinding', metadata, roleRef, subjects }
    return [role, [`${path}/clusterrolebindings`, binding] as const]
  })
