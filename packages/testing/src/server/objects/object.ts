import type { JsonObject } from '../schema/index.ts'

/** An ownerReference as it is stored. */
export interface Owner {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

/** One entry of `metadata.managedFields`. */
export interface ManagedFields {
  readonly manager?: string
  readonly operation?: string
  readonly apiVersion?: string
  readonly time?: string
  readonly fieldsType?: string
  readonly fieldsV1?: JsonObject
  readonly subresource?: string
}

/** `metadata` of a stored object: what the server itself sets is always there. */
export interface StoredMeta {
  readonly name: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation?: number
  readonly creationTimestamp: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: readonly string[]
  readonly ownerReferences?: readonly Owner[]
  readonly managedFields?: readonly ManagedFields[]
}

/** An object as it is stored: deep-frozen and shared by everybody who reads it. */
export interface StoredObject extends JsonObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: StoredMeta
}

type Open<T> = { -readonly [K in keyof T]?: T[K] }

/** `metadata` of an object that is being made or changed. */
export type DraftMeta = Open<StoredMeta>

/** An object on its way into the store. Only its top level and metadata may be assigned to: what lies deeper may be shared and frozen. */
export interface Draft extends Record<string, unknown> {
  apiVersion: string
  kind: string
  metadata: DraftMeta
}

/** A draft with the object's content: assigning to it leaves the object alone. */
export const draftOf = (object: StoredObject): Draft => ({ ...object, metadata: { ...object.metadata } })
