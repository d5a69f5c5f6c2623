import { conditionTime } from '../../api/index.ts'
import type { Choice, NodeSetFacts, Shortfall, Zone } from './facts.ts'

/** May a node be made there now? */
export const isOpen = ({ offer, room }: Choice, zone: Zone): boolean => offer.problem === undefined && room > 0 && zone.closedMs === 0

export interface Place {
  readonly choice: Choice
  /** Undefined where the provider chooses. */
  readonly zone: string | undefined
}

/** Where the next nodes go; each one taken counts for those after it. */
export interface Places {
  /** The best class that has a place, and of its zones the one with the fewest nodes; undefined when there is none left. */
  take(choices: readonly Choice[]): Place | undefined
}

/** @param taken how many nodes that are to stay each zone has; among equals the set's own order of zones decides. */
export const placesOf = (taken: (zone: string | undefined) => number): Places => {
  /** By class: a limit is one, whatever its nodes are made of. */
  const given = new Map<string, number>()
  const more = new Map<string | undefined, number>()
  const countOf = (zone: string | undefined): number => taken(zone) + (more.get(zone) ?? 0)
  return {
    take(choices) {
      for (const choice of choices) {
        const used = given.get(choice.className) ?? 0
        const open = choice.zones.filter(zone => choice.room > used && isOpen(choice, zone))
        const first = open[0]
        if (!first) continue
        const best = open.reduce((a, b) => (countOf(b.name) < countOf(a.name) ? b : a), first)
        given.set(choice.className, used + 1)
        more.set(best.name, (more.get(best.name) ?? 0) + 1)
        return { choice, zone: best.name }
      }
      return undefined
    },
  }
}

/** In words, why no place was left; the preferred class's reason counts. */
export const whyNoPlace = ({ choices, now }: NodeSetFacts, missing: number): Shortfall => {
  const nodes =
    missing <= 0
      ? 'no node more can be made, so that nothing is replaced'
      : missing === 1
        ? '1 node is missing'
        : `${missing} nodes are missing`
  const [first] = choices
  if (!first) return { reason: 'ClassNotFound', message: `${nodes}: the set names no class` }
  const reasons = choices.map(choice => whyClosed(choice, now))
  return { reason: reasons[0]?.reason ?? '', message: `${nodes}: ${reasons.map(({ message }) => message).join('; ')}` }
}

const whyClosed = ({ className, offer, room, zones }: Choice, now: number): Shortfall => {
  if (offer.problem) return offer.problem
  // Those that were just given away count too: what is left of the room is none.
  const soldOut = zones.filter(zone => zone.closedMs > 0)
  if (soldOut.length < zones.length || room <= 0) {
    return { reason: 'LimitReached', message: `class ${className} allows ${offer.nodeClass.spec.limits?.nodes ?? 0} (spec.limits.nodes)` }
  }
  const where = soldOut.flatMap(({ name }) => (name === undefined ? [] : [name])).join(', ')
  const again = conditionTime(now + Math.min(...soldOut.map(zone => zone.closedMs)))
  return {
    reason: 'InsufficientCapacity',
    message: `class ${className} is out of capacity${where === '' ? '' : ` in ${where}`}; it is asked again from ${again} on`,
  }
}
