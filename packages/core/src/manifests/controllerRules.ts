import { group } from '../api/index.ts'
import type { PolicyRule } from './manifest.ts'
import { rule } from './roles.ts'
import { verbs } from './verbs.ts'

/**
 * What the controllers do, and no more. They never delete a pod (they evict), never read the Secrets of a namespace as a
 * list outside of their own, and approve for two signers only.
 */
export const clusterRules: readonly PolicyRule[] = [
  rule(group, ['nodeclasses', 'nodesets'], ['get', 'list', 'watch', 'patch']),
  rule(group, ['nodeclasses/status', 'nodesets/status'], ['patch']),
  // Nodes of a set block its foreground deletion; OwnerReferencesPermissionEnforcement asks for this.
  rule(group, ['nodesets/finalizers'], ['update']),
  // What the admission policies ask of whoever writes claims.
  rule(group, ['nodeclasses'], [verbs.use, verbs.adopt, verbs.administer, verbs.bypass]),
  rule('', ['nodes'], ['get', 'list', 'watch', 'create', 'patch', 'delete']),
  rule('', ['nodes/status'], ['patch']),
  rule('', ['pods'], ['get', 'list', 'watch']),
  rule('', ['pods/eviction'], ['create']),
  rule('', ['events'], ['create', 'patch']),
  // The UID of kube-system names the cluster on every machine.
  rule('', ['namespaces'], ['get']),
  // Credentials of classes and content of bootstrap files, wherever a class points; kube-public/cluster-info.
  rule('', ['secrets', 'configmaps'], ['get']),
  rule('storage.k8s.io', ['volumeattachments'], ['get', 'list', 'watch']),
  // Whether a volume belongs to a pod that stays on a node that is drained.
  rule('', ['persistentvolumeclaims'], ['get']),
  rule('certificates.k8s.io', ['certificatesigningrequests'], ['get', 'list', 'watch']),
  rule('certificates.k8s.io', ['certificatesigningrequests/approval'], ['update']),
  rule('certificates.k8s.io', ['signers'], ['approve'], ['kubernetes.io/kube-apiserver-client-kubelet', 'kubernetes.io/kubelet-serving']),
]

/** In the controller's own namespace: leader election, providers' durable entries, revisions of sets. */
export const ownNamespaceRules: readonly PolicyRule[] = [
  rule('coordination.k8s.io', ['leases'], ['get', 'create', 'update', 'patch']),
  rule('', ['secrets'], ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']),
  rule('apps', ['controllerrevisions'], ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']),
]

/** In kube-system: bootstrap tokens, whose names can't be known beforehand, and the address of the cluster's DNS. */
export const systemNamespaceRules: readonly PolicyRule[] = [
  rule('', ['secrets'], ['create', 'get', 'patch', 'delete']),
  rule('', ['services'], ['get'], ['kube-dns']),
]
