/** What is read of GKE: https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools#NodePool */
export interface NodePool {
  readonly name: string
  /** PROVISIONING, RUNNING, RUNNING_WITH_ERROR, RECONCILING, STOPPING, ERROR. */
  readonly status: string
  readonly statusMessage?: string
  readonly conditions?: readonly { readonly code?: string; readonly message?: string }[]
  /** Zones. */
  readonly locations?: readonly string[]
  /** URLs of the group managers beneath it, one a zone; during a blue-green upgrade two. */
  readonly instanceGroupUrls?: readonly string[]
  readonly autoscaling?: PoolAutoscaling
  readonly config?: { readonly metadata?: Readonly<Record<string, string>> }
}

export interface PoolAutoscaling {
  readonly enabled?: boolean
  /** In each zone. */
  readonly minNodeCount?: number
  readonly maxNodeCount?: number
  /** Of the pool; instead of those of each zone. */
  readonly totalMinNodeCount?: number
  readonly totalMaxNodeCount?: number
  /** The pool itself was made, and may be deleted, by node auto-provisioning. */
  readonly autoprovisioned?: boolean
}

export interface Cluster {
  readonly name: string
  /** Zones of pools that name none. */
  readonly locations?: readonly string[]
}

/** https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.operations#Operation */
export interface ClusterOperation {
  readonly name: string
  /** SET_NODE_POOL_SIZE, UPGRADE_NODES, AUTO_REPAIR_NODES, UPGRADE_MASTER... */
  readonly operationType?: string
  /** PENDING, RUNNING, DONE, ABORTING. */
  readonly status?: string
  /** URL of the cluster or pool. The number of the project is in it, not its id. */
  readonly targetLink?: string
}

/** https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers#InstanceGroupManager */
export interface GroupManager {
  readonly name: string
  /** URL. */
  readonly zone: string
  readonly baseInstanceName: string
  /** How many it shall have; those that it deletes do not count. */
  readonly targetSize?: number
}

export interface AggregatedManagers {
  readonly items?: Readonly<
    Record<string, { readonly instanceGroupManagers?: readonly GroupManager[]; readonly warning?: { readonly code?: string } }>
  >
  readonly nextPageToken?: string
  /** Scopes that could not be asked: `zones/europe-west1-b`. */
  readonly unreachables?: readonly string[]
}

/** https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers/listManagedInstances */
export interface ManagedInstance {
  /** URL, of one that is still to be made too. */
  readonly instance: string
  /** Empty while there is none. */
  readonly id?: string
  /** Of the instance; absent while there is none. */
  readonly instanceStatus?: string
  /** NONE, CREATING, RECREATING, DELETING, ABANDONING, RESTARTING, REFRESHING, VERIFYING... */
  readonly currentAction?: string
  readonly lastAttempt?: { readonly errors?: { readonly errors?: readonly { readonly code?: string; readonly message?: string }[] } }
}

export interface ManagedInstances {
  readonly managedInstances?: readonly ManagedInstance[]
  readonly nextPageToken?: string
}
