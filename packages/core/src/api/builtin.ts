import { type KubeObject, type ObjectMeta, type Resource, resource } from './object.ts'

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
    readonly terminationGracePeriodSeconds?: number
    readonly tolerations?: readonly { readonly key?: string; readonly operator?: string; readonly effect?: string }[]
    readonly containers?: readonly { readonly name: string; readonly image?: string }[]
    readonly volumes?: readonly { readonly name: string }[]
  }
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] }
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

export const Nodes: Resource<Node> = resource<Node>({ group: '', version: 'v1', kind: 'Node', plural: 'nodes', namespaced: false })
export const Pods: Resource<Pod> = resource<Pod>({ group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true })
export const Secrets: Resource<Secret> = resource<Secret>({ group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true })
export const Events: Resource<Event> = resource<Event>({ group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true })
export const Namespaces: Resource<Namespace> = resource<Namespace>({ group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false })
export const Leases: Resource<Lease> = resource<Lease>({
  group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', namespaced: true,
})

/** metadata that every object from an API server has; reading one without it is a bug of the server's. */
export const nameOf = (object: { readonly metadata?: ObjectMeta }): string => object.metadata?.name ?? ''
