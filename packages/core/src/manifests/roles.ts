import type { BindingManifest, PolicyRule, RoleManifest, Subject } from './manifest.ts'

const apiGroup = 'rbac.authorization.k8s.io'
const apiVersion = `${apiGroup}/v1`

export const clusterRole = (name: string, rules: readonly PolicyRule[], labels?: Readonly<Record<string, string>>): RoleManifest => ({
  apiVersion,
  kind: 'ClusterRole',
  metadata: { name, ...(labels && { labels }) },
  rules,
})

export const role = (namespace: string, name: string, rules: readonly PolicyRule[]): RoleManifest => ({
  apiVersion,
  kind: 'Role',
  metadata: { namespace, name },
  rules,
})

export const clusterBinding = (name: string, clusterRoleName: string, subjects: readonly Subject[]): BindingManifest => ({
  apiVersion,
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup, kind: 'ClusterRole', name: clusterRoleName },
  subjects,
})

export const binding = (
  namespace: string,
  name: string,
  to: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string },
  subjects: readonly Subject[],
): BindingManifest => ({
  apiVersion,
  kind: 'RoleBinding',
  metadata: { namespace, name },
  roleRef: { apiGroup, ...to },
  subjects,
})

export const groupSubject = (name: string): Subject => ({ kind: 'Group', apiGroup, name })

export const rule = (
  group: string,
  resources: readonly string[],
  verbs: readonly string[],
  resourceNames?: readonly string[],
): PolicyRule => ({ apiGroups: [group], resources, ...(resourceNames && { resourceNames }), verbs })
