import type { Node, Pod } from '../api/index.ts'
import type { Dress, Words } from '../claim/index.ts'
import type { Offer } from '../inventory/index.ts'
import type { Machine, MachineProvider } from '../provider/index.ts'

/** All that a decision on one claim rests on: plain data, taken at one moment. */
export interface NodeFacts {
  readonly node: Node
  readonly now: Moment
  /** `spec.controller` of the classes that this manager serves. */
  readonly controller: string
  /** What to do about a Node whose machine is lost. See NodeControllerOptions. */
  readonly garbage: 'delete' | 'report'
  /** What the claim's class offers today. Machines that exist are found through the record, never through this. */
  readonly offer: Offer
  /** False: older claims fill the class's limit. */
  readonly admitted: boolean
  readonly timeouts: Timeouts
  readonly flight: Flight
  /** The record's connection; a problem when there is none. Without a record undefined, or why the class's can't be opened. */
  readonly mirror: Mirror | MirrorProblem | undefined
  /** Of a claim without a record: a machine that carries its UID all the same. A restored API server may have forgotten the record. */
  readonly leftBehind: Machine | undefined
  /** Why no create is to be sent for this claim now: what it wants is out of stock, as another claim was told. */
  readonly stockout: { readonly message: string; readonly retryAt: number } | undefined
  /** Changes when what the class's bootstrap lacked is there. */
  readonly inputs: number
  /** Without a record: the class's provider can take machines over that run already. */
  readonly canAdopt: boolean | undefined
  /** A kubelet posts, and nothing says that it is this attempt's machine's: its token was traded for no key, and the address is another. */
  readonly isDoubted: boolean
  /** See InitializationOptions. */
  readonly cloudControllerManager: boolean
  /** What class and set want on the Node; undefined while one of them is not known. */
  readonly dress: Dress | undefined
  /** The Node that took this claim over, under the name that the cloud dictates. */
  readonly heir: Node | undefined
  /** The other way round: the Node whose claim this one took over, while it is there. */
  readonly origin: Node | undefined
  /** The Node that is called as the cloud calls the recorded machine, where that is another name than the claim's. */
  readonly namesake: Node | undefined
  /** Of a member of a group that is being deleted: in words, that nobody is there to remove its machine. */
  readonly unkept: string | undefined
  /** Pods that are bound to this node, as far as the store knows. Only for a Node that is being deleted. */
  readonly pods: readonly Pod[]
  /** Volumes that are attached to this node and that no pod which stays on it uses. Only for a Node that is being deleted. */
  readonly attachments: readonly Attachment[]
}

export interface Moment {
  /** Milliseconds since the epoch; compared with times in objects. */
  readonly wall: number
  /** Milliseconds of the monotonic clock; compared with times of this process. */
  readonly monotonic: number
}

/** Milliseconds. */
export interface Timeouts {
  readonly provisionMs: number
  readonly joinMs: number
  readonly drainMs: number
  readonly volumeDetachMs: number
}

export interface Attachment {
  /** Name of the PersistentVolume; of the VolumeAttachment for one without. */
  readonly volume: string
  /** What the newest try to detach it failed with. */
  readonly problem?: string
}

/** An eviction that the API server refused. */
export interface Refusal {
  /** In its words. */
  readonly why: string
  /** Monotonic; it is not asked for again before. */
  readonly retryAt: number
  readonly delayMs: number
}

export interface MirrorProblem {
  readonly problem: { readonly reason: string; readonly message: string }
}

/** What the inventory of the record's connection says of this claim. */
export interface Mirror {
  readonly problem?: undefined
  readonly idempotency: MachineProvider['definition']['idempotency']
  readonly bootstrap: MachineProvider['definition']['bootstrap']
  /** Who says what the Node is called. */
  readonly nodeNames: 'claim' | 'cloud'
  /** How many other machines the cloud calls as it calls the recorded one. */
  readonly twins: number
  /** Live machines with this claim's UID. */
  readonly machines: readonly Machine[]
  /** A list has shown the recorded machine as one that is gone, which is more than that lists lack it. */
  readonly ended: boolean
  /** Monotonic start of the newest complete list; -Infinity before the first. */
  readonly listedAt: number
  /** Why the newest list failed. */
  readonly listProblem: string | undefined
  /** Changes with the Secret. */
  readonly credentials: string
  readonly consistencyWindowMs: number
  readonly createTimeoutMs: number
  /** In words, why machines that seem lost are not believed to be: too many at once. */
  readonly frozen: string | undefined
  /** In words, why not even what stands on the Node is believed enough to delete a machine for it: the API server went back in time. */
  readonly distrusted: string | undefined
}

/**
 * What this life of the controller knows of its calls for one claim. It is memory, not truth: a new life starts without
 * it, and then treats every recorded attempt as one that may have been sent.
 */
export interface Flight {
  /** The claim was there before this life led: an older life may have sent creates for it. */
  readonly inherited: boolean
  /** Monotonic. */
  readonly firstSeenAt: number
  /** This life has called create for the recorded attempt, whatever came of it. */
  readonly sent: boolean
  /** The newest answer to a create was a failure, of this attempt. */
  readonly failure: Failure | undefined
  /** The newest answer to a delete was a failure. */
  readonly removalFailure: Failure | undefined
  /**
   * Monotonic: since then every create of this life has had its answer. Undefined when no create is unaccounted for.
   * Within createTimeout + consistencyWindow of this moment a machine may still turn up.
   */
  readonly unknownSince: number | undefined
  /** Monotonic: the newest create of this life, and of the recorded attempt, that brought a machine. */
  readonly createdAt: number | undefined
  /** Monotonic time at which the deletion of a machine (by id) was accepted. */
  readonly deletions: ReadonlyMap<string, number>
  /** Monotonic start of the first of the newest complete lists that all lacked the recorded machine. */
  readonly missingSince: number | undefined
  /** The document of the recorded attempt; undefined when it was not made, or nobody has looked. */
  readonly document: { readonly kind: 'kept'; readonly expiresAt: number } | { readonly kind: 'lost' } | undefined
  /** Monotonic: since then every list has shown the recorded machine as one that runs. Undefined while it does not. */
  readonly runningSince: number | undefined
  /** The token of the recovery that this life has begun, or has looked up: what is known of documents is of that one. */
  readonly recovery: string | undefined
  /** Wall time: when the provider's configure has done all steps, as far as this life knows. */
  readonly configuredAt: number | undefined
  /** By pod UID. */
  readonly refusals: ReadonlyMap<string, Refusal>
  /** What this life last wrote in conditions of the Node, by their type. */
  readonly said: ReadonlyMap<string, Said>
  /** Monotonic: when a live list has shown that no pod holds the cordoned node any more. A new life asks once more. */
  readonly drainedAt: number | undefined
  /** Monotonic: when the machine, with pods or volumes still on the books, was first told to be out of service. */
  readonly goneAt: number | undefined
}

export interface Said {
  readonly words: Words
  /** Monotonic. */
  readonly at: number
}

export interface Failure {
  readonly attempt: number
  readonly reason: string
  readonly message: string
  /** True: this call proved that it made nothing. */
  readonly madeNothing: boolean
  /** Out of stock at one of several places: another attempt goes to another one, once this one is proven to have left nothing. */
  readonly elsewhere: boolean
  /** Monotonic; no other try before this. */
  readonly retryAt: number
  /** What retryAt was when the failure came: for the message, which must not change with each look. */
  readonly delayMs: number
  /** Version of the credentials then: with others it is tried at once. */
  readonly credentials: string
  /** `metadata.generation` of the class then: an edited class is tried at once. */
  readonly classGeneration: number | undefined
  /** Version of what the class's bootstrap takes from elsewhere: when that is there it is tried at once. */
  readonly inputs: number
}
