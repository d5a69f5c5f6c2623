import type { BindingManifest, Manifest, PolicyRule, RoleManifest, Subject } from './manifest.ts'
import { type ManifestOptions, defaultNamespace, defaultServiceAccount } from './options.ts'
import { bootstrapRbac } from './bootstrapRbac.ts'
import { clusterRules, ownNamespaceRules, systemNamespaceRules } from './controllerRules.ts'
import { peopleRoles } from './people.ts'
import { binding, clusterBinding, clusterRole, role } from './roles.ts'

/** Namespace, service account, the controller's rights, those of machines that join, and those of people. */
export const rbac = (options: ManifestOptions = {}): readonly Manifest[] => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: options.namespace ?? defaultNamespace } },
  ...serviceAccount(options),
  ...controllerRbac(options),
  ...bootstrapRbac(),
  ...peopleRoles(),
]

const serviceAccount = ({
  namespace = defaultNamespace,
  serviceAccount: name = defaultServiceAccount,
  user,
}: ManifestOptions): Manifest[] => (user === undefined ? [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } }] : [])

const controllerRbac = (options: ManifestOptions): readonly (RoleManifest | BindingManifest)[] => {
  const subject = subjectOf(options)
  const inNamespace = (namespace: string, rules: readonly PolicyRule[]): readonly (RoleManifest | BindingManifest)[] => [
    role(namespace, 'kube-node', rules),
    binding(namespace, 'kube-node', { kind: 'Role', name: 'kube-node' }, [subject]),
  ]
  return [
    clusterRole('kube-node', clusterRules),
    clusterBinding('kube-node', 'kube-node', [subject]),
    ...inNamespace(options.namespace ?? defaultNamespace, ownNamespaceRules),
    ...inNamespace('kube-system', systemNamespaceRules),
  ]
}

const subjectOf = ({ namespace = defaultNamespace, serviceAccount: name = defaultServiceAccount, user }: ManifestOptions): Subject =>
  user === undefined ? { kind: 'ServiceAccount', namespace, name } : { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: user }
