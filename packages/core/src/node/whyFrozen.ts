import { type Node, Nodes } from '../api/index.ts'
import { type MachineRecord, canonicalJson, claimOf, goodRecord, hasJoined, isDeleting, onePerClaim, readyStatus } from '../claim/index.ts'
import { postsFrom } from '../identity/index.ts'
import type { Connection } from '../inventory/index.ts'
import type { Machine } from '../provider/index.ts'
import type { Life } from './life.ts'
import { type Loss, blindness, contradiction, disbelief } from './loss.ts'

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
  return life.freeze.why ?? (inventory.isGone(machine) ? undefined : (blindness(inventory.unasked) ?? disbelief(lossOf(life, connection))))
}

/** Counted only when a machine is missing: at rest nobody pays for it. */
const lossOf = (life: Life, { inventory, reference, provider }: Connection): Loss => {
  const wanted = canonicalJson(reference)
  let recorded = 0
  let missing = 0
  for (const node of onePerClaim(life.context.store(Nodes).list())) {
    const record = goodRecord(node)
    if (!record || record.id === undefined || record.provider !== provider.name) continue
    if (canonicalJson(record.connection) !== wanted) continue
    if (isExpectedToGo(life, node, record) || inventory.isGone(record.id)) continue
    const present = inventory.of(claimOf(node)).some(machine => machine.id === record.id)
    // One that was made a moment ago says nothing of what lists are worth.
    if (present && !inventory.isListed(record.id)) continue
    recorded += 1
    if (!present) missing += 1
  }
  return { recorded, missing }
}

/** We have asked, or are about to ask, for its end: its absence is no loss. */
const isExpectedToGo = ({ flights }: Life, node: Node, record: MachineRecord): boolean =>
  record.deletedAt !== undefined || (!hasJoined(node) && (isDeleting(node) || flights.of(claimOf(node)).deletions.has(record.id ?? '')))
