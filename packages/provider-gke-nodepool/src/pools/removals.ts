import { nameIn } from '@kube-node/provider-gce/instances'
import { successorOf } from './growth.ts'
import type { PoolFacts, ZoneFacts } from './look.ts'
import { isLeaving } from './member.ts'

/** What is to be done in one zone. */
export interface Removals {
  readonly zone: ZoneFacts
  /** Ids, as they were asked for. */
  readonly ids: readonly string[]
  /** Names of those that go. */
  readonly names: readonly string[]
  /** Names of those that are to be made for them, and are not there yet. */
  readonly successors: readonly string[]
}

/**
 * Pure: what these ids are by name, in each zone. Who is gone, goes already, or was never there is in none: names come back, and only
 * the id says that it is still the one that was meant. A successor has the name that follows from the id of whom it is for: asked again,
 * it is there.
 */
export const removalsOf = ({ zones }: Pick<PoolFacts, 'zones'>, ids: readonly string[], replace: boolean): readonly Removals[] => {
  const wanted = new Set(ids)
  return zones.flatMap(zone => {
    const there = new Set(zone.members.map(({ instance }) => nameIn(instance)))
    const going = zone.members.filter(member => member.id !== undefined && wanted.has(member.id) && !isLeaving(member))
    if (going.length === 0) return []
    const successors = replace ? going.map(({ id = '' }) => successorOf(zone, id)).filter(name => !there.has(name)) : []
    return [{ zone, ids: going.map(({ id = '' }) => id), names: going.map(({ instance }) => nameIn(instance)), successors }]
  })
}
