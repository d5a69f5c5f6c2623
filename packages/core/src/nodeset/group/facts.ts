import type { Node, NodeSet, NodeSetGroupStatus } from '../../api/index.ts'
import type { Offer } from '../../inventory/index.ts'
import type { Group, GroupMember, GroupProvider } from '../../provider/index.ts'
import type { NodeSetFacts, NodeSetPlan, PodsOn } from '../plan/index.ts'

/** All that a decision on a set that drives a group rests on: plain data, taken at one moment. */
export interface GroupFacts {
  readonly set: NodeSet
  /** UID of the cluster's kube-system namespace. */
  readonly cluster: string
  /** `spec.controller` of the classes that this manager serves. */
  readonly controller: string
  /** What to do about a set that was made for a group which is gone. See NodeControllerOptions. */
  readonly garbage: 'delete' | 'report'
  readonly className: string
  readonly offer: Offer<GroupProvider>
  /** What a machine made of it now would have as its revision; undefined while the class offers nothing. */
  readonly revision: string | undefined
  /** How many more Nodes the class's limit admits; Infinity without one. */
  readonly room: number
  /** What the provider shows of the group; undefined while nothing is recorded and the class offers nothing. */
  readonly view: View | ViewProblem | undefined
  /** Nodes that carry a record of this set's group, and those with a providerID of one of its members. */
  readonly nodes: readonly Node[]
  /** UIDs of the sets that are there. */
  readonly sets: ReadonlySet<string>
  /** In words, who else has the group. */
  readonly taken: string | undefined
  /** The newest order failed, and is not given again before that many milliseconds. */
  readonly failure: { readonly reason: string; readonly message: string; readonly retryInMs: number } | undefined
  readonly podsOn: (node: string) => PodsOn
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface ViewProblem {
  readonly problem: { readonly reason: string; readonly message: string }
}

export interface View {
  readonly problem?: undefined
  /** Undefined when the newest complete list lacks it. */
  readonly group: Group | undefined
  /** The newest list is complete and shows all that was ordered. */
  readonly settled: boolean
  /** Milliseconds for which complete lists have lacked the group, as far as this life has seen; 0 while it is there. */
  readonly absentForMs: number
  /** How late a list may show the group, or its end. */
  readonly consistencyWindowMs: number
  /** How long a create or a resize that an earlier life sent may still take effect. */
  readonly landingMs: number
  /** When the newest complete list began, in milliseconds since the epoch; -Infinity before the first. */
  readonly listedAt: number
  readonly account: string | undefined
  readonly can: { readonly create: boolean; readonly destroy: boolean; readonly update: boolean }
}

/** One write to the API server. Each may be repeated after a crash. */
export type GroupStep =
  /** Put our finalizer on the set, before anything is done to a group. */
  | { readonly do: 'hold' }
  /** Write down which group it is, or what was decided about it. */
  | { readonly do: 'record'; readonly record: NodeSetGroupStatus }
  /** Write the size of the group into spec.replicas. */
  | { readonly do: 'follow'; readonly replicas: number }
  /** Label the Node as the one of that member. */
  | { readonly do: 'claim'; readonly node: Node; readonly member: GroupMember; readonly revision: string | undefined }
  /** Take our marks off: it is nobody's claim any more. */
  | { readonly do: 'letGo'; readonly node: Node }
  /** Delete the Node: it drains, and its machine is removed after that. */
  | { readonly do: 'delete'; readonly node: Node; readonly why: string }
  /** Delete the set, which was made for a group that is gone. */
  | { readonly do: 'retire' }
  /** Take our finalizer off the set. */
  | { readonly do: 'release' }

/** One order to the provider: a group gets one at a time. */
export type GroupOrder =
  | { readonly do: 'create'; readonly size: number }
  | { readonly do: 'resize'; readonly group: Group; readonly size: number }
  | { readonly do: 'remove'; readonly group: Group; readonly ids: readonly string[]; readonly replace: boolean }
  | { readonly do: 'update'; readonly group: Group }
  | { readonly do: 'destroy'; readonly group: Group }

export interface Said {
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
}

export interface GroupPlan {
  /** In this order. */
  readonly steps: readonly GroupStep[]
  /** When there are no steps: after them it is planned anew. */
  readonly order: GroupOrder | undefined
  /** The condition GroupReady. */
  readonly said: Said
  /** What the numbers of the status come from; undefined where nothing is known. */
  readonly standing: { readonly facts: NodeSetFacts; readonly plan: NodeSetPlan; readonly size: number } | undefined
  /** Something is to come or to go: list often. */
  readonly watch: boolean
  /** Milliseconds until something changes by time alone. */
  readonly afterMs: number | undefined
}
