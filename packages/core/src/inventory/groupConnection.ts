import {
  type Call,
  type Group,
  type GroupProvider,
  type GroupRequest,
  type OpaqueConfig,
  type Outcome,
  ProviderError,
} from '../provider/index.ts'
import { durationMs } from '../runtime/index.ts'
import { type AccountConnection, listAll } from './account.ts'
import { type ChannelOptions, openChannel } from './channel.ts'
import { provesNothingMade } from './failure.ts'
import { type GroupMirror, createGroupMirror } from './groupMirror.ts'
import { createInventory } from './inventory.ts'
import type { Operation } from './policy.ts'

/** An account whose cloud manages the machines, as controllers use it. Its inventory has all members of all groups, by their ids. */
export interface GroupsConnection extends AccountConnection {
  readonly provider: GroupProvider
  readonly groups: GroupMirror
  /** How long a resize may last, in milliseconds. */
  readonly resizeTimeoutMs: number
  readonly can: { readonly create: boolean; readonly destroy: boolean; readonly update: boolean }
  /** Each changes the mirror as it changes the group. @throws ProviderError */
  resize(group: Group, size: number): Promise<void>
  /** Answers which were refused, and why. */
  remove(group: Group, ids: readonly string[], replace: boolean): Promise<readonly ProviderError[]>
  create(request: GroupRequest<OpaqueConfig>): Promise<Group>
  update(group: Group, next: { readonly config: OpaqueConfig; readonly revision: string }): Promise<void>
  destroy(group: Group): Promise<void>
}

export interface GroupsConnectionOptions extends ChannelOptions {
  readonly provider: GroupProvider
}

/** Opens it and begins to mirror. @throws ProviderError when the provider's connect refuses. */
export const openGroups = (options: GroupsConnectionOptions): GroupsConnection => {
  const { provider, reference, context } = options
  const { definition } = provider
  const { clock } = context.runtime
  const channel = openChannel(provider, options)
  const { policy } = channel
  const remote = definition.connect(channel.connect)
  const consistencyWindowMs = durationMs(definition.consistencyWindow)
  const groups = createGroupMirror(clock, consistencyWindowMs)
  const inventory = createInventory({
    runtime: context.runtime,
    log: context.log,
    consistencyWindowMs,
    refresh: options.refresh,
    async list() {
      const startedAt = clock.monotonic()
      const { items, missing } = await listAll(policy, call => remote.list(call))
      groups.take(startedAt, items, missing.length > 0)
      return { machines: items.flatMap(({ members }) => members), missing }
    },
  })
  const mirroring = inventory.run(channel.signal)

  /** An order of which nothing is known may still take effect until its deadline is over and a list must show it. */
  const order = async <T>(operation: Operation, id: string, body: (call: Call) => Promise<T>): Promise<T> => {
    try {
      return await policy.run(operation, body)
    } catch (error) {
      const changedNothing = ProviderError.is(error) && (error.code === 'Busy' || error.code === 'NotFound' || provesNothingMade(error))
      if (!changedNothing) groups.unanswered(id, clock.monotonic() + policy.timeoutMs(operation) + consistencyWindowMs)
      throw error
    }
  }
  const ability = <T>(method: T | undefined, what: string): T => {
    if (method === undefined)
      throw new ProviderError('InvalidConfig', `provider ${provider.name} cannot ${what} groups`, { outcome: 'none' })
    return method
  }

  return {
    reference,
    provider,
    groups,
    inventory,
    consistencyWindowMs,
    createTimeoutMs: policy.timeoutMs('create'),
    resizeTimeoutMs: policy.timeoutMs('resize'),
    credentialsVersion: options.credentialsVersion ?? '',
    get account() {
      return channel.account
    },
    identify: () => channel.identify(remote.account?.bind(remote)),
    get unauthorized() {
      return policy.unauthorized
    },
    can: { create: remote.create !== undefined, destroy: remote.destroy !== undefined, update: remote.update !== undefined },
    async resize(group, size) {
      await order('resize', group.id, call => remote.resize(group, size, call))
      groups.ordered(group.id, { size })
    },
    async remove(group, ids, replace) {
      const outcomes = await order('remove', group.id, call => remote.remove(group, ids, { replace }, call))
      if (outcomes.length !== ids.length) {
        throw new ProviderError(
          'Internal',
          `${provider.name} answered ${outcomes.length} times for ${ids.length} members: a defect of the provider`,
        )
      }
      const gone = ids.filter((_id, at) => isDone(outcomes[at]))
      const size = replace ? group.size : group.size - gone.length
      if (gone.length > 0) groups.ordered(group.id, { leaving: gone, ...(replace ? {} : { size }) })
      return outcomes.flatMap(outcome => (outcome.error && !isDone(outcome) ? [outcome.error] : []))
    },
    async create(request) {
      const create = ability(remote.create, 'create')
      const group = await order('create', request.name, call => create.call(remote, request, call))
      if (group.owner?.set !== request.owner.set || group.owner.cluster !== request.owner.cluster) {
        const why = `${provider.name} answered with group ${group.id}, which does not carry this set's tags: a defect of the provider`
        throw new ProviderError('Internal', why)
      }
      groups.put(group)
      return group
    },
    async update(group, next) {
      const update = ability(remote.update, 'change')
      await order('update', group.id, call => update.call(remote, group, next, call))
      groups.unanswered(group.id, clock.monotonic() + consistencyWindowMs)
    },
    async destroy(group) {
      const destroy = ability(remote.destroy, 'delete')
      try {
        await order('destroy', group.id, call => destroy.call(remote, group, call))
      } catch (error) {
        if (!(ProviderError.is(error) && error.code === 'NotFound')) throw error
      }
      groups.unanswered(group.id, clock.monotonic() + consistencyWindowMs)
    },
    [Symbol.asyncDispose]: () => channel.close(mirroring, remote),
  }
}

/** One that is not there any more was removed by somebody, which is what was asked for. */
const isDone = (outcome: Outcome<void> | undefined): boolean =>
  outcome !== undefined && (outcome.error === undefined || outcome.error.code === 'NotFound')
