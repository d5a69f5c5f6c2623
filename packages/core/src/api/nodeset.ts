import type { Duration } from '../runtime/index.ts'
import type { Condition, Taint } from './builtin.ts'
import { group, version } from './keys.ts'
import { type KubeObject, type Resource, resource } from './object.ts'

/** N nodes of one class, kept alive. */
export interface NodeSet extends KubeObject {
  readonly spec: NodeSetSpec
  readonly status?: NodeSetStatus
}

export interface NodeSetSpec {
  /** Default 1, as for a ReplicaSet. */
  readonly replicas?: number
  readonly nodeClassName: string
  readonly template?: {
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly taints?: readonly Taint[]
    /** JSON merge patch over the class's config. */
    readonly config?: Readonly<Record<string, unknown>>
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

export interface NodeSetStatus {
  readonly observedGeneration?: number
  /** Nodes of the set that exist, those being deleted excluded. */
  readonly replicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly unavailableReplicas?: number
  readonly updatedReplicas?: number
  /** Label selector of the set's nodes, for the scale subresource. */
  readonly selector?: string
  readonly currentRevision?: string
  readonly updateRevision?: string
  readonly conditions?: readonly Condition[]
}

export const NodeSets: Resource<NodeSet> = resource<NodeSet>({ group, version, kind: 'NodeSet', plural: 'nodesets', namespaced: false })
