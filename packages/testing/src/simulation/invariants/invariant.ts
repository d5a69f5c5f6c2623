import type { KubeRequest } from '@kube-node/core/kube'
import type { GroupOrder } from '../groups/order.ts'
import type { Life } from '../life.ts'
import type { Stage } from '../stage.ts'

/** By its number in the list of what must always hold, and in words. */
export interface Violation {
  readonly invariant: number
  readonly words: string
}

export type Report = (invariant: number, words: string) => void

/**
 * Somebody who watches from outside. It looks only at what changes, so that watching costs as much as there is to see.
 */
export interface Invariant {
  /** A request leaves a manager. */
  issued?(life: Life, request: KubeRequest): void
  /** A manager's request takes effect. */
  applied?(life: Life, request: KubeRequest, ghost: boolean): void
  /** The manager knows what came of its request. */
  settled?(life: Life, request: KubeRequest): void
  /** A manager calls the cloud: `create`, `delete` (of that machine) or `list`. */
  called?(life: Life, operation: string, machine: string | undefined): void
  /** A manager gives an order to a group. */
  ordered?(life: Life, order: GroupOrder): void
  /** The cloud has carried it out, or refused it. */
  obeyed?(life: Life, order: GroupOrder): void
  /** A line that a manager logged, as JSON. */
  logged?(line: string): void
  /** Ten seconds of cluster time have passed. */
  tick?(): void
}

export type Watch = (stage: Stage, report: Report) => Invariant
