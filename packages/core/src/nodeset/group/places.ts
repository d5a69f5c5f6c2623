import { type NodeSet, NodeSets, Nodes } from '../../api/index.ts'
import type { Reconcile } from '../../engine/index.ts'
import type { GroupsConnection } from '../../inventory/index.ts'
import { roomOf } from '../gather.ts'
import { byGroupSet, bySetClass } from '../indexes.ts'

/**
 * How large each set's group is, or will be by an order that was given: sets that are planned at the same time share the limit of their
 * class. A life's memory, as others plan while it is written down; of an earlier life's orders `status.group.ordered` and the lists tell.
 */
export interface Sizes {
  /** It is about to be ordered to grow to that. Call it in the very moment of the plan. */
  announce(set: NodeSet, size: number): void
  /** Lists show all that was ordered, and it came to that. */
  settle(set: NodeSet, size: number): void
  of(set: NodeSet): number | undefined
  forget(uid: string): void
}

export const createSizes = (): Sizes => {
  const sizes = new Map<string, number>()
  const uidOf = ({ metadata }: NodeSet): string => metadata?.uid ?? ''
  return {
    announce: (set, size) => void sizes.set(uidOf(set), size),
    settle: (set, size) => void sizes.set(uidOf(set), size),
    of: set => sizes.get(uidOf(set)),
    forget: uid => void sizes.delete(uid),
  }
}

export interface Places {
  /** How many more Nodes the class's limit admits; Infinity without one. */
  readonly room: number
  /** Machines of other sets' groups that take a place each, and have no Node of the class yet. */
  readonly elsewhere: number
}

/** @param underWay claims of the class that sets of single machines are making. */
export const placesOf = (
  sizes: Sizes,
  r: Reconcile<NodeSet>,
  set: NodeSet,
  className: string,
  { connection, underWay }: { readonly connection: GroupsConnection | undefined; readonly underWay: (className: string) => number },
): Places => {
  const left = roomOf(r, className, underWay)
  if (left === Infinity) return { room: left, elsewhere: 0 }
  const others = r
    .store(NodeSets)
    .by(bySetClass, className)
    .filter(({ metadata }) => metadata?.uid !== set.metadata?.uid)
  const elsewhere = others.reduce((sum, other) => {
    const uid = other.metadata?.uid ?? ''
    const known = r.store(Nodes).by(byGroupSet, uid).length
    const listed = connection?.groups.list().find(({ id, owner }) => owner?.set === uid || id === other.status?.group?.id)
    const { group } = other.status ?? {}
    const size = Math.max(sizes.of(other) ?? group?.size ?? 0, group?.ordered?.size ?? 0, listed?.size ?? 0)
    return sum + Math.max(0, size - known)
  }, 0)
  return { room: Math.max(0, left - elsewhere), elsewhere }
}
