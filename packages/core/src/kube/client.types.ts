import type { KubeObject, Resource } from '../api/index.ts'
import type { Precondition } from './patch.ts'
import type { Json } from './transport.ts'

/** Name of an object; namespaced kinds have the namespace too. */
export interface Key {
  readonly namespace?: string
  readonly name: string
}

export type Patch =
  | { readonly merge: Json }
  | { readonly strategic: Json }
  | { readonly json: readonly Json[] }
  | { readonly apply: Json; readonly force?: boolean }

export interface WriteOptions {
  readonly subresource?: 'status' | 'scale' | 'eviction' | 'approval'
  readonly dryRun?: boolean
  readonly signal?: AbortSignal
}

export interface ListOptions {
  readonly namespace?: string
  /** Label selector. */
  readonly labels?: string
  /** Field selector. */
  readonly fields?: string
  /** Objects in a page. Default: 500 (JSON of 5,000 Nodes blocks the event loop for 0.2 s). */
  readonly limit?: number
  readonly signal?: AbortSignal
}

/**
 * Typed verbs on a transport. Every method throws `ApiError` (the server said no) or `TransportError` (no answer came).
 * No method retries: who repeats a write must know why that is safe.
 */
export interface Client {
  /**
   * The object, or undefined when there is none. A quorum read. A kind that is not served (its CRD is missing) is no proof that
   * the object is gone: ApiError NotFound.
   */
  get<T extends KubeObject>(resource: Resource<T>, key: Key, signal?: AbortSignal): Promise<T | undefined>
  /**
   * All objects, in pages that show one moment.
   * @throws ApiError Expired between two pages when that moment is too long ago: `listAll` begins again by itself.
   */
  pages<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): AsyncIterable<readonly T[]>
  create<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<T>
  /** Replaces the object; conditional when it carries a resourceVersion. */
  update<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<T>
  /**
   * `on` makes it conditional: uid, resourceVersion and, for a JSON patch, single fields must still be these, else Conflict. Without it
   * the patch may name only fields that the caller owns.
   */
  patch<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    patch: Patch,
    options?: WriteOptions & { readonly on?: Precondition },
  ): Promise<T>
  /**
   * Deletes that very object (uid is a precondition: Conflict when another has its name). Answers the object while finalizers or a
   * grace period hold it, undefined when it is gone, also when it was gone before.
   */
  delete<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    options: WriteOptions & {
      readonly uid: string
      readonly resourceVersion?: string
      readonly propagation?: 'Foreground' | 'Background' | 'Orphan'
    },
  ): Promise<T | undefined>
  /** Asks for an eviction (policy/v1): TooManyRequests while a PodDisruptionBudget forbids it, NotFound when the pod is gone. */
  evict(pod: Key, options?: { readonly uid?: string; readonly gracePeriodSeconds?: number; readonly signal?: AbortSignal }): Promise<void>
}

/** What an informer knows. Reads never wait; objects are shared: do not change them. */
export interface Store<T extends KubeObject> {
  get(key: Key): T | undefined
  list(): readonly T[]
  /**
   * Objects that the index files under `value`.
   * @throws Error when nobody has added an index of that name: an empty answer would be taken for a fact.
   */
  by(index: string, value: string): readonly T[]
  /** True once the first complete list is in. */
  readonly synced: boolean
}
