import { type Node, annotations } from '../api/index.ts'
import { claimOf, formatRecord, goodRecord } from '../claim/index.ts'
import type { Connection } from '../inventory/index.ts'
import type { OpaqueConfig } from '../provider/index.ts'
import type { Life } from './life.ts'
import { neverSent } from './proof.ts'
import { editNode } from './write.ts'

/**
 * An attempt is born without an account. It is written down before the first create is sent: whoever looks for that machine later, with
 * other credentials, must know that theirs may not show it. Until then nothing was asked of anybody, and the attempt follows the
 * credentials to whichever account they open. What floats in its config is pinned in the same write: every create of the
 * attempt sends that, whatever it means by then. So are the places that are known to be sold out: a set's Nodes are born with their first
 * attempt before anybody knows. Undefined when all stands there, or there is nothing to say.
 *
 * Dies before: nothing was sent. After, or with the answer lost: the next life finds it in the record.
 */
export const bindAttempt = async (
  life: Life,
  node: Node,
  { account, stockouts }: Connection,
  pinned: OpaqueConfig | undefined,
): Promise<Node | undefined> => {
  const record = goodRecord(node)
  if (!record) return undefined
  const claim = claimOf(node)
  const flight = life.flights.of(claim)
  // Only a backup brings back a record that is older than what another life has sent of it.
  const isUnbound = record.account === undefined && account !== undefined && !flight.sent && life.freeze.why === undefined
  const avoid = isUnbound || neverSent(record, flight) ? stockouts.avoid() : []
  const bound = {
    ...record,
    ...(record.account === undefined && account !== undefined && { account }),
    ...(record.pinned === undefined && pinned !== undefined && { pinned }),
    ...(record.avoid === undefined && avoid.length > 0 && { avoid }),
  }
  if (bound.account === record.account && bound.pinned === record.pinned && bound.avoid === record.avoid) return undefined
  const written = await editNode(life, node, { annotations: { [annotations.machine]: formatRecord(bound) } })
  if (isUnbound) life.flights.unsent(claim)
  return written
}
