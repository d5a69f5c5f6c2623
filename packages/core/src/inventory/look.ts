import { type ConnectionReference, canonicalJson } from '../claim/index.ts'
import { type MetricsRegistry, createMetrics } from '../engine/index.ts'
import type { Client } from '../kube/index.ts'
import { type DurableStore, type MachineProvider, ProviderError } from '../provider/index.ts'
import type { Log, Runtime } from '../runtime/index.ts'
import { listAll } from './account.ts'
import { readCredentials } from './credentials.ts'
import { createDurableStore } from './durableStore.ts'
import { withoutSecrets } from './failure.ts'
import type { Listing } from './inventory.ts'
import { createCallPolicy } from './policy.ts'

export interface LookOptions {
  readonly provider: MachineProvider
  readonly reference: ConnectionReference
  /** UID of the kube-system namespace. */
  readonly cluster: string
  /** Where the provider's durable entries are kept. */
  readonly namespace: string
  readonly client: Client
  readonly runtime: Runtime
  readonly log: Log
  readonly signal: AbortSignal
  /** Default: one that nobody reads. */
  readonly metrics?: MetricsRegistry
}

/**
 * Lists a connection's machines once, for who only wants to look: nothing is created, deleted or stored.
 * @throws ProviderError: for the credentials, or what the provider's list failed with.
 */
export const listMachines = async (options: LookOptions): Promise<Listing> => {
  const { provider, reference, runtime, log, signal, client, namespace } = options
  const { definition } = provider
  const credentials = await readCredentials(client, provider, reference.secret, signal)
  const policy = createCallPolicy({
    provider: provider.name,
    runtime,
    log,
    metrics: options.metrics ?? createMetrics(),
    signal,
    limits: definition.limits ?? {},
    timeouts: definition.timeouts ?? {},
    secrets: credentials.secrets,
    fence: onlyLooking,
  })
  const scope = connectionScope(provider.name, reference)
  await using remote = definition.connect({
    config: reference.config,
    credentials: credentials.value,
    cluster: options.cluster,
    store: readOnly(createDurableStore({ client, namespace, scope })),
    call: { signal, deadline: Infinity, clock: runtime.clock, log },
  })
  const { items: machines, missing } = await listAll(policy, call => remote.list(call))
  return { machines: machines.map(machine => withoutSecrets(machine, credentials.secrets)), missing }
}

/** What tells the entries of one connection from those of another. */
export const connectionScope = (provider: string, { config, secret }: ConnectionReference): string =>
  canonicalJson([provider, config, secret ?? null])

const onlyLooking = (): never => {
  throw new ProviderError('Internal', 'nothing may be changed by who only looks', { outcome: 'none' })
}

const readOnly = ({ get, keys }: DurableStore): DurableStore => ({
  get,
  keys,
  put: () => Promise.resolve().then(onlyLooking),
  remove: () => Promise.resolve().then(onlyLooking),
})
