export type CapacityType = 'on-demand' | 'spot'

/** Exactly one of `name` and `family`. */
export interface ImageSource {
  /** Default: the class's own project. */
  readonly project?: string | undefined
  readonly name?: string | undefined
  readonly family?: string | undefined
}

/** A persistent disk. It is deleted with its machine. */
export interface Disk {
  readonly sizeGiB?: number | undefined
  readonly type: string
  readonly kmsKey?: string | undefined
}

export interface DataDisk extends Disk {
  readonly sizeGiB: number
  readonly name: string
}

/** `spec.config` of a NodeClass. */
export interface GceConfig {
  readonly project: string
  readonly zone?: string | undefined
  readonly zones?: readonly string[] | undefined
  readonly machineType?: string | undefined
  readonly machineTypes?: readonly string[] | undefined
  readonly capacityTypes: readonly CapacityType[]
  readonly spotTermination: 'delete' | 'stop'
  readonly image: ImageSource
  readonly bootDisk: Disk
  readonly disks: readonly DataDisk[]
  readonly localSsds: number
  readonly network?: string | undefined
  readonly subnetwork?: string | undefined
  readonly externalIp: boolean
  readonly canIpForward: boolean
  readonly tags: readonly string[]
  readonly serviceAccount?: { readonly email: string; readonly scopes: readonly string[] } | undefined
  readonly accelerators: readonly { readonly type: string; readonly count: number }[]
  readonly minCpuPlatform?: string | undefined
  readonly shieldedVm: { readonly secureBoot: boolean; readonly vtpm: boolean; readonly integrityMonitoring: boolean }
  readonly bootstrapBy: 'user-data' | 'startup-script'
  readonly labels: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, string>>
}
