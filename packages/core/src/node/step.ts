import type { Node, Phase, Pod } from '../api/index.ts'
import type { Recovery, Redress, Words } from '../claim/index.ts'
import type { GoodOffer } from '../inventory/index.ts'
import type { Machine } from '../provider/index.ts'
import { describeMs } from '../runtime/index.ts'
import type { Holder } from './drain/index.ts'
import type { Failure } from './facts.ts'

/** The next thing to do for one claim. Each is a single effect whose repetition after a crash does no harm. */
export type NodeStep =
  /** Nothing, for now. `expect`: wake when the machine's inventory changes. */
  | { readonly do: 'rest'; readonly afterMs?: number; readonly expect?: boolean }
  /** Nothing, and say on the Node why: it waits for something that a person may want to know. */
  | {
      readonly do: 'tell'
      readonly phase: Phase
      readonly reason: string
      readonly message: string
      readonly afterMs: number
      readonly expect?: boolean
      /** Default `Warning`. */
      readonly event?: 'Normal'
    }
  /** Keep pods and load balancers away from a claim that has to wait before it may begin. */
  | { readonly do: 'shield' }
  /** Write the finalizer and the record of this attempt, before anything exists. */
  | { readonly do: 'begin'; readonly attempt: number; readonly offer: GoodOffer }
  /** Write finalizer and record of a machine that runs already, before it is marked as ours. */
  | { readonly do: 'beginAdoption'; readonly offer: GoodOffer; readonly providerID: string }
  /** Write whether an adoption waits for a place under the limit of its class: before it asks, and when it was refused. */
  | { readonly do: 'place'; readonly waits: boolean }
  /** Ask the provider to mark the machine as this claim's. */
  | { readonly do: 'adopt'; readonly providerID: string }
  /** Put our finalizer back: there is a record, so there may be a machine. */
  | { readonly do: 'hold' }
  /** Call the provider's create for the recorded attempt. */
  | { readonly do: 'create' }
  /** Let the bootstrap token live until then (wall time): its machine still has time to join. */
  | { readonly do: 'extendToken'; readonly until: number }
  /** Let the provider do on the machine what makes it join. */
  | { readonly do: 'configure'; readonly machine: Machine; readonly withinMs: number }
  /** Write a recovery into the record, before its token exists: the machine's kubelet is silent, and may have lost its certificates. */
  | { readonly do: 'beginRecovery'; readonly recovery: Recovery; readonly offer: GoodOffer; readonly said: Words }
  /** Make the token of the recorded recovery, and what it delivers. */
  | { readonly do: 'prepareRecovery' }
  /** Take the recovery's token back: it has not brought the kubelet back. */
  | { readonly do: 'endRecovery'; readonly said: Words }
  /** Write that the machine of an earlier attempt is no longer what this claim has. */
  | { readonly do: 'sayProvisioning' }
  /** Write the machine's id into the record, and the condition that says so. */
  | { readonly do: 'note'; readonly machine: Machine }
  /** The kubelet is there: write providerID and topology; `up` takes `not-up` off; `running` ends the way up. */
  | { readonly do: 'join'; readonly machine: Machine; readonly up: boolean; readonly running: boolean }
  /** Put on what class and set want on the Node now, and take off what they want no more. */
  | { readonly do: 'redress'; readonly redress: Redress }
  /** Write the condition that its machine is there, where trouble that is over stands in it, or nothing. */
  | { readonly do: 'confirmProvisioned' }
  /** Ask the provider to delete these machines. */
  | { readonly do: 'remove'; readonly machines: readonly Machine[]; readonly why: string }
  /** The machine is lost: delete the Node, so that its set can replace it. */
  | { readonly do: 'end'; readonly reason: string; readonly message: string }
  /** Cordon and taint a Node that goes; `condemn` as below, in the same write. */
  | { readonly do: 'cordon'; readonly phase: 'Draining' | 'Deleting'; readonly condemn: boolean }
  /** Write that the machine is to be deleted, before it is: a later life must not take its absence for a loss. */
  | { readonly do: 'condemn' }
  /** Ask for the eviction of these pods, and say what the drain waits for: all that holds the machine. */
  | { readonly do: 'evict'; readonly pods: readonly Pod[]; readonly holders: readonly Holder[]; readonly afterMs: number }
  /** Nothing, and say on the Node what the end of its life waits for. */
  | { readonly do: 'awaitDrained'; readonly reason: string; readonly message: string; readonly afterMs: number }
  /** Write how the drain ended. */
  | { readonly do: 'sayDrained'; readonly status: 'True' | 'False'; readonly reason: string; readonly message: string }
  /** The machine is gone: tell Kubernetes that nothing runs there any more. */
  | { readonly do: 'outOfService' }
  /** The store shows no pod that must go: make sure with a live list before the machine is deleted. */
  | { readonly do: 'confirmDrained' }
  /** The kubelet has registered under the name that the cloud dictates: make that Node the claim, in one write. */
  | { readonly do: 'handOver'; readonly to: Node; readonly machine: Machine }
  /** Write on a claim that was taken over under which name its machine runs now. */
  | { readonly do: 'markHandedOver'; readonly to: string }
  /** Delete the Node of a claim that was taken over; the machine stays. */
  | { readonly do: 'retire' }
  /** A claim that was taken over was deleted by somebody: delete the Node that took it over, which takes the machine along. */
  | { readonly do: 'passDeletionOn'; readonly to: Node }
  /** Take the finalizer off a claim whose machine is another Node's. */
  | { readonly do: 'letGo'; readonly to: string }
  /** The machine is gone for certain: take the finalizer off. */
  | { readonly do: 'release' }

/** What a step left: the Node to plan on, or the end of this run and when to look again. */
export type Performed = { readonly node: Node } | { readonly afterMs: number | undefined }

/** Waits a failure's backoff out, and says so in words that stay the same until the next failure. */
export const waitAfter = (phase: Phase, failure: Failure, now: number): Extract<NodeStep, { do: 'tell' }> => ({
  do: 'tell',
  phase,
  reason: failure.reason,
  message: `${failure.message}; next try in ${describeMs(failure.delayMs)}`,
  afterMs: Math.max(1, failure.retryAt - now),
  expect: !failure.madeNothing,
})

/** A step that waits, but no longer than that. */
export const atLatestAfter = (ms: number, step: NodeStep): NodeStep =>
  step.do === 'rest' || step.do === 'tell' ? { ...step, afterMs: Math.min(step.afterMs ?? ms, ms) } : step
