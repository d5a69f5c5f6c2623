import type { ConnectionReference } from '../claim/index.ts'
import type { Client } from '../kube/index.ts'
import { type Provider, ProviderError } from '../provider/index.ts'
import type { Clock } from '../runtime/index.ts'
import { readCredentials } from './credentials.ts'

/** A rotated Secret is noticed within this time, in milliseconds, and sooner where the provider has turned the credentials away. */
export const secretCheckMs = 30_000
const refusedCheckMs = 5_000

/** Whose credentials they are. */
export interface Holder {
  readonly provider: Provider
  readonly reference: ConnectionReference
}

/** A connection that uses a Secret's content. */
export interface Held extends Holder {
  /** What the Secret was like when it was read. */
  readonly version: string
  /** The provider turns it away. */
  readonly unauthorized: boolean
  /** Monotonic time of the last look at the Secret. */
  checkedAt: number
}

/** Credentials that could not be used, and what the Secret was like then; undefined: missing, or it made no sense. */
interface Refused extends Holder {
  readonly version: string | undefined
}

export interface SecretWatch {
  /** No connection came of these: the Secret is looked at until it is another. */
  refuse(key: string, holder: Holder, signal: AbortSignal): Promise<void>
  /** A connection came of them. */
  accept(key: string): void
  /** Looks until the signal fires. */
  run(signal: AbortSignal): Promise<void>
}

export interface SecretWatchOptions {
  readonly client: Client
  readonly clock: Clock
  /** The connections that are open, by key. */
  readonly held: () => Iterable<readonly [string, Held]>
  /** The Secret is another than that of which a connection came, or none. */
  readonly onChange: (reference: ConnectionReference) => void
}

/** Looks whether Secrets have changed: often where a provider turns their credentials away. */
export const createSecretWatch = ({ client, clock, held, onChange }: SecretWatchOptions): SecretWatch => {
  const refused = new Map<string, Refused>()

  const versionNow = async ({ provider, reference }: Holder, signal: AbortSignal): Promise<string | undefined> => {
    try {
      return (await readCredentials(client, provider, reference.secret, signal)).version
    } catch (error) {
      if (ProviderError.is(error)) return undefined
      throw error
    }
  }

  const lookAt = async (key: string, known: Refused | Held, signal: AbortSignal): Promise<void> => {
    if ((await versionNow(known, signal)) === known.version) {
      if ('checkedAt' in known) known.checkedAt = clock.monotonic()
      return
    }
    refused.delete(key)
    onChange(known.reference)
  }

  const isDue = ({ reference, unauthorized, checkedAt }: Held): boolean =>
    reference.secret !== undefined && (unauthorized || clock.monotonic() - checkedAt >= secretCheckMs)

  return {
    async refuse(key, holder, signal) {
      if (!refused.has(key)) refused.set(key, { ...holder, version: await versionNow(holder, signal) })
    },
    accept: key => void refused.delete(key),
    async run(signal) {
      while (!signal.aborted) {
        await clock.sleep(refusedCheckMs, signal).catch((error: unknown) => {
          if (!signal.aborted) throw error
        })
        if (signal.aborted) return
        const others = [...held()].filter(([key, each]) => !refused.has(key) && isDue(each))
        for (const [key, known] of [...refused, ...others]) await lookAt(key, known, signal)
      }
    },
  }
}
