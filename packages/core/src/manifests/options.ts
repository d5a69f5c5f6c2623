/** The parts of an installation, in the order in which they are applied. */
export const manifestParts = ['crds', 'rbac', 'policies'] as const
export type ManifestPart = (typeof manifestParts)[number]

export interface ManifestOptions {
  /** Where the controller keeps its Lease and Secrets, and its service account is. Default `kube-node-system`. */
  readonly namespace?: string
  /** The service account that the controller runs as. Default `kube-node`. */
  readonly serviceAccount?: string
  /** For a controller that runs outside of the cluster: the user that its credentials stand for, instead of a service account. */
  readonly user?: string
  /** Default: all. */
  readonly only?: readonly ManifestPart[]
}

export const defaultNamespace = 'kube-node-system'
export const defaultServiceAccount = 'kube-node'
