import { type Node, Nodes } from '../api/index.ts'
import { canonicalJson, claimOf, goodRecord, hasJoined, isDeleting, onePerClaim, perVersion } from '../claim/index.ts'
import type { Connection, Inventory } from '../inventory/index.ts'
import type { Clock } from '../runtime/index.ts'
import type { Life } from './life.ts'
import { type Loss, disbelief } from './loss.ts'

/** Whether machines that a connection's newest list lacks are believed to be lost. */
export interface LossJudge {
  /** In words, why not; undefined when they are. Counted only when a machine is missing: at rest nobody pays for it. */
  whyNot(life: Life, connection: Connection): string | undefined
}

/**
 * For so long nobody counts again: when an account shows nothing any more, each of its claims asks. Nothing but patience follows from an
 * old disbelief; a belief is always counted anew.
 */
const disbeliefLastsMs = 1_000

export const createLossJudge = (clock: Clock): LossJudge => {
  const viewOf = perVersion(readClaim)
  const disbelieved = new WeakMap<Inventory, { readonly why: string; readonly until: number }>()

  const lossOf = ({ context, flights }: Life, { inventory, reference, provider }: Connection): Loss => {
    const wanted = canonicalJson(reference)
    let recorded = 0
    let missing = 0
    for (const node of onePerClaim(context.store(Nodes).list())) {
      const { uid, machine, isGoing, isUnused } = viewOf(node)
      if (machine === undefined || machine.provider !== provider.name || machine.connection !== wanted) continue
      // We have asked, or are about to ask, for its end: its absence is no loss.
      if (isGoing || (isUnused && flights.of(uid).deletions.has(machine.id)) || inventory.isGone(machine.id)) continue
      const present = inventory.of(uid).some(({ id }) => id === machine.id)
      // One that was made a moment ago says nothing of what lists are worth.
      if (present && !inventory.isListed(machine.id)) continue
      recorded += 1
      if (!present) missing += 1
    }
    return { recorded, missing }
  }

  return {
    whyNot(life, connection) {
      const known = disbelieved.get(connection.inventory)
      if (known && clock.monotonic() < known.until) return known.why
      const why = disbelief(lossOf(life, connection))
      if (why !== undefined) disbelieved.set(connection.inventory, { why, until: clock.monotonic() + disbeliefLastsMs })
      return why
    },
  }
}

interface Claim {
  readonly uid: string
  readonly machine: { readonly id: string; readonly provider: string; readonly connection: string } | undefined
  /** Its end was asked for, or will be. */
  readonly isGoing: boolean
  /** No kubelet has joined from it: it may be deleted while its Node stays. */
  readonly isUnused: boolean
}

const readClaim = (node: Node): Claim => {
  const record = goodRecord(node)
  const { id, provider = '', connection, deletedAt } = record ?? {}
  return {
    uid: claimOf(node),
    machine: id === undefined ? undefined : { id, provider, connection: canonicalJson(connection) },
    isGoing: deletedAt !== undefined || (!hasJoined(node) && isDeleting(node)),
    isUnused: !hasJoined(node),
  }
}
