import { type ConnectionOptions, openConnection } from '@kube-node/core'
import type { Call, Machine, MachineConnection, OpaqueConfig } from '@kube-node/core/provider'
import { type Runtime, untilAborted } from '@kube-node/core/runtime'

export type UnderPolicyOptions = Pick<ConnectionOptions, 'provider' | 'credentials' | 'secrets' | 'cluster' | 'store'> & {
  readonly config: OpaqueConfig
  readonly runtime: Runtime
  readonly log: Call['log']
}

/** Often, so that a test need not wait: core's own times are 2 s and 60 s. */
const refresh = { activeMs: 20, idleMs: 20 }
const lookMs = 5

/** The same connection as controllers have it, in the provider's own shape: so one suite fits both. Lists come from the mirror. */
export const underPolicy = ({ config, runtime, log, ...options }: UnderPolicyOptions): MachineConnection<OpaqueConfig> => {
  const closed = new AbortController()
  const connection = openConnection({
    ...options,
    reference: { config },
    context: { runtime, log, signal: closed.signal, metrics },
    refresh,
    fence: () => undefined,
  })
  const { inventory } = connection
  const orGivenUp = <T>(work: Promise<T>, { signal }: Call): Promise<T> => Promise.race([work, untilAborted(signal)])

  return {
    create: (request, call) => orGivenUp(connection.create(request), call),
    delete: async (machine, call) =>
      void (await orGivenUp(
        connection.delete(machine, async () => true),
        call,
      )),
    async *list(call) {
      yield await orGivenUp(mirrored(call), call)
    },
    async [Symbol.asyncDispose]() {
      closed.abort(new Error('the test is over'))
      await connection[Symbol.asyncDispose]()
    },
  }

  /** What a list shows that began after we asked. An older failure says nothing of now. */
  async function mirrored({ signal }: Call): Promise<{ readonly items: readonly Machine[] }> {
    const since = runtime.clock.monotonic()
    const old = inventory.problem
    for (;;) {
      const { problem } = inventory
      if (problem !== undefined && problem !== old) throw problem
      if (inventory.listedAt > since) return { items: inventory.list() }
      await runtime.clock.sleep(lookMs, signal)
    }
  }
}

/** Numbers that nobody reads. */
const metrics: ConnectionOptions['context']['metrics'] = {
  counter: () => ({ add: () => undefined }),
  gauge: () => ({ set: () => undefined }),
  histogram: () => ({ observe: () => undefined }),
}
