import type { Duration } from '../runtime/index.ts'
import type { Condition, Taint } from './builtin.ts'
import { group, version } from './keys.ts'
import type { SecretReference } from './nodeclass.ts'
import { type KubeObject, type Resource, resource } from './object.ts'

/** N nodes of one class, kept alive. */
export interface NodeSet extends KubeObject {
  readonly spec: NodeSetSpec
  readonly status?: NodeSetStatus
}

export interface NodeSetSpec {
  /** Default 1, as for a ReplicaSet. */
  readonly replicas?: number
  /** Class of the nodes. Exactly one of this and `nodeClassNames`. */
  readonly nodeClassName?: string
  /** Several classes, the preferred one first: the next one serves while those before it are out of capacity (spot, then on demand). */
  readonly nodeClassNames?: readonly string[]
  /** Zones to spread the nodes over. Default: the provider chooses. Needs a provider that can be told a zone. */
  readonly zones?: readonly string[]
  /** Nodes beyond `replicas` that are kept ready, tainted and empty: they serve at once when replicas grow. Default: none. */
  readonly headroom?: { readonly nodes: number }
  /** Only for a class whose provider manages groups: which group the set drives, and how. Default: one that it creates. */
  readonly group?: NodeSetGroup
  readonly template?: {
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly taints?: readonly Taint[]
    /** JSON merge patch over the class's config. */
    readonly config?: Readonly<Record<string, unknown>>
    /** A new value, whatever it is, replaces every node: what `kube-node rollout restart` writes. */
    readonly restartedAt?: string
  }
  readonly strategy?: {
    /** Default RollingUpdate. */
    readonly type?: 'RollingUpdate' | 'OnDelete'
    readonly rollingUpdate?: {
      /** Nodes above `replicas` while it rolls: a number or a percentage. Default 1. */
      readonly maxSurge?: number | string
      /** Nodes below `replicas` while it rolls. Default 0. Not both 0. */
      readonly maxUnavailable?: number | string
    }
  }
  /** Seconds that a node must be Ready to count as available. Default 0. */
  readonly minReadySeconds?: number
  /** Default 1800. */
  readonly progressDeadlineSeconds?: number
  /** Default 10. */
  readonly revisionHistoryLimit?: number
  readonly paused?: boolean
  readonly scaleDown?: {
    /** Default Newest. */
    readonly order?: 'Newest' | 'Oldest' | 'LeastPods'
  }
  readonly maxLifetime?: Duration
  readonly repair?: {
    readonly unhealthy?: readonly { readonly type: string; readonly status: 'True' | 'False' | 'Unknown'; readonly after: Duration }[]
    readonly startupTimeout?: Duration
    readonly maxUnhealthy?: number | string
  }
}

export interface NodeSetGroup {
  /** The provider's id of a group that exists: the set takes it over as it is. Default: kube-node creates one. Never changes. */
  readonly id?: string
  /**
   * Who says how many machines there are. `nodeset`, the default: `replicas`, and resizes by others are corrected. `group`: the group,
   * which something else resizes; kube-node writes its size into `replicas`.
   */
  readonly sizeAuthority?: 'nodeset' | 'group'
  /** What becomes of the group with the set. Default: Keep for one that was there before (`id`), Delete for one that kube-node created. */
  readonly deletionPolicy?: 'Delete' | 'Keep'
}

/** The group that a set drives: written before anything is done to it, and by this it is found, never through today's class. */
export interface NodeSetGroupStatus {
  readonly provider: string
  /** The values of the provider's connection keys, and the Secret's name. */
  readonly connection: { readonly config: Readonly<Record<string, unknown>>; readonly secret?: SecretReference }
  /** The account that the credentials opened then, where the provider can tell. */
  readonly account?: string
  /** The provider's id of the group, once it is known. */
  readonly id?: string
  /** The group was there before the set: its size became the set's replicas when it was taken over. */
  readonly imported?: boolean
  /** Of an imported group: that has been done. */
  readonly takenOver?: boolean
  /** Revision of the machines of which the group itself tells none. */
  readonly revision?: string
  /** As the group was last seen. */
  readonly size?: number
  /** The size that it was last told to grow to, and when (RFC 3339): written before the order, gone when no such order can take effect. */
  readonly ordered?: { readonly size: number; readonly at: string }
  /** RFC 3339: when the deletion of the group was decided. That it is missing afterwards is no loss. */
  readonly deletedAt?: string
}

export interface NodeSetStatus {
  readonly observedGeneration?: number
  /** Hash of the spec without its replicas, as this status saw it: a rollout that has failed is tried again when it changes. */
  readonly specHash?: string
  /** Nodes of the set that exist, those being deleted excluded. */
  readonly replicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly unavailableReplicas?: number
  readonly updatedReplicas?: number
  /** Nodes of the headroom that are available; they are in none of the other numbers. */
  readonly headroomReplicas?: number
  /** Label selector of the set's nodes, for the scale subresource. */
  readonly selector?: string
  readonly currentRevision?: string
  readonly updateRevision?: string
  /** RFC 3339: when a node became available, an old one went, or what is asked for changed. The progress deadline counts from it. */
  readonly lastProgressTime?: string
  readonly group?: NodeSetGroupStatus
  readonly conditions?: readonly Condition[]
}

export const NodeSets: Resource<NodeSet> = resource<NodeSet>({ group, version, kind: 'NodeSet', plural: 'nodesets', namespaced: false })

/** How many classes a set may name. */
export const mostClasses = 4

/** The classes of a set, the preferred one first. */
export const classNamesOfSet = ({ spec }: NodeSet): readonly string[] =>
  spec.nodeClassNames ?? (spec.nodeClassName === undefined ? [] : [spec.nodeClassName])
