import type { ConnectionReference } from '../claim/index.ts'
import type { ManagerContext } from '../engine/index.ts'
import { type Provider, ProviderError } from '../provider/index.ts'
import { type Connection, openConnection } from './connection.ts'
import { type Credentials, readCredentials } from './credentials.ts'
import { createDurableStore } from './durableStore.ts'
import { toProviderError } from './failure.ts'
import { type GroupsConnection, openGroups } from './groupConnection.ts'
import type { InventoryChange } from './inventory.ts'
import { connectionScope } from './look.ts'
import type { Providers } from './providers.ts'

/** The connections of one manager while it leads: opened when first needed, closed with it. */
export interface ProviderSession extends AsyncDisposable {
  /**
   * The connection that a record or a class refers to. A Secret that changed gives a new connection; the old one is closed
   * after its last call.
   * @throws ProviderError `InvalidConfig` for a provider that this manager does not have, `Unauthorized` for its credentials.
   */
  connect(provider: string, reference: ConnectionReference): Promise<Connection>
  /** The same for a provider of groups. */
  connectGroups(provider: string, reference: ConnectionReference): Promise<GroupsConnection>
  /** Those of single machines that are open. */
  readonly connections: readonly Connection[]
  /** Looks until the signal fires whether Secrets have changed: often where a provider turns their credentials away. */
  watchSecrets(signal: AbortSignal): Promise<void>
  /** Other credentials: claims that waited for them, or whose machines the new ones may not show, are to be looked at. */
  onCredentials(listener: (reference: ConnectionReference) => void): Disposable
  /** The machines of a claim changed, or were listed again while the claim is expected. */
  onChange(listener: (change: InventoryChange) => void): Disposable
  /** Each connection of single machines that is open, and each that opens from then on. */
  onConnection(listener: (connection: Connection) => void): Disposable
  /** A group of a provider changed, or is in its lists no more. */
  onGroup(listener: (change: GroupChange) => void): Disposable
}

export interface GroupChange {
  readonly provider: string
  readonly id: string
}

export interface SessionOptions {
  readonly providers: Providers
  readonly context: ManagerContext
  /** UID of the kube-system namespace. */
  readonly cluster: string
  /** Where a provider's durable entries are kept. */
  readonly namespace: string
}

type AnyConnection = Connection | GroupsConnection

interface Opened {
  readonly connection: AnyConnection
  readonly credentials: Credentials
  /** Monotonic time of the last look at the Secret. */
  checkedAt: number
  /** It has said which account it is in. Until then nobody gets it: what it lists may be another account's. */
  identified: boolean
}

/** A rotated Secret is noticed within this time, and sooner where the provider has turned the credentials away. */
const secretCheckMs = 30_000
const refusedCheckMs = 5_000

/** Credentials that could not be used: which, and what the Secret was like then. */
interface Refused {
  readonly provider: Provider
  readonly reference: ConnectionReference
  readonly version: string | undefined
}

export const createProviderSession = ({ providers, context, cluster, namespace }: SessionOptions): ProviderSession => {
  const { clock } = context.runtime
  const opened = new Map<string, Opened>()
  const opening = new Map<string, Promise<AnyConnection>>()
  const refused = new Map<string, Refused>()
  const listeners = new Set<(change: InventoryChange) => void>()
  const groupListeners = new Set<(change: GroupChange) => void>()
  const connectionListeners = new Set<(connection: Connection) => void>()
  const secretListeners = new Set<(reference: ConnectionReference) => void>()
  const tellCredentials = (reference: ConnectionReference): void => {
    for (const listener of secretListeners) listener(reference)
  }

  const providerFor = (name: string, kind: Provider['kind']): Provider => {
    const provider = providers.get(name)
    if (provider?.kind === kind) return provider
    const known = providers.names.length === 0 ? 'none' : providers.names.join(', ')
    const words = { machines: 'single machines', groups: 'groups' }
    const why = provider
      ? `provider "${name}" manages ${words[provider.kind]}, not ${words[kind]}`
      : `there is no provider "${name}" in this manager (it has: ${known})`
    throw new ProviderError('InvalidConfig', `${why}: correct the class's spec.provider, or run the controller with that provider`, {
      outcome: 'none',
    })
  }

  const open = (key: string, provider: Provider, reference: ConnectionReference, credentials: Credentials): AnyConnection => {
    const options = {
      reference,
      cluster,
      context,
      credentials: credentials.value,
      credentialsVersion: credentials.version,
      secrets: credentials.secrets,
      refresh: providers.refresh,
      fence: () => context.fence(),
      store: createDurableStore({ client: context.client, namespace, scope: key }),
    }
    const connection =
      provider.kind === 'machines' ? openConnection({ ...options, provider }) : follow(openGroups({ ...options, provider }))
    connection.inventory.onChange(change => {
      for (const listener of listeners) listener(change)
    })
    opened.set(key, { connection, credentials, checkedAt: clock.monotonic(), identified: false })
    return connection
  }

  const follow = (connection: GroupsConnection): GroupsConnection => {
    connection.groups.onChange(id => {
      for (const listener of groupListeners) listener({ provider: connection.provider.name, id })
    })
    return connection
  }

  const refresh = async (key: string, provider: Provider, reference: ConnectionReference): Promise<AnyConnection> => {
    const credentials = await readCredentials(context.client, provider, reference.secret, context.signal)
    const current = opened.get(key)
    if (current?.credentials.version === credentials.version) {
      current.checkedAt = clock.monotonic()
      return current.connection
    }
    const connection = open(key, provider, reference, credentials)
    if (current) void close(current.connection)
    await identified(key, connection)
    if (current) tellCredentials(reference)
    return connection
  }

  /** One that can't say which account it is in shows nothing that may be believed: it is closed, and opened again when it is asked for. */
  const identified = async (key: string, connection: AnyConnection): Promise<void> => {
    try {
      await connection.identify()
      const entry = opened.get(key)
      if (entry?.connection !== connection) return
      entry.identified = true
      if (!isOfGroups(connection)) for (const listener of connectionListeners) listener(connection)
    } catch (error) {
      opened.delete(key)
      void close(connection)
      throw error
    }
  }

  const attemptOpen = async (key: string, provider: Provider, reference: ConnectionReference): Promise<AnyConnection> => {
    try {
      const connection = await refresh(key, provider, reference)
      refused.delete(key)
      return connection
    } catch (error) {
      if (ProviderError.is(error) && error.code === 'Unauthorized' && reference.secret && !refused.has(key)) {
        refused.set(key, { provider, reference, version: await versionNow({ provider, reference }, context.signal) })
      }
      throw error
    }
  }

  /** Undefined for a Secret that is missing or makes no sense. */
  const versionNow = async (
    { provider, reference }: Pick<Refused, 'provider' | 'reference'>,
    signal: AbortSignal,
  ): Promise<string | undefined> => {
    try {
      return (await readCredentials(context.client, provider, reference.secret, signal)).version
    } catch (error) {
      if (ProviderError.is(error)) return undefined
      throw error
    }
  }

  /** Those to look at now: all that were refused, and the others when it is their time. */
  const dueLooks = (): readonly (readonly [string, Refused])[] => [
    ...refused,
    ...[...opened].flatMap(([key, { connection, credentials, checkedAt }]) => {
      const { provider, reference } = connection
      const due = connection.unauthorized || clock.monotonic() - checkedAt >= secretCheckMs
      return reference.secret && due && !refused.has(key) ? [[key, { provider, reference, version: credentials.version }] as const] : []
    }),
  ]

  const close = async (connection: AnyConnection): Promise<void> => {
    try {
      await connection[Symbol.asyncDispose]()
    } catch (error) {
      context.log('warn', 'a provider connection did not close cleanly', {
        provider: connection.provider.name,
        error: toProviderError(error).message,
      })
    }
  }

  const reach = async (provider: Provider, reference: ConnectionReference): Promise<AnyConnection> => {
    const key = connectionScope(provider.name, reference)
    const current = opened.get(key)
    const rejected = current?.connection.unauthorized ?? false
    if (current?.identified && (reference.secret === undefined || (!rejected && clock.monotonic() - current.checkedAt < secretCheckMs)))
      return current.connection
    const pending = opening.get(key) ?? attemptOpen(key, provider, reference).finally(() => opening.delete(key))
    opening.set(key, pending)
    return pending
  }

  const ofMachines = (): readonly Connection[] =>
    [...opened.values()].flatMap(({ connection, identified }) => (isOfGroups(connection) || !identified ? [] : [connection]))

  return {
    async connect(name, reference) {
      const connection = await reach(providerFor(name, 'machines'), reference)
      if (isOfGroups(connection)) throw new TypeError(`the connection of provider ${name} is one of groups`)
      return connection
    },
    async connectGroups(name, reference) {
      const connection = await reach(providerFor(name, 'groups'), reference)
      if (!isOfGroups(connection)) throw new TypeError(`the connection of provider ${name} is one of machines`)
      return connection
    },
    onCredentials(listener) {
      secretListeners.add(listener)
      return { [Symbol.dispose]: () => void secretListeners.delete(listener) }
    },
    async watchSecrets(signal) {
      while (!signal.aborted) {
        await clock.sleep(refusedCheckMs, signal).catch((error: unknown) => {
          if (!signal.aborted) throw error
        })
        if (signal.aborted) return
        for (const [key, due] of dueLooks()) {
          const version = await versionNow(due, signal)
          if (version === due.version) {
            const current = opened.get(key)
            if (current) current.checkedAt = clock.monotonic()
            continue
          }
          refused.delete(key)
          tellCredentials(due.reference)
        }
      }
    },
    get connections() {
      return ofMachines()
    },
    onConnection(listener) {
      connectionListeners.add(listener)
      for (const connection of ofMachines()) listener(connection)
      return { [Symbol.dispose]: () => void connectionListeners.delete(listener) }
    },
    onGroup(listener) {
      groupListeners.add(listener)
      return { [Symbol.dispose]: () => void groupListeners.delete(listener) }
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

const isOfGroups = (connection: AnyConnection): connection is GroupsConnection => 'groups' in connection
