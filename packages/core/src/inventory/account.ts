import type { ConnectionReference } from '../claim/index.ts'
import type { Call, Page, Scope } from '../provider/index.ts'
import type { Inventory } from './inventory.ts'
import type { CallPolicy } from './policy.ts'

/** One account at one place, whatever is managed there: every call under the policy, every machine in the mirror. */
export interface AccountConnection extends AsyncDisposable {
  readonly reference: ConnectionReference
  readonly inventory: Inventory
  /** Changes with the Secret that it was opened by. */
  readonly credentialsVersion: string
  /** Which account the credentials open; undefined where the provider can't tell, or was not asked yet. */
  readonly account: string | undefined
  /** Asks for it, once. @throws ProviderError */
  identify(): Promise<void>
  /** How long after a create a list may not show what it made. */
  readonly consistencyWindowMs: number
  /** How long a create may still be under way at the provider after we stopped hearing of it. */
  readonly createTimeoutMs: number
  /** The provider turned our credentials away in the newest call that got through to it. */
  readonly unauthorized: boolean
}

export interface Listed<T> {
  readonly items: readonly T[]
  /** Places that could not be asked. */
  readonly missing: readonly Scope[]
}

/** All pages of a provider's list, or its error: never a part of it. @throws ProviderError */
export const listAll = <T>(policy: CallPolicy, list: (call: Call) => AsyncIterable<Page<T>>): Promise<Listed<T>> =>
  policy.run('list', async call => {
    const items: T[] = []
    const missing: Scope[] = []
    for await (const page of list(call)) {
      call.signal.throwIfAborted()
      items.push(...page.items)
      missing.push(...(page.missing ?? []))
    }
    return { items, missing }
  })
