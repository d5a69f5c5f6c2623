import type { KubeObject, ObjectMeta } from './object.ts'

/** `metav1.Condition` and the older NodeCondition and PodCondition, which lack observedGeneration. */
export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason?: string
  readonly message?: string
  readonly observedGeneration?: number
  readonly lastTransitionTime?: string
  readonly lastHeartbeatTime?: string
}

export interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
  readonly timeAdded?: string
}

export interface NodeAddress {
  readonly type: 'InternalIP' | 'ExternalIP' | 'Hostname' | 'InternalDNS' | 'ExternalDNS'
  readonly address: string
}

/** A `v1` Node: what kube-node reads and writes of it. */
export interface Node extends KubeObject {
  readonly spec?: {
    readonly providerID?: string
    readonly unschedulable?: boolean
    readonly taints?: readonly Taint[]
    readonly podCIDR?: string
  }
  readonly status?: {
    readonly conditions?: readonly Condition[]
    readonly addresses?: readonly NodeAddress[]
    readonly capacity?: Readonly<Record<string, string>>
    readonly allocatable?: Readonly<Record<string, string>>
    readonly nodeInfo?: Readonly<Record<string, unknown>>
    readonly volumesAttached?: readonly { readonly name: string; readonly devicePath: string }[]
  }
}

export interface Pod extends KubeObject {
  readonly spec?: {
    readonly nodeName?: string
    readonly priorityClassName?: string
    readonly priority?: number
    readonly terminationGracePeriodSeconds?: number
    readonly tolerations?: readonly { readonly key?: string; readonly operator?: string; readonly effect?: string }[]
    readonly containers?: readonly { readonly name: string; readonly image?: string }[]
    readonly volumes?: readonly {
      readonly name: string
      readonly persistentVolumeClaim?: { readonly claimName: string }
      readonly ephemeral?: unknown
    }[]
  }
  readonly status?: {
    readonly phase?: string
    readonly conditions?: readonly Condition[]
    readonly containerStatuses?: readonly { readonly name: string; readonly state?: { readonly terminated?: unknown } }[]
  }
}

export interface Secret extends KubeObject {
  readonly type?: string
  /** Base64. */
  readonly data?: Readonly<Record<string, string>>
  readonly stringData?: Readonly<Record<string, string>>
}

export interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    /** MicroTime: exactly six fractional digits, or the API server refuses it. */
    readonly acquireTime?: string
    readonly renewTime?: string
    readonly leaseTransitions?: number
  }
}

export interface Event extends KubeObject {
  readonly involvedObject?: {
    readonly apiVersion?: string
    readonly kind?: string
    readonly name?: string
    readonly namespace?: string
    readonly uid?: string
  }
  readonly type?: string
  readonly reason?: string
  readonly message?: string
  readonly count?: number
  readonly firstTimestamp?: string
  readonly lastTimestamp?: string
  readonly source?: { readonly component?: string }
  readonly reportingComponent?: string
  readonly reportingInstance?: string
}

export interface Namespace extends KubeObject {
  readonly status?: { readonly phase?: string }
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
  /** Base64. */
  readonly binaryData?: Readonly<Record<string, string>>
}

export interface Service extends KubeObject {
  readonly spec?: { readonly clusterIP?: string; readonly clusterIPs?: readonly string[] }
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[]
}

/** Of a DaemonSet and a ReplicaSet: enough to know whose a pod is. */
export interface Workload extends KubeObject {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector; readonly template?: { readonly metadata?: ObjectMeta } }
  readonly status?: { readonly observedGeneration?: number; readonly readyReplicas?: number; readonly numberReady?: number }
}
export type DaemonSet = Workload
export type ReplicaSet = Workload

export interface PodDisruptionBudget extends KubeObject {
  readonly spec?: {
    readonly minAvailable?: number | string
    readonly maxUnavailable?: number | string
    readonly selector?: LabelSelector
    readonly unhealthyPodEvictionPolicy?: 'IfHealthyBudget' | 'AlwaysAllow'
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly disruptionsAllowed?: number
    readonly currentHealthy?: number
    readonly desiredHealthy?: number
    readonly expectedPods?: number
    readonly disruptedPods?: Readonly<Record<string, string>>
    readonly conditions?: readonly Condition[]
  }
}

/** Data of one revision of a set. Namespaced, even where its owner is not. */
export interface ControllerRevision extends KubeObject {
  readonly revision: number
  readonly data?: unknown
}

/** A volume that is, or is to be, attached to a node. */
export interface PersistentVolumeClaim extends KubeObject {
  /** Once it is bound. */
  readonly spec?: { readonly volumeName?: string }
}

export interface VolumeAttachment extends KubeObject {
  readonly spec?: {
    readonly attacher: string
    readonly nodeName: string
    readonly source: { readonly persistentVolumeName?: string; readonly inlineVolumeSpec?: unknown }
  }
  readonly status?: { readonly attached: boolean; readonly detachError?: { readonly message?: string; readonly time?: string } }
}

export interface CertificateSigningRequest extends KubeObject {
  readonly spec: {
    /** Base64 of a PEM block. */
    readonly request: string
    readonly signerName: string
    readonly usages?: readonly string[]
    readonly expirationSeconds?: number
    /** Who asks, as the API server saw it: written by the server alone. */
    readonly username?: string
    readonly uid?: string
    readonly groups?: readonly string[]
    readonly extra?: Readonly<Record<string, readonly string[]>>
  }
  readonly status?: {
    readonly conditions?: readonly CertificateCondition[]
    /** Base64 of PEM blocks. */
    readonly certificate?: string
  }
}

export interface CertificateCondition {
  readonly type: 'Approved' | 'Denied' | 'Failed'
  /** Approved and Denied are never anything but True. */
  readonly status: 'True'
  readonly reason?: string
  readonly message?: string
  readonly lastUpdateTime?: string
  readonly lastTransitionTime?: string
}

export interface CustomResourceDefinition extends KubeObject {
  readonly spec: {
    readonly group: string
    readonly scope: 'Cluster' | 'Namespaced'
    readonly names: {
      readonly kind: string
      readonly plural: string
      readonly listKind?: string
      readonly singular?: string
      readonly shortNames?: readonly string[]
      readonly categories?: readonly string[]
    }
    readonly versions: readonly CustomResourceVersion[]
  }
  readonly status?: { readonly conditions?: readonly Condition[]; readonly storedVersions?: readonly string[] }
}

export interface CustomResourceVersion {
  readonly name: string
  readonly served: boolean
  readonly storage: boolean
  readonly schema?: { readonly openAPIV3Schema?: Readonly<Record<string, unknown>> }
  readonly subresources?: {
    readonly status?: Readonly<Record<string, never>>
    readonly scale?: { readonly specReplicasPath: string; readonly statusReplicasPath: string; readonly labelSelectorPath?: string }
  }
  readonly additionalPrinterColumns?: readonly {
    readonly name: string
    readonly type: 'integer' | 'number' | 'string' | 'boolean' | 'date'
    readonly format?: string
    readonly description?: string
    /** Above 0: shown by `-o wide` only. */
    readonly priority?: number
    readonly jsonPath: string
  }[]
}

/** metadata that every object from an API server has; reading one without it is a bug of the server's. */
export const nameOf = (object: { readonly metadata?: ObjectMeta }): string => object.metadata?.name ?? ''
