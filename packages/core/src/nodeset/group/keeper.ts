import { NodeClasses, type NodeSet, type NodeSetStatus, NodeSets, classNamesOfSet, finalizers } from '../../api/index.ts'
import type { Reconcile, Result } from '../../engine/index.ts'
import type { GroupFacts } from './facts.ts'
import { gather } from './gather.ts'
import { give, write } from './hands.ts'
import type { RevisionKeeper } from '../revisions/index.ts'
import type { GroupLife } from './life.ts'
import { announcedBy } from './ordered.ts'
import { placesOf } from './places.ts'
import { planGroup } from './plan.ts'
import { groupStatusOf } from './status.ts'

/** What is written of sets whatever their machines come from. */
export interface GroupBooks {
  writeStatus(r: Reconcile<NodeSet>, set: NodeSet, next: NodeSetStatus): Promise<Result>
  readonly revisions: RevisionKeeper
  /** Claims of the class that other sets are making. */
  underWay(className: string): number
}

/** Whether the set drives a group: one is recorded, or its class's provider manages groups. */
export const drivesGroup = ({ providers }: Pick<GroupLife, 'providers'>, r: Reconcile<NodeSet>, set: NodeSet): boolean => {
  if (set.status?.group !== undefined || set.metadata?.finalizers?.includes(finalizers.group) === true) return true
  const nodeClass = r.store(NodeClasses).get({ name: classNamesOfSet(set)[0] ?? '' })
  return nodeClass !== undefined && providers.get(nodeClass.spec.provider)?.kind === 'groups'
}

/** Looks, decides, does: as for a set of single machines, with a group in between. */
export const reconcileGroup = async (
  life: GroupLife,
  r: Reconcile<NodeSet>,
  set: NodeSet,
  { writeStatus, revisions, underWay }: GroupBooks,
): Promise<Result> => {
  const { facts: seen, connection } = await gather(life, r, set)
  const { sizes } = life
  if (seen.view && !seen.view.problem && seen.view.settled) sizes.settle(set, seen.view.group?.size ?? 0)
  // Counted, planned and announced in one breath: another set would take the same place under a limit.
  const { room, elsewhere } = placesOf(sizes, r, set, seen.className, { connection, underWay })
  const facts: GroupFacts = { ...seen, room }
  const plan = planGroup(facts)
  const announced = announcedBy(plan)
  if (announced !== undefined) sizes.announce(set, announced)
  const uid = set.metadata?.uid ?? ''
  if (plan.watch) connection?.inventory.expect(uid)
  else connection?.inventory.settle(uid)
  const { standing, steps } = plan
  for (const step of steps) await write(life, r, facts, step)
  // Writes take their time, and Nodes come and go meanwhile: what is ordered after them is decided on what is known then.
  const order = connection && steps.length === 0 ? plan.order : undefined
  if (order && connection) await give(life, r, facts, order, connection)
  const current = r.store(NodeSets).get(r.key)
  if (current?.metadata?.uid !== uid) return undefined
  // Else what the class says is not what the group makes, and nobody could go back to it.
  if (standing && standing.facts.choices[0]?.revision === facts.revision) await revisions.keep(r, standing.facts)
  const result = await writeStatus(r, current, groupStatusOf({ ...facts, set: current }, plan))
  // Whatever was done, what is next is decided on anew.
  if (order || steps.length > 0) return { after: 0 }
  // What another set was about to take it may not get.
  const crowdedMs = standing?.plan.shortfall !== undefined && elsewhere > 0 ? 30_000 : Infinity
  const afterMs = Math.min(plan.afterMs ?? Infinity, crowdedMs, result && typeof result.after === 'number' ? result.after : Infinity)
  return afterMs === Infinity ? undefined : { after: afterMs }
}
