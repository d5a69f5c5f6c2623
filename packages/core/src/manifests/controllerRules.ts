import { group } from '../api/index.ts'
import type { PolicyRule } from './manifest.ts'
import { rule } from './roles.ts'
import { verbs } from './verbs.ts'

/**
 * What the controllers do, and no more. They never delete a pod (they evict), list Secrets in their own namespace and
 * in kube-system only, and approve for two signers only.
 */
export const clusterRules: readonly PolicyRule[] = [
  rule(group, ['nodeclasses', 'nodesets'], ['get', 'list', 'watch', 'patch']),
  // Those of groups that a class imports.
  rule(group, ['nodesets'], ['create', 'delete']),
  rule(group, ['nodeclasses/status', 'nodesets/status'], ['patch']),
  // Nodes of a set block its foreground deletion; OwnerReferencesPermissionEnforcement asks for this.
  rule(group, ['nodesets/finalizers'], ['update']),
  // What the admission policies ask of whoever writes claims.
  rule(group, ['nodeclasses'], [verbs.use, verbs.adopt, verbs.administer, verbs.bypass]),
  rule('', ['nodes'], ['get', 'list', 'watch', 'create', 'patch', 'delete']),
  rule('', ['nodes/status'], ['patch']),
  rule('', ['pods'], ['list', 'watch']),
  rule('', ['pods/eviction'], ['create']),
  rule('', ['events'], ['create', 'patch']),
  // The UID of kube-system names the cluster on every machine.
  rule('', ['namespaces'], ['get']),
  // Credentials of classes and content of bootstrap files, wherever a class points; kube-public/cluster-info.
  rule('', ['secrets', 'configmaps'], ['get']),
  rule('storage.k8s.io', ['volumeattachments'], ['list', 'watch']),
  // Whether a volume belongs to a pod that stays on a node that is drained.
  rule('', ['persistentvolumeclaims'], ['get']),
  rule('certificates.k8s.io', ['certificatesigningrequests'], ['get', 'list', 'watch']),
  rule('certificates.k8s.io', ['certificatesigningrequests/approval'], ['update']),
  rule('certificates.k8s.io', ['signers'], ['approve'], ['kubernetes.io/kube-apiserver-client-kubelet', 'kubernetes.io/kubelet-serving']),
]

/** In the controller's own namespace: leader election, providers' durable entries, revisions of sets. */
export const ownNamespaceRules: readonly PolicyRule[] = [
  rule('coordination.k8s.io', ['leases'], ['get', 'create', 'update']),
  rule('', ['secrets'], ['get', 'list', 'create', 'update', 'patch', 'delete']),
  // Whether deletions are frozen outlives every process.
  rule('', ['configmaps'], ['create', 'patch']),
  rule('apps', ['controllerrevisions'], ['get', 'list', 'create', 'patch', 'delete']),
]

/**
 * In kube-system: bootstrap tokens, whose names can't be known beforehand, and the address of the cluster's DNS. Those that nobody waits
 * for any more are found in a list of their label alone; RBAC can't ask for the label.
 */
export const systemNamespaceRules: readonly PolicyRule[] = [
  rule('', ['secrets'], ['create', 'get', 'list', 'patch', 'delete']),
  rule('', ['services'], ['get'], ['kube-dns']),
]
