import type { Call, Group, GroupConnection } from '@kube-node/core/provider'
import { type ClientOptions, accountOf, openClients } from '../aws/index.ts'
import type { AutoScalingConfig } from './config.types.ts'
import { createGroup } from './create.ts'
import { describeActivities, describeGroups, describeMembers, describeScalers } from './describe.ts'
import { destroyGroup } from './destroy.ts'
import { type GroupFacts, lacksMachines } from './facts.ts'
import { groupOf } from './group.ts'
import { lastFailure } from './problem.ts'
import { removeMembers } from './remove.ts'
import { type Raises, resizeGroup } from './resize.ts'
import type { Scalers } from './scalers.ts'
import { updateGroup } from './update.ts'

export interface ConnectionOptions extends ClientOptions {
  readonly cluster: string
  readonly namedByCloud: boolean
  readonly limits: AutoScalingConfig['limits']
}

/** Thin: looks, and hands the orders on. */
export const connectGroups = (options: ConnectionOptions): GroupConnection<AutoScalingConfig> => {
  const { cluster, region, namedByCloud, limits } = options
  const clients = openClients(options)
  /** Nobody else has set limits for a group of our own. */
  const raises: Raises = ({ owner }) => limits === 'raise' || owner?.cluster === cluster

  const problemOf = async (facts: GroupFacts, call: Call): Promise<string | undefined> => {
    if (!lacksMachines(facts)) return undefined
    if (facts.suspended.has('Launch')) return 'the process Launch is suspended: resume it, and it makes machines'
    return lastFailure(await describeActivities(clients, facts.name, call))
  }

  const shown = async (groups: readonly GroupFacts[], scalers: Scalers, call: Call): Promise<readonly Group[]> => {
    const seen = await describeMembers(clients, groups, call)
    const items: Group[] = []
    for (const facts of groups) {
      const problem = await problemOf(facts, call)
      items.push(groupOf(facts, { region, namedByCloud, now: call.clock.now(), seen, scalers, problem, raises: raises(facts) }))
    }
    return items
  }

  return {
    async *list(call) {
      const scalers = await describeScalers(clients, call)
      for await (const page of describeGroups(clients, call)) {
        yield { items: await shown(page, scalers, call) }
        call.signal.throwIfAborted()
      }
    },

    resize: (group, size, call) => resizeGroup(clients, group, size, raises, call),
    remove: (group, ids, { replace }, call) => removeMembers(clients, group, ids, replace, raises, call),
    update: (group, next, call) => updateGroup(clients, group, next, call),
    destroy: (group, call) => destroyGroup(clients, group, call),
    account: call => accountOf(clients, call),

    create: (request, call) =>
      createGroup(
        clients,
        request,
        async facts => {
          const [group] = await shown([facts], await describeScalers(clients, call), call)
          return group ?? { id: request.name, size: request.size, members: [] }
        },
        call,
      ),

    async [Symbol.asyncDispose]() {
      clients[Symbol.dispose]()
    },
  }
}
