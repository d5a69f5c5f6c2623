import type { MachineProvider, Owner, Scope } from '@kube-node/core/provider'
import type { ManualRuntime, Runtime } from '@kube-node/core/runtime'

/** What each test gets fresh: a provider, and the cloud that it talks to. Disposed at the end of the test. */
export interface ProviderWorld extends AsyncDisposable {
  readonly provider: MachineProvider
  /** `spec.config` of a NodeClass, as a person would write it. With it a create must succeed. */
  readonly config: Readonly<Record<string, unknown>>
  /** The entries of a class's Secret, if the provider takes one. */
  readonly credentials?: Readonly<Record<string, string>>
  /**
   * Time. Default: the real one, for a cloud behind a socket. `manualRuntime()` for a cloud in this process that lives on
   * the same clock: then hours take milliseconds.
   */
  readonly runtime?: Runtime | ManualRuntime
  /** What can be arranged and seen at the cloud itself, past the provider. */
  readonly cloud?: Partial<FakeCloud>
}

/** Takes a fault back. */
export type Lift = () => void
type Awaitable<T> = T | Promise<T>

/** A machine as the cloud knows it. */
export interface TrueMachine {
  readonly id: string
  readonly name?: string
  readonly owner?: Owner
}

/** What an author's cloud can do for the tests. Each ability is optional; what lacks is reported, with the tests that need it. */
export interface FakeCloud {
  /** The truth: all machines that live or are about to, foreign ones included, those being shut down not. */
  machines(): Awaitable<readonly TrueMachine[]>
  /** The user data that this machine was given; undefined for none. */
  userData(id: string): Awaitable<Uint8Array | undefined>
  /** Somebody else makes a machine in the same account and place. Answers its id. */
  createForeign(): Awaitable<string>
  /** A machine that nobody's tags are on, as if made by hand; answers its providerID. */
  adoptable(): Awaitable<string>
  /** The next such call is carried out, and its answer lost: the caller sees a broken connection. */
  loseAnswer(operation: 'create' | 'delete'): void
  /** The next such call gets no answer at all, until its caller gives up. */
  hang(operation: 'create' | 'list' | 'delete'): void
  /** What the config asks for is sold out. */
  stockout(): Awaitable<Lift>
  /** The account is full. */
  exhaustQuota(): Awaitable<Lift>
  /** Every call is refused as one too many. Answers for how long callers are asked to wait, where the cloud says so. */
  throttle(): { readonly lift: Lift; readonly retryAfterMs?: number }
  /** Nobody can reach the cloud. */
  outage(): Lift
  /** Something in between answers every call in the cloud's place: a proxy, with a page of HTML and status 502. */
  garble(): Lift
  /** The scope that new machines are in can't be asked any more. Answers that scope. */
  hideScope(): Scope
  /** Entries of a Secret that the cloud turns away. */
  readonly refusedCredentials: Readonly<Record<string, string>>
  /** A config that fits the schema and that the cloud refuses: an instance type that does not exist. */
  readonly impossibleConfig: Readonly<Record<string, unknown>>
}
