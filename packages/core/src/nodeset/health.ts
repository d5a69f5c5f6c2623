import { type Node, findCondition } from '../api/index.ts'
import { hasJoined, isDeleting, isUp, readyStatus } from '../claim/index.ts'

export const isLive = (node: Node): boolean => !isDeleting(node)

export const isReadyMember = (node: Node): boolean => isLive(node) && hasJoined(node) && readyStatus(node) === 'True'

/** Milliseconds until a node that is up has been ready for long enough; 0 when it has, Infinity when it is not up. */
export const availableInMs = (node: Node, minReadySeconds: number, now: number): number => {
  if (!isLive(node) || !isUp(node)) return Infinity
  const since = Date.parse(findCondition(node.status?.conditions, 'Ready')?.lastTransitionTime ?? '')
  return minReadySeconds === 0 || Number.isNaN(since) ? 0 : Math.max(0, since + minReadySeconds * 1_000 - now)
}
