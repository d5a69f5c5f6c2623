import { type NodeSet, type NodeSetStatus, conditionTime, conditions, setCondition } from '../../api/index.ts'
import { statusOf } from '../status.ts'
import type { GroupFacts, GroupPlan } from './facts.ts'

/** The status that the set should show; the very object that it shows when nothing changed. */
export const groupStatusOf = ({ set, now }: GroupFacts, { said, standing }: GroupPlan): NodeSetStatus => {
  const observedGeneration = set.metadata?.generation ?? 0
  const at = conditionTime(now)
  const wrong = said.status === 'False' ? { reason: said.reason, message: said.message } : undefined
  const base = standing
    ? statusOf({ ...standing.facts, set: withStatus(standing.facts.set, set) }, { ...standing.plan, ...(wrong && { shortfall: wrong }) })
    : unknown(set.status, wrong, observedGeneration, at)
  const list = setCondition(base.conditions, { type: conditions.group, ...said, observedGeneration }, at)
  const record = set.status?.group
  const group = record && standing ? { ...record, size: standing.size } : record
  const next = { ...base, conditions: list, ...(group && { group }) }
  return set.status && JSON.stringify(sortable(set.status)) === JSON.stringify(sortable(next)) ? set.status : next
}

const withStatus = (asked: NodeSet, { status }: NodeSet): NodeSet => ({ ...asked, ...(status && { status }) })

/** Nothing new is known of the numbers. */
const unknown = (
  status: NodeSetStatus | undefined,
  wrong: { readonly reason: string; readonly message: string } | undefined,
  observedGeneration: number,
  at: string,
): NodeSetStatus => {
  if (!wrong) return { ...status, observedGeneration }
  const list = ['Degraded', 'Stalled'].reduce(
    (known, type) => setCondition(known, { type, status: 'True', ...wrong, observedGeneration }, at),
    status?.conditions ?? [],
  )
  return { ...status, observedGeneration, conditions: list }
}

const sortable = (status: NodeSetStatus): readonly unknown[] =>
  Object.entries(status)
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
