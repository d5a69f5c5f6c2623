import type { Node, NodeSet } from '../api/index.ts'
import type { Offer } from '../inventory/index.ts'

/** All that a decision on one set rests on. */
export interface NodeSetFacts {
  readonly set: NodeSet
  /** Nodes whose controller owner is this set, those being deleted included. */
  readonly nodes: readonly Node[]
  readonly offer: Offer
  /** How many more claims the class's limit admits; Infinity without one. */
  readonly room: number
  /** Names of nodes that may have been created, though no answer came: they count as existing until that is known. */
  readonly unknown: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** What to do for a set. Creations and deletions never come together here. */
export interface NodeSetPlan {
  readonly create: number
  readonly remove: readonly Node[]
  /** In words, why fewer nodes are created than are asked for; undefined when none is missing. */
  readonly shortfall: string | undefined
  /** Milliseconds until something changes by time alone (minReadySeconds). */
  readonly afterMs: number | undefined
}
