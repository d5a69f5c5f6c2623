import {
  type Call,
  type Group,
  type GroupConnection,
  type GroupProvider,
  type Infer,
  type Outcome,
  ProviderError,
  defineGroupProvider,
} from '@kube-node/core/provider'
import { type Duration, durationMs } from '@kube-node/core/runtime'
import { type CloudApi, type Operation, type Operations, LostAnswer } from '../api.ts'
import { credentials } from '../config.ts'
import { failure, machineOf } from '../provider.ts'
import type { CloudGroup, GroupTemplate } from './api.ts'
import { groupConfig } from './config.ts'

export interface SimulatedGroupProviderOptions {
  /** What a NodeClass writes in `spec.provider`. Default `simulated-groups`. */
  readonly name?: string
  /** What is declared; the cloud keeps it unless a test wants it broken. Default `2s`. */
  readonly consistencyWindow?: Duration
  /** Groups in a page of a list. Default 500. */
  readonly pageSize?: number
  /** Offers `create` and `destroy`. Default true. */
  readonly creates?: boolean
  /** Offers `update`. Default true. */
  readonly updates?: boolean
  /** The class's Secret must hold a `token`. Default false. */
  readonly credentials?: boolean
}

type Config = Infer<typeof groupConfig>

/** A provider of the simulated cloud's groups behind `api`. */
export const groupProviderOf = (api: CloudApi, options: SimulatedGroupProviderOptions = {}): GroupProvider => {
  const { name = 'simulated-groups', consistencyWindow = '2s', pageSize = 500, creates = true, updates = true } = options

  const connect = (region: string, credential: string | undefined): GroupConnection<Config> => {
    let disposed = false
    const ask = async <O extends Operation>(
      operation: O,
      request: Operations[O]['request'],
      call: Call,
    ): Promise<Operations[O]['answer']> => {
      if (disposed) throw new ProviderError('Internal', 'this connection to the simulated cloud was disposed', { outcome: 'none' })
      call.signal.throwIfAborted()
      try {
        const reply = await api(operation, request, { credential, signal: call.signal })
        if (reply.refusal) throw failure(reply.refusal)
        return reply.value
      } catch (error) {
        if (error instanceof LostAnswer) throw new ProviderError('Unavailable', error.message, { outcome: 'unknown', cause: error })
        throw error
      }
    }
    const group = ({ members, ...known }: CloudGroup): Group => ({
      ...defined(known),
      members: members.map(({ revision, ...machine }) => ({ ...machineOf('simulated', machine), ...defined({ revision }) })),
    })
    const template = ({ zones = [`${region}-a`], instanceType, capacityType, image, bootTime }: Config): GroupTemplate => ({
      zones,
      instanceType,
      capacityType,
      image,
      ...(bootTime !== undefined && { bootMs: durationMs(bootTime) }),
    })

    return {
      async *list(call) {
        let after: number | undefined
        do {
          const { items, missing, next } = await ask('listGroups', { region, limit: pageSize, ...defined({ after }) }, call)
          yield { items: items.map(group), ...(missing.length > 0 && { missing }) }
          after = next
        } while (after !== undefined)
      },
      async resize({ id, size: seen }, size, call) {
        await ask('resizeGroup', { region, id, size, seen }, call)
      },
      async remove({ id }, ids, { replace }, call) {
        const { items } = await ask('removeMembers', { region, id, members: ids, replace }, call)
        return ids.map((_id, at): Outcome<void> => {
          const reply = items[at] ?? { refusal: { code: 'Internal', message: 'the cloud left an answer out' } }
          return reply.refusal ? { error: failure(reply.refusal) } : { value: undefined }
        })
      },
      account: async call => (await ask('whoami', {}, call)).account,
      ...(creates && {
        async create({ name: id, owner, config, revision, size }, call) {
          const { min, max, step } = config
          const request = {
            region,
            name: id,
            groupOwner: owner,
            revision,
            size,
            template: template(config),
            ...defined({ min, max, step }),
          }
          return group(await ask('createGroup', request, call))
        },
        async destroy({ id }, call) {
          await ask('destroyGroup', { region, id }, call)
        },
      }),
      ...(updates && {
        async update({ id }, { config, revision }, call) {
          await ask('updateGroup', { region, id, revision, template: template(config) }, call)
        },
      }),
      async [Symbol.asyncDispose]() {
        disposed = true
      },
    } satisfies GroupConnection<Config>
  }

  const common = { name, config: groupConfig, connection: ['region'], consistencyWindow, maxNameLength: 40 } as const
  return options.credentials === true
    ? defineGroupProvider({ ...common, credentials, connect: context => connect(context.config.region, context.credentials.token) })
    : defineGroupProvider({ ...common, connect: context => connect(context.config.region, undefined) })
}

/** Without what is undefined, which JSON does not carry. */
const defined = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  // The entries that are left have just those values.
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> }
