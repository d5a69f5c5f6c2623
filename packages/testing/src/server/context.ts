import type { Log, Runtime } from '@kube-node/core/runtime'
import type { Registry } from './registry/index.ts'
import type { Storage } from './storage/index.ts'

/** What every part of one API server shares. */
export interface Context {
  readonly runtime: Runtime
  readonly log: Log
  readonly storage: Storage
  readonly registry: Registry
}

/** `metav1.Time`: whole seconds, as the API server writes it. */
export const timestamp = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

export const nowOf = (context: Context): string => timestamp(context.runtime.clock.now())
