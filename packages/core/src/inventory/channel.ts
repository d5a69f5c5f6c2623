import type { ConnectionReference } from '../claim/index.ts'
import type { ManagerContext } from '../engine/index.ts'
import type { Call, ConnectContext, DurableStore, OpaqueConfig, Provider } from '../provider/index.ts'
import type { RefreshTimes } from './inventory.ts'
import { type CallPolicy, createCallPolicy } from './policy.ts'

export interface ChannelOptions {
  readonly reference: ConnectionReference
  readonly credentials: unknown
  readonly credentialsVersion?: string
  /** The values to strike out of messages. */
  readonly secrets: readonly string[]
  readonly cluster: string
  readonly store: DurableStore
  /** A manager's, or as much of one as a tool or a test has. */
  readonly context: Pick<ManagerContext, 'runtime' | 'log' | 'metrics' | 'signal'>
  readonly refresh: RefreshTimes
  /** @throws when this process may not act any more; asked before each call that changes something. */
  readonly fence: () => void
}

/** What a connection is of whichever kind its provider is: the way to one account at one place, under the policy of calls. */
export interface Channel {
  readonly policy: CallPolicy
  /** For the provider's `connect`. */
  readonly connect: ConnectContext<OpaqueConfig, string, unknown>
  /** Fires when the connection is given up. */
  readonly signal: AbortSignal
  readonly account: string | undefined
  /** Asks for it, once. @throws ProviderError */
  identify(ask: ((call: Call) => Promise<string>) | undefined): Promise<void>
  /** No call begins any more; resolves when `mirroring` and what was under way have ended and `remote` is closed. */
  close(mirroring: Promise<void>, remote: AsyncDisposable): Promise<void>
}

export const openChannel = ({ name, definition }: Provider, options: ChannelOptions): Channel => {
  const { context } = options
  const closed = new AbortController()
  const stop = (): void => closed.abort()
  context.signal.addEventListener('abort', stop, { once: true })
  if (context.signal.aborted) stop()
  const policy = createCallPolicy({
    provider: name,
    runtime: context.runtime,
    log: context.log,
    metrics: context.metrics,
    signal: closed.signal,
    limits: definition.limits ?? {},
    timeouts: definition.timeouts ?? {},
    secrets: options.secrets,
    fence: options.fence,
  })
  let account: string | undefined
  return {
    policy,
    connect: {
      config: options.reference.config,
      credentials: options.credentials,
      cluster: options.cluster,
      store: options.store,
      call: { signal: closed.signal, deadline: Infinity, clock: context.runtime.clock, log: context.log },
    },
    signal: closed.signal,
    get account() {
      return account
    },
    async identify(ask) {
      if (account === undefined && ask) account = await policy.run('account', ask)
    },
    async close(mirroring, remote) {
      stop()
      context.signal.removeEventListener('abort', stop)
      await mirroring
      await policy.idle()
      await remote[Symbol.asyncDispose]()
    },
  }
}
