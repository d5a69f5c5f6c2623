import type { AnyResource, KubeObject, Resource } from '../api/index.ts'
import type { Client, Key, Regression, Store } from '../kube/index.ts'
import type { Duration, Log, Runtime } from '../runtime/index.ts'
import type { Vacancy } from './lease.ts'
import type { Metrics } from './metrics.types.ts'

/** What a controller is told about one key. Decide on the stores, write through the client, say what you did with events. */
export interface Reconcile<T extends KubeObject> {
  readonly key: Key
  /** From the store at the start of this run; undefined when it is gone. */
  readonly object: T | undefined
  /** Failures in a row before this run: 0 at first. */
  readonly attempt: number
  /** What it answers enters the stores at once. */
  readonly client: Client
  /** The store of a kind that some part of this manager named in for, owns, watches or reads. @throws when none did. */
  store<U extends KubeObject>(resource: Resource<U>): Store<U>
  /** Fires when the manager can wait for this run no longer, or leadership is lost: end at once, write nothing more. */
  readonly signal: AbortSignal
  /**
   * Call it right before an effect that `client` does not know of (a provider's API). A thawed process runs on for a
   * moment before any timer fires, so the signal alone comes too late.
   * @throws LeaseLost when this manager may not act any more.
   */
  fence(): void
  readonly runtime: Runtime
  readonly log: Log
  /** An event on the object (repeats are counted, not repeated). Never throws, never waits. */
  event(type: 'Normal' | 'Warning', reason: string, message: string): void
}

/** Run again after a while, if nothing else calls first. A throw runs again with exponential backoff. */
export type Result = { readonly after: Duration | number } | undefined | void

/** Maps a change of one kind to keys of another. */
export interface Watch {
  readonly resource: AnyResource
  keys(object: KubeObject, old: KubeObject | undefined, stores: Stores): readonly Key[]
}

export interface Stores {
  store<U extends KubeObject>(resource: Resource<U>): Store<U>
}

/** Something else than the API server that wakes keys: a provider's inventory, a clock, a queue of notices. */
export interface Source {
  /** Runs until the signal fires (here: as soon as the manager begins to stop). A throw stops the manager. */
  run(context: SourceContext): Promise<void>
}

export interface SourceContext extends ManagerContext {
  enqueue(key: Key, options?: EnqueueOptions): void
}

export interface EnqueueOptions {
  /** Milliseconds to wait. Default 0. */
  readonly after?: number
  /** Higher goes first. Default 0; resyncs use -10. */
  readonly priority?: number
}

export interface Index<T extends KubeObject> {
  readonly resource: Resource<T>
  readonly name: string
  values(object: T): readonly string[]
}

export interface ControllerDefinition<T extends KubeObject> {
  /** Name in logs, metrics (`controller=`) and as the source of events. */
  readonly name: string
  readonly for: Resource<T>
  /** Label selector of the objects to watch. Default: all. */
  readonly selector?: string
  /** Kinds whose controller owner (ownerReferences) is to be woken. */
  readonly owns?: readonly AnyResource[]
  readonly watches?: readonly Watch[]
  readonly sources?: readonly Source[]
  /** Kinds that reconcile reads from stores without being woken by them. */
  readonly reads?: readonly AnyResource[]
  readonly indexes?: readonly ErasedIndex[]
  /** Keys at once. Default 10. */
  readonly workers?: number
  /** How often every key runs though nothing changed. Default 10h, as controller-runtime; jittered. */
  readonly resync?: Duration
  reconcile(r: Reconcile<T>): Promise<Result>
}

export interface ErasedIndex {
  readonly resource: AnyResource
  readonly name: string
  values(object: KubeObject): readonly string[]
}

/** What runs in a manager. Made by `defineController`, `nodeController`, `nodeSetController`. */
export interface Controller {
  readonly name: string
  /** Its reconcilers; one controller may have several that belong together. */
  readonly parts: readonly ControllerDefinition<KubeObject>[]
  /**
   * After the stores have synced and leadership is ours, before the first reconcile. What it answers is disposed at the
   * end, when the last reconcile is over. It is called again, with backoff, after it threw an ApiError or TransportError;
   * any other throw stops the manager.
   */
  start?(context: ManagerContext): Promise<AsyncDisposable | undefined>
}

/** What a manager lends to what runs in it. */
export interface ManagerContext extends Stores {
  readonly client: Client
  readonly runtime: Runtime
  readonly log: Log
  readonly metrics: Metrics
  /** Fires when all work must be over: leadership is lost, or the manager stops and has waited long enough for what ran. */
  readonly signal: AbortSignal
  /** @throws LeaseLost when this manager may not act any more. See Reconcile.fence. */
  fence(): void
  event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void
  /**
   * Calls `listener` when the API server turns out to know less than this process has seen (restored from a backup), before
   * any reconcile hears of what is missing now: the moment to freeze deletions. A late listener hears of the newest of each kind at once.
   */
  onRegression(listener: (regression: Regression) => void): Disposable
  /**
   * The last times in which, by the lease, nobody led: none without leader election. What was done in one all the same was done in a
   * past that the API server has lost.
   */
  vacancies(): readonly Vacancy[]
}
