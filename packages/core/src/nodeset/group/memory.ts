import type { NodeSet } from '../../api/index.ts'
import { backoffMs } from '../../inventory/index.ts'
import type { ProviderError } from '../../provider/index.ts'
import type { Runtime } from '../../runtime/index.ts'
import type { GroupFacts } from './facts.ts'

/** One life's memory of its orders, by set. Nothing here is needed to be correct, only to be patient. */
export interface Memory {
  failureOf(set: NodeSet): GroupFacts['failure']
  failed(set: NodeSet, provider: string, error: ProviderError): void
  succeeded(set: NodeSet): void
  /** @param listedAt monotonic start of the newest complete list, which lacks the group; undefined when it does not. */
  absentForMs(set: NodeSet, listedAt: number | undefined): number
  forget(uid: string): void
}

interface Failure {
  readonly reason: string
  readonly message: string
  /** Monotonic. */
  readonly retryAt: number
  readonly inARow: number
}

export const createMemory = (runtime: Runtime): Memory => {
  const failures = new Map<string, Failure>()
  const absentSince = new Map<string, number>()
  const uidOf = (set: NodeSet): string => set.metadata?.uid ?? ''
  return {
    failureOf(set) {
      const failure = failures.get(uidOf(set))
      if (!failure) return undefined
      const { reason, message, retryAt } = failure
      return { reason, message, retryInMs: Math.max(0, retryAt - runtime.clock.monotonic()) }
    },
    failed(set, provider, error) {
      const inARow = failures.get(uidOf(set))?.inARow ?? 0
      failures.set(uidOf(set), {
        reason: error.code,
        message: `provider ${provider}: ${error.code}: ${error.message}`,
        retryAt: runtime.clock.monotonic() + backoffMs(error, inARow, runtime),
        inARow: inARow + 1,
      })
    },
    succeeded: set => void failures.delete(uidOf(set)),
    absentForMs(set, listedAt) {
      const uid = uidOf(set)
      if (listedAt === undefined) {
        absentSince.delete(uid)
        return 0
      }
      const since = absentSince.get(uid) ?? listedAt
      absentSince.set(uid, since)
      return listedAt - since
    },
    forget(uid) {
      failures.delete(uid)
      absentSince.delete(uid)
    },
  }
}
