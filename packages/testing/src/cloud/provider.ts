import {
  type Call,
  type CreateRequest,
  type Infer,
  type Machine,
  type MachineConnection,
  type MachineProvider,
  type Outcome,
  type Scope,
  type Step,
  ProviderError,
  covers,
  defineProvider,
} from '@kube-node/core/provider'
import { type Duration, durationMs } from '@kube-node/core/runtime'
import {
  type CloudApi,
  type CloudMachine,
  type CreateMachine,
  type Operation,
  type Operations,
  type Refusal,
  type Reply,
  LostAnswer,
} from './api.ts'
import { config, credentials } from './config.ts'

export interface SimulatedProviderOptions {
  /** What a NodeClass writes in `spec.provider`. Default `simulated`. */
  readonly name?: string
  /** How a repeated create is kept harmless; see MachineDefinition. Default `token`. */
  readonly idempotency?: 'token' | 'unique-name' | 'lookup'
  /** What is declared; the cloud keeps it unless a test wants it broken. Default `2s`. */
  readonly consistencyWindow?: Duration
  /** Machines in a page of a list. Default 500. */
  readonly pageSize?: number
  /** Offers `get`. Default true. */
  readonly get?: boolean
  /** Offers `createMany` and `deleteMany`. Default false. */
  readonly batches?: boolean
  /** Offers `drift`: tells when a machine is of another instance type than its class says. Default false. */
  readonly drift?: boolean
  /** Offers `resolve`: an image that names a family becomes the newest image of that family. Default false. */
  readonly resolve?: boolean
  /** Offers `configure`: machines are told in steps, not in user data, what they are to do, and this does them. Default: user data. */
  readonly configure?: (machine: Machine, steps: readonly Step[], call: Call) => Promise<void>
  /** The class's Secret must hold a `token`. Default false. */
  readonly credentials?: boolean
  /** What is declared; the cloud itself decides. Default: as the cloud does. */
  readonly nodeNames?: 'claim' | 'cloud'
  readonly maxUserData?: number
  readonly limits?: { readonly concurrency?: number; readonly perSecond?: number }
  readonly timeouts?: { readonly create?: Duration; readonly delete?: Duration; readonly list?: Duration }
}

type Config = Infer<typeof config>

/** What is left of the zones that are worth trying; if nothing is, trying is better than never finding out. */
const zoneFor = ({ config, token, avoid }: CreateRequest<Config>): string => {
  const { region, instanceType, capacityType, zone: only, zones = [`${region}-a`] } = config
  if (only !== undefined) return only
  const tempting = zones.filter(zone => !avoid.some(scope => covers(scope, { zone, instanceType, capacityType })))
  const from = tempting.length > 0 ? tempting : zones
  // A function of the token, so that a repeated create is the same request.
  const hash = [...token].reduce((sum, character) => (Math.imul(sum, 31) + (character.codePointAt(0) ?? 0)) >>> 0, 7)
  return from[hash % from.length] ?? `${region}-a`
}

/** A machine as the contract has it. */
export const machineOf = (provider: string, m: CloudMachine): Machine => ({
  id: m.id,
  providerID: `${provider}:///${m.zone}/${m.id}`,
  ...(m.owner && { owner: m.owner }),
  state: m.state,
  createdAt: m.createdAt,
  ...(m.nodeName !== undefined && { nodeName: m.nodeName }),
  addresses: [
    ...(m.address === undefined ? [] : [{ type: 'InternalIP' as const, address: m.address }]),
    { type: 'Hostname', address: m.name },
  ],
  region: m.region,
  zone: m.zone,
  instanceType: m.instanceType,
  capacityType: m.capacityType,
})

export const failure = ({ code, message, scope, retryAfterMs, outcome }: Refusal): ProviderError =>
  new ProviderError(code, message, {
    ...(scope && { scope }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(outcome && { outcome }),
  })

/** A provider of the simulated cloud behind `api`, which may be in this process or at the other end of a wire. */
export const providerOf = (api: CloudApi, options: SimulatedProviderOptions = {}): MachineProvider => {
  const {
    name = 'simulated',
    idempotency = 'token',
    consistencyWindow = '2s',
    pageSize = 500,
    get = true,
    batches = false,
    drift = false,
    resolve = false,
    configure,
  } = options

  const connect = (region: string, credential: string | undefined): MachineConnection<Config> => {
    let disposed = false

    const ask = async <O extends Operation>(
      operation: O,
      request: Operations[O]['request'],
      call: Call,
    ): Promise<Reply<Operations[O]['answer']>> => {
      if (disposed) throw new ProviderError('Internal', 'this connection to the simulated cloud was disposed', { outcome: 'none' })
      call.signal.throwIfAborted()
      try {
        return await api(operation, request, { credential, signal: call.signal })
      } catch (error) {
        if (error instanceof LostAnswer) throw new ProviderError('Unavailable', error.message, { outcome: 'unknown', cause: error })
        throw error
      }
    }
    const get1 = async <O extends Operation>(
      operation: O,
      request: Operations[O]['request'],
      call: Call,
    ): Promise<Operations[O]['answer']> => {
      const reply = await ask(operation, request, call)
      if (reply.refusal) throw failure(reply.refusal)
      return reply.value
    }

    const machine = (m: CloudMachine): Machine => machineOf(name, m)

    const wanted = (request: CreateRequest<Config>): CreateMachine => {
      const { token, name, owner, config, bootstrap } = request
      return {
        region,
        zone: zoneFor(request),
        instanceType: config.instanceType,
        capacityType: config.capacityType,
        image: config.image,
        name,
        owner,
        ...(bootstrap.kind === 'user-data' && { userData: Buffer.from(bootstrap.bytes).toString('base64') }),
        ...(config.bootTime !== undefined && { bootMs: durationMs(config.bootTime) }),
        ...(idempotency === 'token' && { token }),
        ...(idempotency === 'unique-name' && { uniqueName: true }),
      }
    }
    /** A name that is taken by this very attempt's machine is the answer to a create; by anyone else's, an error. */
    const made = (request: CreateRequest<Config>, reply: Reply<CloudMachine>): Outcome<Machine> => {
      if (!reply.refusal) return { value: machine(reply.value) }
      const { existing } = reply.refusal
      if (existing?.owner && existing.owner.claim === request.owner.claim && existing.owner.attempt === request.owner.attempt) {
        return { value: machine(existing) }
      }
      return { error: failure(reply.refusal) }
    }
    /** There was nothing to delete, or it is under way: both are what was asked for. */
    const deleted = (reply: Reply<unknown>): Outcome<void> =>
      reply.refusal && reply.refusal.code !== 'NotFound' ? { error: failure(reply.refusal) } : { value: undefined }

    const valueOf = <T>(outcome: Outcome<T>): T => {
      if (outcome.error) throw outcome.error
      return outcome.value
    }

    return {
      create: async (request, call) => valueOf(made(request, await ask('create', wanted(request), call))),
      async *list(call) {
        let after: string | undefined
        do {
          const { items, missing, next } = await get1('list', { region, limit: pageSize, ...(after !== undefined && { after }) }, call)
          yield { items: items.map(machine), ...(missing.length > 0 && { missing: missing satisfies readonly Scope[] }) }
          after = next
        } while (after !== undefined)
      },
      delete: async ({ id }, call) => valueOf(deleted(await ask('delete', { region, id }, call))),
      account: async call => (await get1('whoami', {}, call)).account,
      async adopt(providerID, owner, call) {
        const id = providerID.split('/').at(-1) ?? ''
        return machine(await get1('adopt', { region, id, owner }, call))
      },
      ...(get && {
        async get({ id }: Machine, call: Call) {
          const found = await get1('get', { region, id }, call)
          return found.machine && machine(found.machine)
        },
      }),
      ...(resolve && {
        async resolve(given: Config, call: Call) {
          const { image } = await get1('newestImage', { family: given.image }, call)
          return image === undefined ? given : { ...given, image }
        },
      }),
      ...(configure && { configure: (of: Machine, steps: readonly Step[], _config: Config, call: Call) => configure(of, steps, call) }),
      ...(drift && {
        async drift({ instanceType }: Machine, wants: Config) {
          if (instanceType === wants.instanceType) return undefined
          return `its instance type is ${instanceType ?? '(unknown)'}, and the class says ${wants.instanceType}`
        },
      }),
      ...(batches && {
        async createMany(requests: readonly CreateRequest<Config>[], call: Call) {
          const { items } = await get1('createMany', { items: requests.map(wanted) }, call)
          return requests.map((request, i) =>
            made(request, items[i] ?? { refusal: { code: 'Internal', message: 'the cloud left an answer out' } }),
          )
        },
        async deleteMany(machines: readonly Machine[], call: Call) {
          const { items } = await get1('deleteMany', { region, ids: machines.map(m => m.id) }, call)
          return machines.map((_, i) => deleted(items[i] ?? { refusal: { code: 'Internal', message: 'the cloud left an answer out' } }))
        },
      }),
      async [Symbol.asyncDispose]() {
        disposed = true
      },
    }
  }

  const common = {
    name,
    config,
    connection: ['region'],
    zone: 'zone',
    idempotency,
    bootstrap: configure ? 'steps' : 'user-data',
    consistencyWindow,
    ...(options.nodeNames && { nodeNames: options.nodeNames }),
    ...(options.maxUserData !== undefined && { maxUserData: options.maxUserData }),
    ...(options.limits && { limits: options.limits }),
    ...(options.timeouts && { timeouts: options.timeouts }),
  } as const
  return options.credentials
    ? defineProvider({ ...common, credentials, connect: context => connect(context.config.region, context.credentials.token) })
    : defineProvider({ ...common, connect: context => connect(context.config.region, undefined) })
}
