import type { Providers } from './providers.ts'
import { type ProviderSession, type SessionOptions, createProviderSession } from './session.ts'

interface Shared {
  readonly session: ProviderSession
  users: number
}

/** Sessions by the signal of the manager's life that they belong to. */
export type SharedSessions = WeakMap<AbortSignal, Shared>

/**
 * The one session of a registry in one life of a manager, whichever of its controllers asks first: they share connections, mirrors
 * and rate limits. It is closed when the last of them disposes of it.
 */
export const shareSession = (options: SessionOptions): ProviderSession => {
  const { sessions }: Providers = options.providers
  const { signal } = options.context
  const shared = sessions.get(signal) ?? { session: createProviderSession(options), users: 0 }
  sessions.set(signal, shared)
  shared.users += 1
  const { session } = shared
  return {
    connect: session.connect,
    connectGroups: session.connectGroups,
    get connections() {
      return session.connections
    },
    watchSecrets: session.watchSecrets,
    onCredentials: session.onCredentials,
    onChange: session.onChange,
    onConnection: session.onConnection,
    onGroup: session.onGroup,
    async [Symbol.asyncDispose]() {
      shared.users -= 1
      if (shared.users > 0) return
      sessions.delete(signal)
      await session[Symbol.asyncDispose]()
    },
  }
}
