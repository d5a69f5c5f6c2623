import type { Node, NodeSet } from '../../api/index.ts'
import type { Offer } from '../../inventory/index.ts'
import type { Provider } from '../../provider/index.ts'
import type { Member } from './member.ts'
import type { Counts } from './counts.ts'
import type { Progress } from './progress.ts'

/** All that a decision on one set rests on. */
export interface NodeSetFacts {
  readonly set: NodeSet
  /** Nodes whose controller owner is this set, those being deleted included; a machine counts once. */
  readonly members: readonly Member[]
  /** Nodes that say they belong to a set of this name, and that nobody owns. */
  readonly orphans: readonly Node[]
  /** The classes of the set, the preferred one first. */
  readonly choices: readonly Choice[]
  /**
   * What the set was before, the newest first: revisions that live nodes of it are of, and that can still be made. Looked at while a
   * rollout has stopped.
   */
  readonly earlier: readonly Earlier[]
  /** Names of nodes that may have been created, though no answer came: they count as existing until that is known. */
  readonly unknown: number
  /** What is on a node, for those who have to be told apart by it. */
  readonly podsOn: (node: string) => PodsOn
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** One class that nodes of the set may be of. */
export interface Choice {
  readonly className: string
  readonly offer: Offer<Provider>
  /** What a node of this class, made now, would have as its revision; undefined while the class offers nothing. */
  readonly revision: string | undefined
  /** How many more claims the class's limit admits; Infinity without one. */
  readonly room: number
  /** At least one. */
  readonly zones: readonly Zone[]
}

export interface Earlier {
  /** As `status.updateRevision` showed it. */
  readonly name: string
  /** Made as its classes were then, the preferred one first. */
  readonly choices: readonly Choice[]
}

/** Where nodes of a class may be made. */
export interface Zone {
  /** Undefined where the set names no zones: the provider chooses. */
  readonly name: string | undefined
  /** Milliseconds for which it counts as sold out; 0 where it does not. */
  readonly closedMs: number
}

export interface PodsOn {
  /** DaemonSet pods, mirror pods and finished ones apart. */
  readonly count: number
  /** `namespace/name` of a pod that is annotated do-not-disrupt, if there is one. */
  readonly kept: string | undefined
}

/** Where a new node shall be made, and in which role. */
export interface Creation {
  readonly choice: Choice
  readonly zone: string | undefined
  /** Born warm: it carries the taint of the headroom. */
  readonly warm: boolean
}

/** Why fewer nodes are made than are asked for. */
export interface Shortfall {
  readonly reason: string
  readonly message: string
}

/** What to do for a set, now. */
export interface NodeSetPlan {
  /** Nodes to become members. While there are any, nothing else is decided: they count first. */
  readonly adopt: readonly Node[]
  readonly create: readonly Creation[]
  readonly remove: readonly Removal[]
  /** Warm nodes that are to serve. */
  readonly release: readonly Node[]
  /** Nodes that never came up and are to be warm ones. */
  readonly warm: readonly Node[]
  readonly shortfall: Shortfall | undefined
  /** In words, what is not replaced or removed though it should be, and why. */
  readonly held: readonly string[]
  /** In words, why nothing sick is repaired. */
  readonly frozen: readonly string[]
  /** Nodes that are to be replaced, whatever for. */
  readonly outdated: number
  readonly progress: Progress
  /** As the nodes were when it was decided. */
  readonly counts: Counts
  /** Milliseconds until something changes by time alone. */
  readonly afterMs: number | undefined
}

export interface Removal {
  readonly node: Node
  /** In words, for the event. */
  readonly why: string
}
