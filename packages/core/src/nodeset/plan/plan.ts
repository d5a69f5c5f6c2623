import { type Judgement, censusOf } from './census.ts'
import { countsOf } from './counts.ts'
import { planCreations } from './creations.ts'
import type { NodeSetFacts, NodeSetPlan } from './facts.ts'
import { footingOf } from './footing.ts'
import { progressOf } from './progress.ts'
import { isPressing, planRemovals } from './removals.ts'
import { planRoles } from './roles.ts'
import { wishesOf } from './wishes.ts'

/**
 * What a set does next, for whatever reason. Pure. It holds, for the nodes that the facts show (`surge` and `unavailable` as
 * spec.strategy has them, `headroom` the warm nodes):
 * - all that exist or may exist, what is created now included, are at most replicas + headroom + surge;
 * - an available node is removed only while those that serve and stay available are replicas - unavailable or more;
 * - nothing is created or removed while there are nodes to adopt.
 */
export const planNodeSet = (facts: NodeSetFacts): NodeSetPlan => {
  const wishes = wishesOf(facts.set)
  const census = censusOf(facts, wishes)
  const counts = countsOf(facts, census)
  if (facts.set.metadata?.deletionTimestamp !== undefined) return { ...nothing, counts }
  const progress = progressOf(facts, census, counts, wishes)
  const stopped = progress.state === 'failed'
  if (facts.orphans.length > 0) return { ...nothing, adopt: facts.orphans, progress, counts }
  const footing = footingOf(facts, census, wishes, progress)
  const failing: ReadonlySet<Judgement> = footing?.failing ?? new Set()
  const { taken, outdated, kept } = planRemovals(facts, census, wishes, { stopped, failing })
  const left = census.live.filter(one => !taken.has(one))
  // What has proved itself is as good as new while nothing newer does.
  const old = footing ? new Set([...outdated].filter(isPressing)) : outdated
  const roles = planRoles(left, old, wishes)
  const warm = new Set(roles.warm)
  const counted = left.filter(one => !failing.has(one))
  const { create, shortfall } = planCreations(
    facts,
    {
      fresh: counted.filter(one => !old.has(one)),
      live: counted.length,
      serving: roles.serving - left.filter(one => failing.has(one) && !one.member.warm && !warm.has(one)).length,
      total: census.total,
      surge: stopped && !footing && ![...outdated].some(isPressing) ? 0 : wishes.surge,
      footing,
    },
    wishes,
  )
  const held = left.flatMap(({ member, cause, hold }) => (cause && hold ? [`${member.name}: ${cause.why}; ${hold.why}`] : []))
  return {
    adopt: [],
    create,
    remove: [...taken].map(([{ member }, why]) => ({ node: member.node, why })),
    release: roles.release.map(({ member }) => member.node),
    warm: roles.warm.map(({ member }) => member.node),
    shortfall,
    held: [...held, ...kept],
    frozen: census.frozen,
    outdated: census.live.filter(({ cause }) => cause !== undefined).length,
    progress,
    counts,
    afterMs: soonestOf(census.afterMs, progress.afterMs),
  }
}

const soonestOf = (a: number, b: number): number | undefined => (a === Infinity && b === Infinity ? undefined : Math.min(a, b))

const nothing: Omit<NodeSetPlan, 'counts'> = {
  adopt: [],
  create: [],
  remove: [],
  release: [],
  warm: [],
  shortfall: undefined,
  held: [],
  frozen: [],
  outdated: 0,
  progress: { state: 'complete', since: undefined, afterMs: Infinity },
  afterMs: undefined,
}
