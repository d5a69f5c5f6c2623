import type { Call } from './call.ts'
import type { Machine, Outcome, Page } from './machine.ts'

/** Whose a group is: written at its creation as tags, read back by `list`. A group that somebody else made has none. */
export interface GroupOwner {
  /** UID of the cluster's kube-system namespace. */
  readonly cluster: string
  /** `spec.controller` of the class. */
  readonly controller: string
  /** UID of the NodeSet that drives it. */
  readonly set: string
  /** Name of that NodeSet. */
  readonly setName: string
}

/**
 * A machine of a group. `owner` is not read: whose it is follows from its group. `nodeName`, where the cloud dictates it and the
 * provider knows it, is compared with the Node that has its providerID.
 */
export interface GroupMember extends Machine {
  /** The revision that the group had when it made this machine, where `create` or `update` has told one. */
  readonly revision?: string
}

/** Machines that a cloud manages as one: an Auto Scaling group, a GKE node pool. */
export interface Group {
  /** The provider's own name of it: unique within the connection. */
  readonly id: string
  /** How many machines it shall have; those that are on their way out do not count. */
  readonly size: number
  /** Sizes that it takes. Default: any. A provider that raises them as needed reports none. */
  readonly min?: number
  readonly max?: number
  /** Sizes go in steps: the zones of a regional pool. Default 1. */
  readonly step?: number
  /** In words, what the group is busy with; it takes no order meanwhile. */
  readonly busy?: string
  /** In words, why it lacks machines: a stockout, a quota. Told to people as it is. */
  readonly problem?: string
  /** In words, what else resizes it by itself: an autoscaler of the cloud. Core leaves its size alone then. */
  readonly autoscaled?: string
  readonly owner?: GroupOwner
  /** As `create` or `update` last told: what it makes from now on. */
  readonly revision?: string
  /**
   * All its machines that are not gone, those on their way out (`stopping`) included. One that is in no list is gone: a group's list
   * is complete, or the page names what is missing.
   */
  readonly members: readonly GroupMember[]
}

export interface GroupRequest<Config> {
  /** Unique, a DNS-1123 label, at most maxNameLength long, a function of the NodeSet's UID: the group's name. */
  readonly name: string
  readonly owner: GroupOwner
  readonly config: Config
  readonly revision: string
  readonly size: number
}

/** One account at one place. Calls for different groups may run side by side; core sends one order at a time to one group. */
export interface GroupConnection<Config> extends AsyncDisposable {
  /** All groups that this connection can see, with their members, or a throw: never a silently shorter list. */
  list(call: Call): AsyncIterable<Page<Group>>
  /**
   * Grows only; `group.size` is the precondition. Resolves when the order is accepted, or the group has that size already.
   * @throws ProviderError `Busy` when the group takes no order now, or its size is another than `group.size`: core looks again.
   */
  resize(group: Group, size: number, call: Call): Promise<void>
  /**
   * Removes exactly these members: as many answers, in that order. With `replace` the size stays and the cloud makes others, under
   * other names and ids; without, the size shrinks by each one that is removed. Asked again for a member that is gone or on its way
   * out, it removes nothing more and leaves the size alone.
   */
  remove(group: Group, ids: readonly string[], options: { readonly replace: boolean }, call: Call): Promise<readonly Outcome<void>[]>
  /** Optional: which account these credentials open; see MachineConnection. */
  account?(call: Call): Promise<string>
  /** Optional: makes a group, or answers the one that this owner has made under this name. Default: only groups that exist are driven. */
  create?(request: GroupRequest<Config>, call: Call): Promise<Group>
  /** Optional, with `create`: takes a group away with all its machines. Resolves when accepted, or when there is none. */
  destroy?(group: Group, call: Call): Promise<void>
  /**
   * Optional: what the group makes from now on is of this config, and carries this revision; its machines stay as they are. Default: a
   * changed class leaves its groups as they are, which the NodeSet says.
   */
  update?(group: Group, next: { readonly config: Config; readonly revision: string }, call: Call): Promise<void>
}
