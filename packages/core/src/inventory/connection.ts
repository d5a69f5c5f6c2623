import type { ConnectionReference } from '../claim/index.ts'
import type { ManagerContext } from '../engine/index.ts'
import {
  type CreateRequest,
  type DurableStore,
  type Machine,
  type MachineConnection,
  type MachineProvider,
  type OpaqueConfig,
  type Owner,
  ProviderError,
  type Scope,
  type Step,
} from '../provider/index.ts'
import { durationMs } from '../runtime/index.ts'
import { type Inventory, type RefreshTimes, createInventory } from './inventory.ts'
import { type Stockouts, createStockouts } from './stockouts.ts'
import { type CallPolicy, createCallPolicy } from './policy.ts'

/** One account at one place, as controllers use it: every call under the policy, every machine in the mirror. */
export interface Connection extends AsyncDisposable {
  readonly reference: ConnectionReference
  readonly provider: MachineProvider
  readonly inventory: Inventory
  readonly stockouts: Stockouts
  /** Changes with the Secret that it was opened by. */
  readonly credentialsVersion: string
  /** Which account the credentials open; undefined where the provider can't tell, or was not asked yet. */
  readonly account: string | undefined
  /** Asks for it, once. @throws ProviderError */
  identify(): Promise<void>
  /** How long after a create a list may not show the machine. */
  readonly consistencyWindowMs: number
  /** How long a create may still be under way at the provider after we stopped hearing of it. */
  readonly createTimeoutMs: number
  /** The provider turned our credentials away in the newest call that got through to it. */
  readonly unauthorized: boolean
  /** `secrets`: what this request carries and no error may show. @throws ProviderError */
  create(request: CreateRequest<OpaqueConfig>, secrets?: readonly string[]): Promise<Machine>
  /** Whether `adopt` is there. */
  readonly canAdopt: boolean
  /** Makes a machine that runs already this claim's. @throws ProviderError */
  adopt(providerID: string, owner: Owner): Promise<Machine>
  /** Does the steps that were not done yet. @throws ProviderError, `Internal` for a provider without steps. */
  configure(machine: Machine, steps: readonly Step[], config: OpaqueConfig, secrets?: readonly string[]): Promise<void>
  /** Resolves when the deletion is accepted or the machine is unknown there. @throws ProviderError */
  delete(machine: Machine): Promise<void>
}

export interface ConnectionOptions {
  readonly provider: MachineProvider
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

/** Opens it and begins to mirror. @throws ProviderError when the provider's connect refuses. */
export const openConnection = (options: ConnectionOptions): Connection => {
  const { provider, reference, context } = options
  const { definition } = provider
  const closed = new AbortController()
  const stop = (): void => closed.abort()
  context.signal.addEventListener('abort', stop, { once: true })
  if (context.signal.aborted) stop()

  const policy = createCallPolicy({
    provider: provider.name,
    runtime: context.runtime,
    log: context.log,
    metrics: context.metrics,
    signal: closed.signal,
    limits: definition.limits ?? {},
    timeouts: definition.timeouts ?? {},
    secrets: options.secrets,
    fence: options.fence,
  })
  const remote = definition.connect({
    config: reference.config,
    credentials: options.credentials,
    cluster: options.cluster,
    store: options.store,
    call: { signal: closed.signal, deadline: Infinity, clock: context.runtime.clock, log: context.log },
  })
  const inventory = createInventory({
    runtime: context.runtime,
    log: context.log,
    consistencyWindowMs: durationMs(definition.consistencyWindow),
    refresh: options.refresh,
    list: () => listAll(policy, remote),
  })
  const mirroring = inventory.run(closed.signal)
  let account: string | undefined

  return {
    reference,
    provider,
    inventory,
    consistencyWindowMs: durationMs(definition.consistencyWindow),
    createTimeoutMs: policy.timeoutMs('create'),
    stockouts: createStockouts({ runtime: context.runtime, createTimeoutMs: policy.timeoutMs('create') }),
    credentialsVersion: options.credentialsVersion ?? '',
    get account() {
      return account
    },
    identify: async () => {
      const ask = remote.account?.bind(remote)
      if (account === undefined && ask) account = await policy.run('account', call => ask(call))
    },
    get unauthorized() {
      return policy.unauthorized
    },
    create: async (request, secrets) => {
      const machine = await policy.run('create', call => remote.create(request, call), secrets)
      verify(provider.name, machine, request)
      inventory.put(machine)
      return machine
    },
    canAdopt: remote.adopt !== undefined,
    adopt: async (providerID, owner) => {
      const { adopt } = remote
      if (!adopt) throw new ProviderError('InvalidConfig', `provider ${provider.name} cannot adopt machines`, { outcome: 'none' })
      const machine = await policy.run('adopt', call => adopt.call(remote, providerID, owner, call))
      verify(provider.name, machine, { owner })
      inventory.put(machine)
      return machine
    },
    configure: async (machine, steps, config, secrets) => {
      const { configure } = remote
      if (!configure)
        throw new ProviderError('Internal', `${provider.name} declares bootstrap by steps and has no configure: a defect of the provider`)
      await policy.run('configure', call => configure.call(remote, machine, steps, config, call), secrets)
    },
    delete: async machine => {
      try {
        await policy.run('delete', call => remote.delete(machine, call))
      } catch (error) {
        if (!(ProviderError.is(error) && error.code === 'NotFound')) throw error
      }
    },
    [Symbol.asyncDispose]: async () => {
      stop()
      context.signal.removeEventListener('abort', stop)
      await mirroring
      await policy.idle()
      await remote[Symbol.asyncDispose]()
    },
  }
}

/** A machine that does not carry its claim could never be found again: better an error now, by name. */
const verify = (provider: string, machine: Machine, request: Pick<CreateRequest<OpaqueConfig>, 'owner'>): void => {
  if (machine.state === 'gone') {
    throw new ProviderError('Internal', `${provider} made machine ${machine.id}, and it was gone at once`, { outcome: 'none' })
  }
  if (machine.owner?.claim !== request.owner.claim || machine.owner.cluster !== request.owner.cluster) {
    throw new ProviderError(
      'Internal',
      `${provider} answered with machine ${machine.id}, which does not carry this claim's tags: a defect of the provider`,
    )
  }
}

export const listAll = (policy: CallPolicy, remote: MachineConnection<OpaqueConfig>): Promise<{ machines: Machine[]; missing: Scope[] }> =>
  policy.run('list', async call => {
    const machines: Machine[] = []
    const missing: Scope[] = []
    for await (const page of remote.list(call)) {
      call.signal.throwIfAborted()
      machines.push(...page.items)
      missing.push(...(page.missing ?? []))
    }
    return { machines, missing }
  })
