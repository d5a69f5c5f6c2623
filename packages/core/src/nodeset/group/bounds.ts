import { type NodeSet, rolloutBounds } from '../../api/index.ts'
import type { Group } from '../../provider/index.ts'
import { type Shortfall, replicasOf } from '../plan/index.ts'

/** What a set may ask of its group. */
export interface Bounds {
  /** Machines that there shall be: as near to replicas as the group can be. */
  readonly size: number
  /** Machines above it while something is replaced. */
  readonly surge: number
  readonly unavailable: number
  readonly step: number
  readonly least: number
  /** Somebody else has the say over the size. */
  readonly follows: boolean
  /** Why it is not what the set asks for. */
  readonly off: Shortfall | undefined
}

export const boundsOf = (set: NodeSet, group: Group): Bounds => {
  const { maxSurge = 1, maxUnavailable = 0 } = set.spec.strategy?.rollingUpdate ?? {}
  const step = Math.max(1, group.step ?? 1)
  const follows = set.spec.group?.sizeAuthority === 'group' || group.autoscaled !== undefined
  const least = Math.ceil((group.min ?? 0) / step) * step
  const most = Math.floor((group.max ?? Infinity) / step) * step
  const asked = replicasOf(set)
  const size = follows ? group.size : Math.min(most, Math.max(least, Math.ceil(asked / step) * step))
  const rollout = rolloutBounds({ maxSurge, maxUnavailable }, size)
  const surge = follows ? 0 : Math.max(0, Math.floor(Math.min(rollout.surge, most - size) / step) * step)
  const off = whyOff(set, group, size, step)
  return { size, surge, unavailable: rollout.unavailable, step, least: group.min ?? 0, follows, off }
}

const whyOff = (set: NodeSet, group: Group, size: number, step: number): Shortfall | undefined => {
  const asked = replicasOf(set)
  if (set.spec.group?.sizeAuthority === 'group' || size === asked) return undefined
  const has = `replicas are ${asked}, and group ${group.id} has ${size}`
  if (group.autoscaled !== undefined) {
    return {
      reason: 'ResizedByOthers',
      message: `${has}: ${group.autoscaled}. Turn that off, or set spec.group.sizeAuthority to group`,
    }
  }
  if (group.max !== undefined && size < asked) {
    return { reason: 'AboveMaximum', message: `${has}, the most that it may (maximum ${group.max}): lower replicas, or raise the maximum` }
  }
  if (group.min !== undefined && asked < group.min) {
    return { reason: 'BelowMinimum', message: `${has}, the least that it may (minimum ${group.min}): raise replicas, or lower the minimum` }
  }
  return { reason: 'NotAMultiple', message: `${has}: its sizes go in steps of ${step}` }
}
