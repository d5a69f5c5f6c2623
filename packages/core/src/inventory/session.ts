import { type ConnectionReference, canonicalJson } from '../claim/index.ts'
import type { ManagerContext } from '../engine/index.ts'
import { type MachineProvider, ProviderError } from '../provider/index.ts'
import { type Connection, openConnection } from './connection.ts'
import { type Credentials, readCredentials } from './credentials.ts'
import { createDurableStore } from './durableStore.ts'
import { toProviderError } from './failure.ts'
import type { InventoryChange } from './inventory.ts'
import type { Providers } from './providers.ts'

/** The connections of one manager while it leads: opened when first needed, closed with it. */
export interface ProviderSession extends AsyncDisposable {
  /**
   * The connection that a record or a class refers to. A Secret that changed gives a new connection; the old one is closed
   * after its last call.
   * @throws ProviderError `InvalidConfig` for a provider that this manager does not have, `Unauthorized` for its credentials.
   */
  connect(provider: string, reference: ConnectionReference): Promise<Connection>
  /** Those that are open. */
  readonly connections: readonly Connection[]
  /** The machines of a claim changed, or were listed again while the claim is expected. */
  onChange(listener: (change: InventoryChange) => void): Disposable
}

export interface SessionOptions {
  readonly providers: Providers
  readonly context: ManagerContext
  /** UID of the kube-system namespace. */
  readonly cluster: string
  /** Where a provider's durable entries are kept. */
  readonly namespace: string
}

interface Opened {
  readonly connection: Connection
  readonly credentials: Credentials
  /** Monotonic time of the last look at the Secret. */
  checkedAt: number
}

/** A rotated Secret is noticed within this time, and at once after an Unauthorized. */
const secretCheckMs = 30_000

export const createProviderSession = ({ providers, context, cluster, namespace }: SessionOptions): ProviderSession => {
  const { clock } = context.runtime
  const opened = new Map<string, Opened>()
  const opening = new Map<string, Promise<Connection>>()
  const listeners = new Set<(change: InventoryChange) => void>()

  const machineProvider = (name: string): MachineProvider => {
    const provider = providers.get(name)
    if (provider?.kind === 'machines') return provider
    const known = providers.names.length === 0 ? 'none' : providers.names.join(', ')
    const why = provider
      ? `provider "${name}" manages groups, not machines`
      : `there is no provider "${name}" in this manager (it has: ${known})`
    throw new ProviderError('InvalidConfig', `${why}: correct the class's spec.provider, or run the controller with that provider`, {
      outcome: 'none',
    })
  }

  const open = (key: string, provider: MachineProvider, reference: ConnectionReference, credentials: Credentials): Connection => {
    const connection = openConnection({
      provider,
      reference,
      cluster,
      context,
      credentials: credentials.value,
      secrets: credentials.secrets,
      refresh: providers.refresh,
      fence: () => context.fence(),
      store: createDurableStore({ client: context.client, namespace, scope: key }),
    })
    connection.inventory.onChange(change => {
      for (const listener of listeners) listener(change)
    })
    opened.set(key, { connection, credentials, checkedAt: clock.monotonic() })
    return connection
  }

  const refresh = async (key: string, provider: MachineProvider, reference: ConnectionReference): Promise<Connection> => {
    const credentials = await readCredentials(context.client, provider, reference.secret, context.signal)
    const current = opened.get(key)
    if (current?.credentials.version === credentials.version) {
      current.checkedAt = clock.monotonic()
      return current.connection
    }
    const connection = open(key, provider, reference, credentials)
    if (current) void close(current.connection)
    return connection
  }

  const close = async (connection: Connection): Promise<void> => {
    try {
      await connection[Symbol.asyncDispose]()
    } catch (error) {
      context.log('warn', 'a provider connection did not close cleanly', {
        provider: connection.provider.name,
        error: toProviderError(error).message,
      })
    }
  }

  return {
    async connect(name, reference) {
      const provider = machineProvider(name)
      const key = canonicalJson([name, reference.config, reference.secret ?? null])
      const current = opened.get(key)
      const rejected = current?.connection.unauthorized ?? false
      if (current && (reference.secret === undefined || (!rejected && clock.monotonic() - current.checkedAt < secretCheckMs)))
        return current.connection
      const pending = opening.get(key) ?? refresh(key, provider, reference).finally(() => opening.delete(key))
      opening.set(key, pending)
      return pending
    },
    get connections() {
      return [...opened.values()].map(entry => entry.connection)
    },
    onChange(listener) {
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...opened.values()].map(entry => close(entry.connection)))
      opened.clear()
    },
  }
}
