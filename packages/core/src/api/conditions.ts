import type { Condition, Node } from './builtin.ts'

type Conditions = readonly Condition[] | undefined

export const findCondition = (conditions: Conditions, type: string): Condition | undefined => conditions?.find(c => c.type === type)

/** Undefined when there is no such condition. */
export const conditionStatus = (conditions: Conditions, type: string): Condition['status'] | undefined =>
  findCondition(conditions, type)?.status

/** What a controller says about a condition; times come from setCondition. */
export type NextCondition = Omit<Condition, 'lastTransitionTime'>

/**
 * The conditions with `next` in its place (by type; at the end when it is new). `lastTransitionTime` moves to `now` only when
 * the status changes, and when nothing changes the very same array comes back, so that `===` tells whether to write at all.
 * Fields that `next` leaves out are gone. `now` is RFC 3339; metav1.Time holds whole seconds, and conditionTime cuts it so.
 */
export const setCondition = (conditions: Conditions, next: NextCondition, now: string): readonly Condition[] => {
  const old = findCondition(conditions, next.type)
  const since = old && old.status === next.status ? old.lastTransitionTime : undefined
  const updated: Condition = { ...next, lastTransitionTime: since ?? now }
  if (!conditions || !old) return [...(conditions ?? []), updated]
  if (sameCondition(old, updated)) return conditions
  return conditions.map(c => (c.type === next.type ? updated : c))
}

/** The conditions without that type; the very same array when it was not there. */
export const removeCondition = (conditions: readonly Condition[], type: string): readonly Condition[] =>
  conditions.some(c => c.type === type) ? conditions.filter(c => c.type !== type) : conditions

const sameCondition = (a: Condition, b: Condition): boolean =>
  a.status === b.status &&
  a.reason === b.reason &&
  a.message === b.message &&
  a.observedGeneration === b.observedGeneration &&
  a.lastTransitionTime === b.lastTransitionTime &&
  a.lastHeartbeatTime === b.lastHeartbeatTime

/** Milliseconds since the epoch as metav1.Time has them: RFC 3339, whole seconds. */
export const conditionTime = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

/** Its kubelet (or whoever else writes it) says Ready=True. */
export const isReady = (node: Node): boolean => conditionStatus(node.status?.conditions, 'Ready') === 'True'
