import { type Call, type Group, ProviderError } from '@kube-node/core/provider'
import { refuseIfBusy } from './busy.ts'
import { limitsOf } from './group.ts'
import { freshNames, growthOf } from './growth.ts'
import { type PoolFacts, lookAt, sizeOf } from './look.ts'
import { createInstances } from './managers.ts'
import { type Services, poolPath } from './services.ts'

/**
 * Makes a pool larger. Its size is its own precondition: after a lost answer the pool has the size that was asked for, or the one that was
 * seen, or core looks again.
 */
export const resizePool = async (services: Services, group: Group, size: number, call: Call): Promise<void> => {
  if (size < group.size) {
    throw new ProviderError('InvalidConfig', `pool ${group.id} has ${group.size}: GKE would choose what goes for ${size}`, {
      outcome: 'none',
    })
  }
  const facts = await lookAt(services, group.id, call)
  if (!facts) throw new ProviderError('NotFound', `cluster ${services.cluster} has no node pool ${group.id}`)
  if (!needsGrowth(facts, group, size)) return
  const growth = growthOf(facts.zones, size)
  if (growth.by === 'size') {
    const question = { method: 'POST', path: `${poolPath(services, group.id)}:setSize`, body: { nodeCount: growth.ofEachZone } } as const
    await services.container.ask('nodePools.setSize', question, call)
    return
  }
  for (const { zone, count } of growth.more) await createInstances(services.compute, zone.place, freshNames(zone, count), call)
}

/** Pure. @throws ProviderError `Busy` for a pool at work, or of another size than the one that was seen; `InvalidConfig`. */
export const needsGrowth = (facts: PoolFacts, group: Group, size: number): boolean => {
  const now = sizeOf(facts)
  if (now === size) return false
  refuseIfBusy(facts.pool)
  if (now !== group.size) throw new ProviderError('Busy', `pool ${group.id} has ${now} by now, not ${group.size}`, { outcome: 'none' })
  const { max = Infinity } = limitsOf(facts.pool)
  if (size > max) {
    throw new ProviderError('InvalidConfig', `pool ${group.id} may have ${max}, as its autoscaling says, and not ${size}`, {
      outcome: 'none',
    })
  }
  if (facts.zones.length === 0) throw new ProviderError('Unavailable', `pool ${group.id} has no group managers yet`, { outcome: 'none' })
  return true
}
