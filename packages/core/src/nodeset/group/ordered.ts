import { type NodeSetGroupStatus, conditionTime } from '../../api/index.ts'
import { isDeleting } from '../../claim/index.ts'
import type { GroupFacts, GroupOrder, GroupPlan, View } from './facts.ts'

/** An order to grow may be given for so long after it was written down; later it is written down anew. */
const givenWithinMs = 60_000
/** RFC 3339 cuts the time of the record to whole seconds. */
const cutMs = 1_000
/** How soon a set looks again whether lists tell that an order of an earlier life came to nothing. */
const lookAgainMs = 10_000

type Ordered = NonNullable<NodeSetGroupStatus['ordered']>

/**
 * A group's growth is written down before it is ordered, and the order is given in a later pass. Its sender may die while it is under
 * way: whoever comes then counts it under the limit of the class until no such order can take effect any more. That the group has the
 * size proves nothing: it may have been given twice, by a leader that died and by the next one, and the second makes the group grow again
 * when it has shrunk meanwhile.
 */
export const onRecord = (facts: GroupFacts, plan: GroupPlan): GroupPlan => {
  const record = facts.set.status?.group
  if (!record || isDeleting(facts.set) || plan.steps.some(({ do: what }) => what === 'record')) return plan
  const open = isOver(facts, record) ? undefined : record.ordered
  const size = sizeOf(plan.order)
  if (size !== undefined) {
    if (open && open.size >= size && facts.now - Date.parse(open.at) < givenWithinMs) return plan
    const ordered = { size: Math.max(size, open?.size ?? 0), at: conditionTime(facts.now) }
    return { ...plan, steps: [...plan.steps, { do: 'record', record: { ...record, ordered } }], order: undefined }
  }
  if (open) return { ...plan, afterMs: Math.min(plan.afterMs ?? Infinity, Math.max(lookAgainMs, latestLeft(facts, open))) }
  if (!record.ordered) return plan
  const { ordered: _over, ...rest } = record
  return { ...plan, steps: [...plan.steps, { do: 'record', record: rest }] }
}

/** To what the group will grow, or may after what is about to be written down: it is to be counted in the very moment of the plan. */
export const announcedBy = ({ steps, order }: GroupPlan): number | undefined =>
  steps.length === 0 ? sizeOf(order) : steps.flatMap(step => (step.do === 'record' ? (step.record.ordered?.size ?? []) : []))[0]

/** To what the group grows by it; undefined of other orders. */
const sizeOf = (order: GroupOrder | undefined): number | undefined =>
  order?.do === 'create' || order?.do === 'resize' ? order.size : undefined

/** What was written down can't come any more. */
const isOver = ({ view }: GroupFacts, { ordered }: NodeSetGroupStatus): boolean =>
  ordered !== undefined && view !== undefined && !view.problem && view.settled && view.listedAt > latestEffect(ordered, view)

/** Milliseconds since the epoch: a list that began later shows what came of it. */
const latestEffect = ({ at }: Ordered, { landingMs, consistencyWindowMs }: View): number =>
  Date.parse(at) + cutMs + givenWithinMs + landingMs + consistencyWindowMs

/** Milliseconds until then; 0 while nobody can say. */
const latestLeft = ({ view, now }: GroupFacts, ordered: Ordered): number => (view && !view.problem ? latestEffect(ordered, view) - now : 0)
