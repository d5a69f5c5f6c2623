import type { AnyResource, KubeObject, Resource } from '../api/index.ts'
import type { Client, Store } from './client.types.ts'

/** What happened to one object, in the order in which it happened. Objects are shared: do not change them. */
export interface Change<T extends KubeObject> {
  readonly type: 'added' | 'updated' | 'deleted'
  /** The object as it is now; for `deleted`, the last state that was known. */
  readonly object: T
  /** What the store held before: undefined for `added`. An object that was replaced under its name comes as deleted and added. */
  readonly old: T | undefined
}

/** A store that follows the cluster, and tells what changes. One per kind, selector and namespace, shared by all who ask. */
export interface Informer<T extends KubeObject> {
  readonly resource: Resource<T>
  readonly store: Store<T>
  /**
   * Calls `listener` for each change, after the store has it. A listener that comes late hears first of what is there
   * already, as `added`, before this returns. A listener that throws is logged and goes on being called.
   */
  subscribe(listener: (change: Change<T>) => void): Disposable
  /**
   * Files every object under the values that `values` gives for it, kept up to date by each change. May be added at any time.
   * @throws Error when that name stands for another function already.
   */
  addIndex(name: string, values: (object: T) => readonly string[]): void
}

/** The API server knows less of a kind than it did. */
export interface Regression {
  readonly resource: AnyResource
  /** What it was at when that was seen: what has a later version was written after the restore. */
  readonly version: string
}

export interface InformerOptions {
  /** Label selector. Default: every object. */
  readonly selector?: string
  /** Default: all namespaces. */
  readonly namespace?: string
}

/** The cluster as this process knows it: one informer a kind, and a client whose writes enter them at once. */
export interface Cache {
  /** The informer for that kind, selector and namespace; the same one for every caller. Starts at once while the cache runs. */
  informer<T extends KubeObject>(resource: Resource<T>, options?: InformerOptions): Informer<T>
  /** Write-through: what a write answers is in the stores before its promise resolves. */
  readonly client: Client
  /** Lists and watches until the signal fires; resolves when all of it has ended. Never rejects for what the API server does. */
  run(signal: AbortSignal): Promise<void>
  /** Resolves when each informer has its first complete list and has told its listeners. Rejects with the signal's reason. */
  synced(signal: AbortSignal): Promise<void>
  /**
   * Brings each store to what the cluster held at some moment after this call, by a quorum read: a new leader's first act.
   * Keeps trying; rejects with the signal's reason alone.
   */
  refresh(signal: AbortSignal): Promise<void>
  /**
   * After one kind has shown that the API server went back in time: until every kind was listed since, so that no decision rests on two
   * pasts at once. Undefined when there is nothing to wait for. Rejects with the signal's reason.
   */
  settled(signal: AbortSignal): Promise<void> | undefined
  /**
   * Calls `listener` when the API server turns out to know less than we have seen (restored from a backup), before any
   * listener hears of what is missing now. A late listener hears of the newest one of each kind at once: one who leads only now
   * must know what the process has seen while it stood by.
   */
  onRegression(listener: (regression: Regression) => void): Disposable
}
