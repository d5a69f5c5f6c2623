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
  /**
   * User names that may not delete a claim while its machine is being provisioned. Default: those of
   * cloud-controller-managers. Never the garbage collector's, which could then delete no set.
   */
  readonly denyEarlyDeletion?: readonly string[]
  /** What the providerID of a Node that a kubelet registers by itself may start with. Default: anything. */
  readonly kubeletProviderIDs?: readonly string[]
  /** Ask for the verb `bypass` of whoever creates or deletes Nodes that are no claims. Default false. */
  readonly guardUnclaimedNodes?: boolean
  /** Default: all. */
  readonly only?: readonly ManifestPart[]
}

export const defaultNamespace = 'kube-node-system'
export const defaultServiceAccount = 'kube-node'
