import type { UpcomingMaintenance } from '../events/index.ts'

/** What is read and written of Compute Engine's resources: https://cloud.google.com/compute/docs/reference/rest/v1/instances */
export interface Instance {
  readonly id: string
  readonly name: string
  readonly status: string
  /** URL. */
  readonly zone: string
  /** URL. */
  readonly machineType: string
  /** RFC 3339, with the offset of Google's own time zone. */
  readonly creationTimestamp: string
  readonly labels?: Labels
  readonly labelFingerprint?: string
  readonly metadata?: Metadata
  readonly networkInterfaces?: readonly NetworkInterface[]
  readonly scheduling?: { readonly provisioningModel?: string; readonly preemptible?: boolean; readonly onHostMaintenance?: string }
  readonly resourceStatus?: { readonly upcomingMaintenance?: UpcomingMaintenance }
  readonly disks?: readonly { readonly boot?: boolean; readonly source?: string }[]
  readonly serviceAccounts?: readonly { readonly email: string; readonly scopes?: readonly string[] }[]
  readonly tags?: { readonly items?: readonly string[] }
}

export type Labels = Readonly<Record<string, string>>

export interface Metadata {
  readonly fingerprint?: string
  readonly items?: readonly MetadataItem[]
}

export interface MetadataItem {
  readonly key: string
  readonly value?: string
}

export interface NetworkInterface {
  /** URL. */
  readonly network?: string
  /** URL. */
  readonly subnetwork?: string
  readonly networkIP?: string
  readonly ipv6Address?: string
  readonly accessConfigs?: readonly { readonly natIP?: string }[]
}

/** One zone's part of a list of all zones. */
export interface ScopedInstances {
  readonly instances?: readonly Instance[]
  readonly warning?: { readonly code?: string; readonly message?: string }
}

/** https://cloud.google.com/compute/docs/reference/rest/v1/instances/aggregatedList */
export interface AggregatedInstances {
  readonly items?: Readonly<Record<string, ScopedInstances>>
  readonly nextPageToken?: string
  /** Scopes that could not be asked: `zones/europe-west1-b`. */
  readonly unreachables?: readonly string[]
}

export interface Image {
  readonly name: string
  readonly selfLink?: string
  /** A number, as text. */
  readonly diskSizeGb?: string
}

export interface PersistentDisk {
  /** URL. */
  readonly sourceImage?: string
}

/** https://cloud.google.com/compute/docs/reference/rest/v1/machineTypes */
export interface MachineType {
  readonly guestCpus?: number
  /** MiB, whatever it is called. */
  readonly memoryMb?: number
}

/** The last part of a URL of a resource. */
export const nameIn = (url: string): string => url.slice(url.lastIndexOf('/') + 1)
