import type { KubeObject, ObjectMeta } from '../api/index.ts'

/** An object to apply, whole. */
export interface Manifest extends KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta & { readonly name: string }
}

/** A rule of a Role or ClusterRole. */
export interface PolicyRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly resourceNames?: readonly string[]
}

export interface Subject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount'
  readonly name: string
  /** Empty for service accounts. */
  readonly apiGroup?: string
  /** Of service accounts only. */
  readonly namespace?: string
}

/** A Role or ClusterRole. */
export interface RoleManifest extends Manifest {
  readonly rules: readonly PolicyRule[]
}

/** A RoleBinding or ClusterRoleBinding. */
export interface BindingManifest extends Manifest {
  readonly roleRef: { readonly apiGroup: string; readonly kind: 'Role' | 'ClusterRole'; readonly name: string }
  readonly subjects: readonly Subject[]
}
