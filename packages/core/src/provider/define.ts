import type { Duration } from '../runtime/index.ts'
import type { Call, DurableStore } from './call.ts'
import type { GroupConnection } from './group.ts'
import type { MachineConnection } from './machine.ts'
import type { Infer, Schema } from './schema.ts'

/** Number of this contract. A manager refuses a provider of another one and names both. */
export const contract = 1

export interface ConnectContext<Config, K extends keyof Config, Credentials> {
  /** Only the keys that choose the connection, never one that differs between nodes. */
  readonly config: Readonly<Pick<Config, K>>
  /** Parsed from the class's Secret. A rotated Secret gives a new connection; the old one is disposed when idle. */
  readonly credentials: Credentials
  /** UID of the cluster's kube-system namespace. */
  readonly cluster: string
  readonly store: DurableStore
  readonly call: Call
}

interface Common<S extends Schema, C extends Schema, K extends keyof Infer<S>> {
  /** What a NodeClass writes in `spec.provider`. */
  readonly name: string
  /** Schema of `NodeClass.spec.config`. */
  readonly config: S
  /** Schema of the Secret's decoded entries. Absent: the provider takes none. */
  readonly credentials?: C
  /** The config keys that choose account, region or endpoint. */
  readonly connection: readonly K[]
  /** How long after a create a list may not show the machine yet. */
  readonly consistencyWindow: Duration
  /** Calls at once (default 10) and a second (default: no limit), per connection. */
  readonly limits?: { readonly concurrency?: number; readonly perSecond?: number }
  /** How long core waits for a call. Defaults: create 2m, delete 1m, list 1m, configure 15m. */
  readonly timeouts?: { readonly create?: Duration; readonly delete?: Duration; readonly list?: Duration; readonly configure?: Duration }
}

export interface MachineDefinition<S extends Schema, C extends Schema, K extends keyof Infer<S>> extends Common<S, C, K> {
  /**
   * What makes a repeated create harmless:
   * - `token`: the provider answers the same token with the same machine, also when that machine is gone by then;
   * - `unique-name`: a second machine of one name is impossible while the first one is there;
   * - `lookup`: nothing; core waits the consistency window out before it tries again, and converges to one machine.
   */
  readonly idempotency: 'token' | 'unique-name' | 'lookup'
  readonly bootstrap: 'user-data' | 'steps' | 'none'
  /** The config key that says in which zone a machine is made. Without it a NodeSet can't spread its nodes over zones. */
  readonly zone?: keyof Infer<S> & string
  /**
   * Who says what a machine's Node is called:
   * - `claim`, the default: it is called as its claim, and the kubelet registers under that name;
   * - `cloud`: the cloud dictates a name, and `Machine.nodeName` says it once it is known. When a kubelet has registered under it, that
   *   Node takes the claim over.
   */
  readonly nodeNames?: 'claim' | 'cloud'
  /** Default 63. */
  readonly maxNameLength?: number
  /** Bytes. Default: no limit. */
  readonly maxUserData?: number
  connect(context: ConnectContext<Infer<S>, K, Infer<C>>): MachineConnection<Infer<S>>
}

export interface GroupDefinition<S extends Schema, C extends Schema, K extends keyof Infer<S>> extends Omit<Common<S, C, K>, 'timeouts'> {
  /** Of a group that core creates. Default 63. */
  readonly maxNameLength?: number
  /** How long core waits for a call. Defaults: list 1m, all others 2m. */
  readonly timeouts?: {
    readonly list?: Duration
    readonly resize?: Duration
    readonly remove?: Duration
    readonly create?: Duration
    readonly update?: Duration
    readonly destroy?: Duration
  }
  connect(context: ConnectContext<Infer<S>, K, Infer<C>>): GroupConnection<Infer<S>>
}

/** A config whose type only its provider knows; core passes on what the provider's own schema gave. */
export type OpaqueConfig = Readonly<Record<string, unknown>>

/** A machine provider as core holds it: types erased, so that nobody's generics or schema library reach anyone else. */
export interface MachineProvider {
  readonly contract: number
  readonly kind: 'machines'
  readonly name: string
  readonly definition: Omit<MachineDefinition<Schema<OpaqueConfig>, Schema, string>, 'connect'> & {
    connect(context: ConnectContext<OpaqueConfig, string, unknown>): MachineConnection<OpaqueConfig>
  }
}

export interface GroupProvider {
  readonly contract: number
  readonly kind: 'groups'
  readonly name: string
  readonly definition: Omit<GroupDefinition<Schema<OpaqueConfig>, Schema, string>, 'connect'> & {
    connect(context: ConnectContext<OpaqueConfig, string, unknown>): GroupConnection<OpaqueConfig>
  }
}

export type Provider = MachineProvider | GroupProvider

/**
 * A provider of single machines. Config types are inferred from the schema; connection keys are checked against it.
 * The erasure is sound because core hands `connect` and `create` only what this definition's own schemas returned.
 */
export const defineProvider = <S extends Schema, C extends Schema, const K extends keyof Infer<S>>(
  definition: MachineDefinition<S, C, K>,
): MachineProvider => ({
  contract,
  kind: 'machines',
  name: definition.name,
  definition: definition as unknown as MachineProvider['definition'],
})

/** A provider of groups; see defineProvider. */
export const defineGroupProvider = <S extends Schema, C extends Schema, const K extends keyof Infer<S>>(
  definition: GroupDefinition<S, C, K>,
): GroupProvider => ({
  contract,
  kind: 'groups',
  name: definition.name,
  definition: definition as unknown as GroupProvider['definition'],
})
