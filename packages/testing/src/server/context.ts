import type { Log, Runtime } from '@kube-node/core/runtime'
import type { Security } from './authorization/index.ts'
import type { Registry } from './registry/index.ts'
import type { Draft, JsonObject, StoredObject } from './objects/index.ts'
import type { Storage } from './storage/index.ts'

/** What every part of one API server shares. */
export interface Context {
  readonly runtime: Runtime
  readonly log: Log
  readonly storage: Storage
  readonly registry: Registry
  /** What was written of objects that read otherwise (see `verbs/as-read.ts`). */
  readonly writtenOtherwise: WeakMap<StoredObject, Draft>
  /** Who may do what, and who has which token. */
  readonly security: Security
  /**
   * Asked before a change is written, dry or not, with everything else decided; knows which request it belongs to. Absent where
   * the server itself writes.
   * @throws Failure when a policy refuses it.
   */
  readonly admit?: (change: Admitted) => void
}

/** A change as admission sees it. */
export interface Admitted {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE'
  /** Absent for a deletion. */
  readonly object?: Draft | StoredObject
  /** Absent for a creation. */
  readonly old?: StoredObject
  /** Is it only rehearsed? A deletion may say so in its body alone. */
  readonly dryRun: boolean
  /** What a deletion has come to on its way, over what its options ask for. */
  readonly settled?: JsonObject
}

/** `metav1.Time`: whole seconds, as the API server writes it. */
export const timestamp = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

export const nowOf = (context: Context): string => timestamp(context.runtime.clock.now())
