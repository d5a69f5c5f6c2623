import type { GroupProvider, Scope } from '@kube-node/core/provider'
import type { Runtime } from '@kube-node/core/runtime'

type Awaitable<T> = T | Promise<T>

/** Takes a fault back. */
export type Lift = () => void

/** What one test runs in: a provider, and a cloud of its own with nothing in it. */
export interface GroupWorld extends AsyncDisposable {
  readonly provider: GroupProvider
  /** A `NodeClass.spec.config` that works; groups that the suite creates are made of it. */
  readonly config: Readonly<Record<string, unknown>>
  /** Entries of a Secret that the cloud accepts. */
  readonly credentials?: Readonly<Record<string, string>>
  /** A `manualRuntime()` for a cloud in this process. Default: the real clock. */
  readonly runtime?: Runtime
  readonly cloud: GroupCloud
}

/** What a group truly is. */
export interface TrueGroup {
  readonly size: number
  /** Machines that are there and not on their way out. */
  readonly members: readonly string[]
}

export interface NewGroup {
  readonly size: number
  readonly max?: number
}

/** What the suite asks of the cloud under test: to be somebody else who works there too, and to go wrong. */
export interface GroupCloud {
  /** Somebody makes a group, as in the console. Answers its id. */
  createGroup(group: NewGroup): Awaitable<string>
  /** Undefined when there is none. */
  truth(id: string): Awaitable<TrueGroup | undefined>
  /** Somebody resizes it. */
  resize(id: string, size: number): Awaitable<void>
  /** The group takes no order. */
  busy?(id: string): Awaitable<Lift>
  /** The next such call is carried out, and its answer lost. */
  loseAnswer?(operation: 'resize' | 'remove' | 'create' | 'destroy'): void
  /** Every call is refused as one too many. */
  throttle?(): Lift
  /** Nobody can reach the cloud. */
  outage?(): Lift
  /** The scope that new machines are in can't be asked any more. */
  hideScope?(): Scope
  /** Entries of a Secret that the cloud turns away. */
  readonly refusedCredentials?: Readonly<Record<string, string>>
  /** A config that fits the schema and that the cloud refuses. */
  readonly impossibleConfig?: Readonly<Record<string, unknown>>
}
