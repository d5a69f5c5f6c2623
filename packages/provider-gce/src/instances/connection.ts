import { type Interruption, type MachineConnection, ProviderError } from '@kube-node/core/provider'
import { type Patience, type Sight, interruptionsFrom, maintenanceOf } from '../events/index.ts'
import type { Google, Operation } from '../google/index.ts'
import { adoptInstance } from './adopt.ts'
import { type KnownTypes, capacityFor } from './capacity.ts'
import type { GceConfig } from './config.types.ts'
import { createInstance } from './create.ts'
import { driftOf } from './drift.ts'
import { bootImageOf, pinned } from './images.ts'
import { clusterFilter } from './labels.ts'
import { getInstance, listInstances } from './list.ts'
import { type Reading, instancePath, machineOf, whereaboutsOf } from './machine.ts'
import { nameIn } from './resources.ts'

export interface ConnectionOptions extends Reading {
  readonly google: Google
  readonly cluster: string
}

/** Thin: each call of core's is one or a few of Google's. */
export const connectMachines = (options: ConnectionOptions): MachineConnection<GceConfig> => {
  const { google, project, cluster } = options
  const types: KnownTypes = new Map()
  const patience: Patience = { failures: 0 }
  let sight: Sight = { zones: new Set(), announced: [] }

  return {
    create: async (request, call) => machineOf(await createInstance(google, request, call), options),

    async *list(call) {
      const zones = new Set<string>()
      const announced: Interruption[] = []
      for await (const { items, missing } of listInstances(google, project, clusterFilter(cluster), call)) {
        for (const { zone } of items) zones.add(nameIn(zone))
        announced.push(...items.flatMap(instance => maintenanceOf(instance) ?? []))
        yield { items: items.map(instance => machineOf(instance, options)), ...(missing && { missing }) }
        call.signal.throwIfAborted()
      }
      sight = { zones, announced }
    },

    interruptions: call => interruptionsFrom(google, project, () => sight, patience, call),

    async delete({ id, providerID }, call) {
      const where = whereaboutsOf(providerID)
      if (!where) throw new ProviderError('NotFound', `${providerID} names no instance`)
      const instance = await getInstance(google, where, call)
      // A name comes back: what has it now may be somebody else's.
      if (instance?.id !== id) return
      await google.ask<Operation>('instances.delete', { method: 'DELETE', path: instancePath(where) }, call)
    },

    async get({ id, providerID }, call) {
      const where = whereaboutsOf(providerID)
      const instance = where && (await getInstance(google, where, call))
      return instance?.id === id ? machineOf(instance, options) : undefined
    },

    adopt: async (providerID, owner, call) => machineOf(await adoptInstance(google, project, providerID, owner, call), options),

    resolve: (config, call) => pinned(google, config, call),

    async drift({ id, providerID }, config, call) {
      const where = whereaboutsOf(providerID)
      const instance = where && (await getInstance(google, where, call))
      // Of one that is gone lists tell.
      if (instance?.id !== id) return undefined
      return driftOf(instance, config.image.name && (await bootImageOf(google, instance, call)), config)
    },

    capacity: (config, call) => capacityFor(google, types, config, call),

    account: async () => project,

    async [Symbol.asyncDispose]() {},
  }
}
