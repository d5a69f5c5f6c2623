import type { StoredObject } from '../objects/index.ts'

/** Everything that is stored, at one revision: what a backup of etcd holds. Plain data, and good for any server of this kind. */
export interface Backup {
  readonly revision: number
  readonly collections: readonly BackedUpCollection[]
}

export interface BackedUpCollection {
  readonly group: string
  readonly plural: string
  readonly objects: readonly StoredObject[]
}
