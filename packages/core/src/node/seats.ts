import { type Node, nameOf } from '../api/index.ts'
import { isSeated, isTurnedAway } from '../claim/index.ts'

/** Who goes on under the limits of classes. One life's memory: after it, the records on the Nodes tell the same. */
export interface Seats {
  /**
   * May this claim go on? Who has a record that does not wait keeps his seat, and so does who was told to go on a moment ago: his
   * record is on its way. What is left goes to the oldest. creationTimestamp counts seconds, so of a crowd an older one may turn up
   * after a younger one has its seat; order alone would give both of them one. Who is turned away is passed over.
   */
  admits(node: Node, className: string, claims: readonly Node[], limit: number): boolean
  /** It was told to go on, and can't: its seat is free. */
  giveUp(node: Node, className: string): void
}

export const createSeats = (): Seats => {
  /** By class: UIDs of those who were told to go on, and whose records do not say so yet. */
  const promised = new Map<string, ReadonlySet<string>>()
  return {
    admits(node, className, claims, limit) {
      const before = promised.get(className)
      const waiting = claims.filter(claim => before?.has(uidOf(claim)) === true && !isSeated(claim)).map(uidOf)
      const seats = new Set(waiting)
      seats.delete(uidOf(node))
      const ahead = claims.filter(
        other => uidOf(other) !== uidOf(node) && (isSeated(other) || seats.has(uidOf(other)) || isBefore(other, node)),
      )
      const admitted = ahead.length < limit
      if (admitted) seats.add(uidOf(node))
      promised.set(className, seats)
      return admitted
    },
    giveUp(node, className) {
      const before = promised.get(className)
      if (before?.has(uidOf(node))) promised.set(className, new Set([...before].filter(uid => uid !== uidOf(node))))
    },
  }
}

const uidOf = (node: Node): string => node.metadata?.uid ?? nameOf(node)

const isBefore = (a: Node, b: Node): boolean => !isTurnedAway(a) && isOlder(a, b)

const isOlder = (a: Node, b: Node): boolean => {
  const [atA, atB] = [a.metadata?.creationTimestamp ?? '', b.metadata?.creationTimestamp ?? '']
  return atA === atB ? uidOf(a) < uidOf(b) : atA < atB
}
