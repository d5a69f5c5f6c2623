import type { Judgement } from './census.ts'
import type { Creation, NodeSetFacts, Shortfall } from './facts.ts'
import { type Footing, apportion } from './footing.ts'
import { type Place, placesOf, whyNoPlace } from './places.ts'
import type { Wishes } from './wishes.ts'

export interface Creations {
  readonly create: readonly Creation[]
  readonly shortfall: Shortfall | undefined
}

export interface Standing {
  /** Live nodes that stay and are counted on: those to be replaced apart, and those that a rollout has failed with. */
  readonly fresh: readonly Judgement[]
  /** Live nodes that stay, those that a rollout has failed with apart. */
  readonly live: number
  /** Of them, those that serve. */
  readonly serving: number
  /** All that exist or may exist, those being deleted included. */
  readonly total: number
  /** How many more than replicas and headroom there may be. */
  readonly surge: number
  /** What new nodes are made of; undefined for the newest revision. */
  readonly footing: Footing | undefined
}

export const planCreations = (facts: NodeSetFacts, standing: Standing, { replicas, headroom }: Wishes): Creations => {
  const all = replicas + headroom
  const wanted = Math.max(0, all - standing.fresh.length - facts.unknown)
  const most = Math.max(0, all + standing.surge - standing.total)
  const take = takerOf(facts, standing, all)
  const create: Creation[] = []
  let serving = standing.serving + facts.unknown
  for (let count = 0; count < wanted; count++) {
    const place = take()
    if (!place) {
      const lacking = Math.min(wanted - count, all - standing.live - facts.unknown - create.length)
      return { create, shortfall: whyNoPlace(facts, lacking) }
    }
    if (count >= most) continue
    create.push({ ...place, warm: headroom > 0 && serving >= replicas })
    serving += 1
  }
  return { create, shortfall: undefined }
}

const takerOf = (facts: NodeSetFacts, { fresh, footing }: Standing, all: number): (() => Place | undefined) => {
  const places = placesOf(countByZone(fresh))
  if (!footing) return () => places.take(facts.choices)
  const shares = apportion(footing, all, fresh)
  return () => {
    for (const share of shares.next()) {
      const place = places.take(share.choices)
      if (!place) continue
      shares.took(share)
      return place
    }
    return undefined
  }
}

const countByZone = (fresh: readonly Judgement[]): ((zone: string | undefined) => number) => {
  const counts = new Map<string | undefined, number>()
  for (const { member } of fresh) counts.set(member.zone, (counts.get(member.zone) ?? 0) + 1)
  return zone => counts.get(zone) ?? 0
}
