import { type Call, type MachineConnection, ProviderError } from '@kube-node/core/provider'
import { type ClientOptions, accountOf, openClients } from '../aws/index.ts'
import { type InterruptionQueue, interruptionsFrom } from '../events/index.ts'
import { adoptInstance } from './adopt.ts'
import { capacityFor } from './capacity.ts'
import type { Ec2Config } from './config.types.ts'
import { createInstance } from './create.ts'
import { describeInstance, describeInstances } from './describe.ts'
import { driftOf } from './drift.ts'
import { machineOf } from './machine.ts'
import { resolver } from './resolve.ts'
import { ownerTags } from './tags.ts'
import { terminateAll, terminator } from './terminate.ts'

export interface ConnectionOptions extends ClientOptions {
  readonly cluster: string
  readonly namedByCloud: boolean
  readonly queue: InterruptionQueue | undefined
}

/** Thin: each call of core's is one or two of EC2's. */
export const connectMachines = (options: ConnectionOptions): MachineConnection<Ec2Config> => {
  const { cluster, queue } = options
  const clients = openClients(options)
  const names = resolver(clients)
  const terminate = terminator(terminateAll(clients))

  return {
    create: async (request, call) => machineOf(await createInstance(clients, names, request, call), options),

    async *list(call) {
      for await (const page of describeInstances(clients, { [ownerTags.cluster]: cluster }, call)) {
        yield { items: page.map(instance => machineOf(instance, options)) }
        call.signal.throwIfAborted()
      }
    },

    delete: ({ id }, call) => terminate(id, call),

    async get({ id }, call) {
      try {
        return machineOf(await describeInstance(clients, id, call), options)
      } catch (error) {
        if (ProviderError.is(error) && error.code === 'NotFound') return undefined
        throw error
      }
    },

    adopt: async (providerID, owner, call) => machineOf(await adoptInstance(clients, providerID, owner, call), options),

    account: call => accountOf(clients, call),

    resolve: (config, call) => names.pinned(config, call),

    async drift({ id }, config, call) {
      const instance = await describeInstance(clients, id, call)
      const meant = await names.meant(config, call)
      return driftOf(instance, meant, await names.networks(meant, call))
    },

    async capacity(config, call) {
      const { imageId, config: complete } = await names.resolved(config, call)
      return capacityFor(clients, imageId, complete, call)
    },

    ...(queue && { interruptions: (call: Call) => interruptionsFrom(clients, queue, call) }),

    async [Symbol.asyncDispose]() {
      clients[Symbol.dispose]()
    },
  }
}
