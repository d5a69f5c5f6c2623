import type { Log, Runtime } from '../runtime/index.ts'

/** What every call of a provider gets. After `signal` has fired, core treats whatever comes back as an error. */
export interface Call {
  readonly signal: AbortSignal
  /** Wall time in milliseconds at which core gives up; `signal` fires then. */
  readonly deadline: number
  readonly clock: ProviderClock
  readonly log: Log
}

/** The only clock that a provider may read, so that it can be simulated. */
export type ProviderClock = Pick<Runtime['clock'], 'now' | 'sleep'>

/**
 * Durable bytes with compare-and-swap, kept in Secrets of the controller's namespace. `claim` tells people whose an entry is; the provider
 * removes it once that claim's machine is gone.
 */
export interface DurableStore {
  get(key: string, call: Call): Promise<{ readonly bytes: Uint8Array; readonly version: string } | undefined>
  /** Answers the new version. @throws ProviderError `Busy` when somebody else wrote in between: read again. */
  put(
    key: string,
    bytes: Uint8Array,
    options: { readonly version: string | 'absent'; readonly claim?: string },
    call: Call,
  ): Promise<string>
  keys(call: Call): AsyncIterable<string>
  remove(key: string, options: { readonly version: string }, call: Call): Promise<void>
}
