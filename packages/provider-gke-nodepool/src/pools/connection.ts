import type { Call, Group, GroupConnection } from '@kube-node/core/provider'
import { type Instance, listInstances } from '@kube-node/provider-gce/instances'
import type { GkeNodePoolConfig } from './config.types.ts'
import { createPool, sizeAtFirst, zonesOf } from './create.ts'
import { destroyPool } from './destroy.ts'
import { groupOf } from './group.ts'
import { factsOf, listOperations, listPools } from './look.ts'
import { findManagers } from './managers.ts'
import { removeMembers } from './remove.ts'
import { resizePool } from './resize.ts'
import type { NodePool } from './resources.ts'
import { type Services, type ServicesOptions, openServices } from './services.ts'

/** Thin: looks, and hands the orders on. */
export const connectPools = (options: ServicesOptions): GroupConnection<GkeNodePoolConfig> => {
  const services = openServices(options)
  const { project, cluster, compute } = services

  async function* shown(pools: readonly NodePool[], call: Call): AsyncGenerator<{ group: Group; missing: readonly string[] }> {
    const operations = await listOperations(services, call)
    // Before the members: a machine that comes in between is one of them, and not seen yet. The other way round it would be in no list.
    const seen = await instancesOf(services, call)
    const found = await findManagers(compute, project, call)
    for (const pool of pools) {
      const facts = await factsOf(services, pool, found, call)
      yield { group: groupOf(facts, { cluster, now: call.clock.now(), seen, operations }), missing: facts.missing }
      call.signal.throwIfAborted()
    }
  }

  return {
    async *list(call) {
      for await (const { group, missing } of shown(await listPools(services, call), call)) {
        yield { items: [group], ...(missing.length > 0 && { missing: missing.map(zone => ({ zone })) }) }
      }
    },

    resize: (group, size, call) => resizePool(services, group, size, call),
    remove: (group, ids, { replace }, call) => removeMembers(services, group, ids, replace, call),
    destroy: (group, call) => destroyPool(services, group, call),
    account: async () => project,

    async create(request, call) {
      const { name, owner, revision, size, config } = request
      const there = await createPool(services, request, call)
      if (there) for await (const { group } of shown([there], call)) return group
      const zones = await zonesOf(services, config, call)
      return { id: name, size: sizeAtFirst(size, zones.length) * Math.max(1, zones.length), owner, revision, members: [] }
    },

    async [Symbol.asyncDispose]() {},
  }
}

/**
 * By ids, of all pools: what group managers do not tell of their members. GKE puts this label on:
 * https://cloud.google.com/kubernetes-engine/docs/how-to/creating-managing-labels
 */
const instancesOf = async ({ compute, project, cluster }: Services, call: Call): Promise<ReadonlyMap<string, Instance>> => {
  const seen = new Map<string, Instance>()
  for await (const { items } of listInstances(compute, project, `labels.goog-k8s-cluster-name=${cluster}`, call)) {
    for (const instance of items) seen.set(instance.id, instance)
  }
  return seen
}
