import {
  type CreateRequest,
  type Machine,
  type MachineProvider,
  type OpaqueConfig,
  type Owner,
  ProviderError,
  type Step,
} from '../provider/index.ts'
import { canonicalJson } from '../claim/index.ts'
import { durationMs } from '../runtime/index.ts'
import { type AccountConnection, listAll } from './account.ts'
import { type ChannelOptions, openChannel } from './channel.ts'
import { scrub, toProviderError, withoutSecrets } from './failure.ts'
import { type Announcements, interruptionsOf } from './interruptions.ts'
import { createInventory } from './inventory.ts'
import { sharedPins } from './pins.ts'
import { check } from './schema.ts'
import { type Stockouts, createStockouts } from './stockouts.ts'

export interface ConfigureOptions {
  /** More than the connection's own, to be struck out of errors. */
  readonly secrets?: readonly string[]
  /** Ends it, with its own reason. */
  readonly until?: AbortSignal
}

/** An account whose machines are made one by one, as controllers use it. */
export interface Connection extends AccountConnection {
  readonly provider: MachineProvider
  readonly stockouts: Stockouts
  /** `secrets`: what this request carries and no error may show. @throws ProviderError */
  create(request: CreateRequest<OpaqueConfig>, secrets?: readonly string[]): Promise<Machine>
  /**
   * The config with what floats in it pinned to what it means now, or a short while ago; undefined when nothing does.
   * @throws ProviderError, always with outcome `none`: nobody was asked for a machine.
   */
  pin(config: OpaqueConfig): Promise<OpaqueConfig | undefined>
  /** The text without the secrets by which the connection was opened. */
  mayBeTold(text: string): string
  /** Whether `adopt` is there. */
  readonly canAdopt: boolean
  /** Makes a machine that runs already this claim's. @throws ProviderError */
  adopt(providerID: string, owner: Owner): Promise<Machine>
  /** Does the steps that were not done yet. @throws ProviderError, `Internal` for a provider without steps. */
  configure(machine: Machine, steps: readonly Step[], config: OpaqueConfig, options?: ConfigureOptions): Promise<void>
  /** Whether the provider can say how a machine differs from what its class says. */
  readonly tellsDrift: boolean
  /** In words, how it does; undefined when it does not, or the provider can't tell. @throws ProviderError */
  drift(machine: Machine, config: OpaqueConfig): Promise<string | undefined>
  /** What the cloud announces of its machines; undefined where the provider can't tell. */
  readonly interruptions: Announcements | undefined
  /** Fires when the connection is given up. */
  readonly signal: AbortSignal
  /**
   * Resolves when the deletion is accepted or the machine is unknown there. False: it was not asked for, since `isDue`, the last thing that
   * is asked before the call leaves, said no. @throws ProviderError
   */
  delete(machine: Machine, isDue: () => Promise<boolean>): Promise<boolean>
}

export interface ConnectionOptions extends ChannelOptions {
  readonly provider: MachineProvider
}

/** Opens it and begins to mirror. @throws ProviderError when the provider's connect refuses. */
export const openConnection = (options: ConnectionOptions): Connection => {
  const { provider, reference, context } = options
  const { definition } = provider
  const channel = openChannel(provider, options)
  const { policy } = channel
  const remote = definition.connect(channel.connect)
  const machineTold = (machine: Machine): Machine => withoutSecrets(machine, options.secrets)
  const inventory = createInventory({
    runtime: context.runtime,
    log: context.log,
    consistencyWindowMs: durationMs(definition.consistencyWindow),
    refresh: options.refresh,
    async list() {
      const { items: machines, missing } = await listAll(policy, call => remote.list(call))
      return { machines: machines.map(machineTold), missing }
    },
  })
  const resolve = remote.resolve?.bind(remote)
  const pins = resolve && sharedPins(context.runtime.clock, config => policy.run('resolve', call => resolve(config, call)))
  const mirroring = inventory.run(channel.signal)

  return {
    reference,
    provider,
    inventory,
    consistencyWindowMs: durationMs(definition.consistencyWindow),
    createTimeoutMs: policy.timeoutMs('create'),
    stockouts: createStockouts({ runtime: context.runtime, createTimeoutMs: policy.timeoutMs('create') }),
    credentialsVersion: options.credentialsVersion ?? '',
    get account() {
      return channel.account
    },
    identify: () => channel.identify(remote.account?.bind(remote)),
    get unauthorized() {
      return policy.unauthorized
    },
    create: async (request, secrets) => {
      const machine = machineTold(await policy.run('create', call => remote.create(request, call), secrets))
      verify(provider.name, machine, request)
      inventory.put(machine)
      return machine
    },
    pin: async config => {
      if (!pins) return undefined
      try {
        const pinned = fitting(provider, config, await pins(config))
        return canonicalJson(pinned) === canonicalJson(config) ? undefined : pinned
      } catch (error) {
        const { code, message, facts } = toProviderError(error)
        throw new ProviderError(code, message, { ...facts, outcome: 'none' })
      }
    },
    mayBeTold: text => scrub(text, options.secrets),
    canAdopt: remote.adopt !== undefined,
    adopt: async (providerID, owner) => {
      const { adopt } = remote
      if (!adopt) throw new ProviderError('InvalidConfig', `provider ${provider.name} cannot adopt machines`, { outcome: 'none' })
      const machine = await policy.run('adopt', call => adopt.call(remote, providerID, owner, call))
      verify(provider.name, machine, { owner })
      inventory.put(machine)
      return machine
    },
    configure: async (machine, steps, config, { secrets, until } = {}) => {
      const { configure } = remote
      if (!configure)
        throw new ProviderError('Internal', `${provider.name} declares bootstrap by steps and has no configure: a defect of the provider`)
      await policy.run('configure', call => configure.call(remote, machine, steps, config, call), secrets, until)
    },
    tellsDrift: remote.drift !== undefined,
    drift: async (machine, config) => {
      const ask = remote.drift?.bind(remote)
      return ask && policy.run('drift', call => ask(machine, config, call))
    },
    interruptions: interruptionsOf(remote, channel.connect.call, options.secrets),
    signal: channel.signal,
    delete: async (machine, isDue) => {
      try {
        return await policy.runIf('delete', isDue, call => remote.delete(machine, call))
      } catch (error) {
        if (!(ProviderError.is(error) && error.code === 'NotFound')) throw error
        return true
      }
    },
    [Symbol.asyncDispose]: () => channel.close(mirroring, remote),
  }
}

/** It is written down and sent as a class's config is, to the same account and place. */
const fitting = ({ name, definition }: MachineProvider, config: OpaqueConfig, pinned: OpaqueConfig): OpaqueConfig => {
  const checked = check(definition.config, pinned)
  const defect = checked.problem ?? definition.connection.find(key => canonicalJson(pinned[key]) !== canonicalJson(config[key]))
  if (checked.problem === undefined && defect === undefined) return checked.value
  throw new ProviderError('Internal', `${name} resolved a config to one that can't be sent (${defect}): a defect of the provider`)
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
