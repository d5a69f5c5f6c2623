import type { Node } from '../api/index.ts'
import { claimOf, hasJoined, readyStatus } from '../claim/index.ts'
import { postsFrom } from '../identity/index.ts'
import type { Connection } from '../inventory/index.ts'
import type { Machine } from '../provider/index.ts'
import type { Life } from './life.ts'
import { blindness, contradiction } from './loss.ts'

/** A claim that has not joined is replaced rather than ended; both rest on the same belief that its machine is lost. */
export const whyFrozen = (
  life: Life,
  node: Node,
  machine: string,
  connection: Connection,
  others: readonly Machine[],
): string | undefined => {
  if (life.flights.of(claimOf(node)).deletions.has(machine) && !hasJoined(node)) return undefined
  const { inventory } = connection
  // The kubelet's heartbeat: kube-controller-manager takes Ready=True back within a minute of silence.
  const reports = hasJoined(node) && readyStatus(node) === 'True' && !others.some(other => postsFrom(node, other))
  if (reports && !inventory.isGone(machine)) return contradiction
  return (
    life.freeze.why ?? (inventory.isGone(machine) ? undefined : (blindness(inventory.unasked) ?? life.lossJudge.whyNot(life, connection)))
  )
}
