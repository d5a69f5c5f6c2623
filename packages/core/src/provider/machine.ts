import type { Call } from './call.ts'
import type { ProviderError, Scope } from './error.ts'

/** Whose a machine is. Written at creation as tags, read back by `list`. */
export interface Owner {
  /** UID of the cluster's kube-system namespace. */
  readonly cluster: string
  /** `spec.controller` of the class: two controllers may share a cluster and an account. */
  readonly controller: string
  /** UID of the Node that claims it. */
  readonly claim: string
  /** Name of that Node. */
  readonly nodeName: string
  /** The attempt that made it, from 1. */
  readonly attempt: number
}

export interface Machine {
  /** The provider's own name of it: unique within the connection, for ever. */
  readonly id: string
  /** Exactly what the cloud's own cloud-controller-manager would write: `aws:///eu-west-1a/i-0abc`. */
  readonly providerID: string
  /** As read back from the provider. Core decides whose it is; a machine without owner is foreign and never touched. */
  readonly owner?: Owner
  readonly state: 'starting' | 'running' | 'stopping' | 'stopped' | 'gone'
  /** RFC 3339. */
  readonly createdAt: string
  /**
   * Under which name the kubelet registers, where the cloud dictates it (EKS: `ip-10-0-0-1.ec2.internal`). Absent until it is known, and
   * the same from then on; no two machines that live have the same one. Reported by providers with `nodeNames: 'cloud'`, read of no others.
   */
  readonly nodeName?: string
  /**
   * Optional: in words, what keeps it from getting on by itself, and what a person can do. It stands on the Node for as long as the machine
   * has not joined, beside what core does next; known credentials are struck out. The same words while it lasts.
   */
  readonly problem?: string
  readonly addresses?: readonly MachineAddress[]
  readonly region?: string
  readonly zone?: string
  readonly instanceType?: string
  readonly capacityType?: string
}

export interface MachineAddress {
  readonly type: 'InternalIP' | 'ExternalIP' | 'Hostname' | 'InternalDNS' | 'ExternalDNS'
  readonly address: string
}

/** What a cloud says of a machine out of turn. */
export interface Interruption {
  /** Of the machine. */
  readonly id: string
  /** In words, what is announced: told to people as it is, but for known credentials. */
  readonly reason: string
  /**
   * RFC 3339: when the cloud takes the machine away. Its Node is drained in time for that. Absent: the cloud only advises to replace it,
   * which a set does under its own budget.
   */
  readonly at?: string
  /** `change`: nothing is announced, the machine is another already (somebody stopped it), and core looks at once. Default `notice`. */
  readonly kind?: 'notice' | 'change'
}

/** `missing`: scopes that could not be asked. Machines there keep their last known state, and nothing there is an orphan. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly missing?: readonly Scope[]
}

/** A value, or why there is none: the answers of batched calls, as many and in the same order as asked. */
export type Outcome<T> = { readonly value: T; readonly error?: undefined } | { readonly error: ProviderError }

export type Bootstrap = { readonly kind: 'user-data'; readonly bytes: Uint8Array } | { readonly kind: 'none' }

/**
 * One thing to do on a machine over SSH, as root. Steps of one id are the same step: done once, but again when its answer was lost.
 * Commands are for `/bin/sh -c`; the first one that fails ends it. Folders above a file are made; `mode` is octal, `owner` is `user`
 * or `user:group`. Bytes and commands may hold secrets: they belong into no log.
 */
export interface Step {
  readonly id: string
  readonly run:
    | { readonly command: string }
    | { readonly file: string; readonly bytes: Uint8Array; readonly mode: string; readonly owner: string }
}

export interface CreateRequest<Config> {
  /**
   * A function of claim UID and attempt alone. Core wrote the attempt to the Node before this call, and raises it only
   * after proof that the last one made nothing that lives. Two requests with one token are the same to the last byte.
   */
  readonly token: string
  /** Unique, a DNS-1123 label, at most maxNameLength long, a function of the token. */
  readonly name: string
  readonly owner: Owner
  readonly config: Config
  readonly bootstrap: Bootstrap
  /** Scopes that were out of stock a short while ago. */
  readonly avoid: readonly Scope[]
}

/** One account at one place. Calls may run side by side. */
export interface MachineConnection<Config> extends AsyncDisposable {
  /** Makes one machine, or answers the one that this token has made. @throws ProviderError */
  create(request: CreateRequest<Config>, call: Call): Promise<Machine>
  /** All machines that carry our tags, or a throw: never a silently shorter list. */
  list(call: Call): AsyncIterable<Page<Machine>>
  /** Resolves when the deletion is accepted (or there was nothing to delete); absence from list, or `gone`, is the proof. */
  delete(machine: Machine, call: Call): Promise<void>
  /** Optional: several at once, for hosts. The controllers create one by one. */
  createMany?(requests: readonly CreateRequest<Config>[], call: Call): Promise<readonly Outcome<Machine>[]>
  /** Optional: several at once, for hosts. The controllers delete one by one. */
  deleteMany?(machines: readonly Machine[], call: Call): Promise<readonly Outcome<void>[]>
  /**
   * Optional: which account these credentials open, in the provider's own stable words (a project, an account number). Core records it
   * with each machine, and decides nothing on the lists of another account.
   */
  account?(call: Call): Promise<string>
  /**
   * Optional: makes a machine that runs already the claim's own, by writing `owner` on it as a create would. Answers the machine. The same
   * owner may ask again. @throws ProviderError `NotFound`; `InvalidConfig` when it carries another owner.
   */
  adopt?(providerID: string, owner: Owner, call: Call): Promise<Machine>
  /** Optional: one machine without a list, for hosts. The controllers wait for the next list. */
  get?(machine: Machine, call: Call): Promise<Machine | undefined>
  /**
   * With bootstrap `steps`: runs them, resumably. Called again, with other steps, when the kubelet of a machine that had joined is silent.
   * The signal fires, too, when the Node is to go and when the class's times to provision and to join are over: nothing else is done for
   * that Node before, its deletion included.
   */
  configure?(machine: Machine, steps: readonly Step[], config: Config, call: Call): Promise<void>
  /**
   * Optional: replaces what floats in a config (an image family, subnets by tag) by what it means now. Its own answer for its answer, and
   * for a config in which nothing floats; the connection's keys stay as they are. Asked before an attempt is first sent, and for
   * the class's status, at most twice a minute for one config; the answer goes into the Node's record, so no secret may be in it, and every
   * create of that attempt sends it.
   * @throws ProviderError: told on the Node and the class, and tried again.
   */
  resolve?(config: Config, call: Call): Promise<Config>
  /** Optional: in words, how the machine differs from the config; undefined when it does not. */
  drift?(machine: Machine, config: Config, call: Call): Promise<string | undefined>
  /** Optional: what a machine of this config offers (`cpu`, `memory`, `pods`), for hosts that scale from zero; core does not ask. */
  capacity?(config: Config, call: Call): Promise<Readonly<Record<string, string>>>
  /**
   * Optional: what the cloud announces of machines, for as long as the connection lives; `signal` ends it, and there is no deadline.
   * The next one is asked for only when this one stands in the cluster, so what is asked for next acknowledges the last: a provider whose
   * cloud keeps messages takes one away there, and not before. Tell the same twice rather than never. Machines of others may be among
   * them. A throw is told to people, and core begins again after a while; nothing else comes of it.
   */
  interruptions?(call: Call): AsyncIterable<Interruption>
}
