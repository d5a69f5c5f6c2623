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
import { type Held, createSecretWatch, secretCheckMs } from './secretWatch.ts'
import { createTopic } from './topic.ts'

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

interface Opened extends Held {
  readonly connection: AnyConnection
  /** It has said which account it is in. Until then nobody gets it: what it lists may be another account's. */
  identified: boolean
}

export const createProviderSession = ({ providers, context, cluster, namespace }: SessionOptions): ProviderSession => {
  const { clock } = context.runtime
  const opened = new Map<string, Opened>()
  const opening = new Map<string, Promise<AnyConnection>>()
  const changes = createTopic<InventoryChange>()
  const groupChanges = createTopic<GroupChange>()
  const newcomers = createTopic<Connection>()
  const otherCredentials = createTopic<ConnectionReference>()

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
    connection.inventory.onChange(changes.tell)
    opened.set(key, {
      connection,
      provider,
      reference,
      version: credentials.version,
      get unauthorized() {
        return connection.unauthorized
      },
      checkedAt: clock.monotonic(),
      identified: false,
    })
    return connection
  }

  const follow = (connection: GroupsConnection): GroupsConnection => {
    connection.groups.onChange(id => groupChanges.tell({ provider: connection.provider.name, id }))
    return connection
  }

  const refresh = async (key: string, provider: Provider, reference: ConnectionReference): Promise<AnyConnection> => {
    const credentials = await readCredentials(context.client, provider, reference.secret, context.signal)
    const current = opened.get(key)
    if (current?.version === credentials.version) {
      current.checkedAt = clock.monotonic()
      return current.connection
    }
    const connection = open(key, provider, reference, credentials)
    if (current) void close(current.connection)
    await identified(key, connection)
    if (current) otherCredentials.tell(reference)
    return connection
  }

  /** One that can't say which account it is in shows nothing that may be believed: it is closed, and opened again when it is asked for. */
  const identified = async (key: string, connection: AnyConnection): Promise<void> => {
    try {
      await connection.identify()
      const entry = opened.get(key)
      if (entry?.connection !== connection) return
      entry.identified = true
      if (!isOfGroups(connection)) newcomers.tell(connection)
    } catch (error) {
      opened.delete(key)
      void close(connection)
      throw error
    }
  }

  const attemptOpen = async (key: string, provider: Provider, reference: ConnectionReference): Promise<AnyConnection> => {
    try {
      const connection = await refresh(key, provider, reference)
      secrets.accept(key)
      return connection
    } catch (error) {
      if (ProviderError.is(error) && error.code === 'Unauthorized' && reference.secret)
        await secrets.refuse(key, { provider, reference }, context.signal)
      throw error
    }
  }

  const secrets = createSecretWatch({ client: context.client, clock, held: () => opened, onChange: otherCredentials.tell })

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
    onCredentials: otherCredentials.on,
    watchSecrets: secrets.run,
    get connections() {
      return ofMachines()
    },
    onConnection(listener) {
      for (const connection of ofMachines()) listener(connection)
      return newcomers.on(listener)
    },
    onGroup: groupChanges.on,
    onChange: changes.on,
    async [Symbol.asyncDispose]() {
      await Promise.all([...opened.values()].map(entry => close(entry.connection)))
      opened.clear()
    },
  }
}

const isOfGroups = (connection: AnyConnection): connection is GroupsConnection => 'groups' in connection
