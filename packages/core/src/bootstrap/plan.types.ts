import type { BootstrapSpec, Parsed } from '../api/index.ts'

/** What a machine must know of the cluster that it joins. */
export interface ClusterFacts {
  /** UID of the kube-system namespace. */
  readonly uid: string
  /** URL under which machines reach the API server. */
  readonly server: string
  /** PEM of the certificates (one or more) that vouch for it. */
  readonly ca: string
  /** Addresses of the cluster's DNS service; empty when it has none. */
  readonly dns: readonly string[]
  /** `cluster.local` unless somebody chose otherwise. */
  readonly domain: string
}

/** Made for one claim. */
export interface BootstrapToken {
  readonly id: string
  readonly secret: string
}

/**
 * All that rendering looks at. Labels and the merged config must be those of the attempt, not of today, where a provider compares a
 * repeated request with the first one.
 */
export interface BootstrapInput {
  readonly spec: BootstrapSpec
  /** `node` in templates. No annotations: they are free text from whoever made the claim, and commands run as root. */
  readonly node: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
  /** Who says what the Node is called. Default `claim`; with `cloud` the machine keeps its hostname, and the kubelet takes that. */
  readonly nodeNames?: 'claim' | 'cloud'
  /** `class` in templates: config with what a NodeSet merges over it. */
  readonly class: { readonly name: string; readonly config?: Readonly<Record<string, unknown>> }
  /** `cluster` in templates. What is wrong with it matters only to a bootstrap that needs it. */
  readonly cluster: Parsed<ClusterFacts>
  /** Where the machine is told by steps: of which attempt it is, by the token of its create, and whether it has joined before. */
  readonly steps?: { readonly attempt: string; readonly rejoins: boolean }
  /** Needed by the types kubelet and kubeadm. */
  readonly token?: BootstrapToken
  /** By path: what `readContents` read. */
  readonly contents: ReadonlyMap<string, Uint8Array>
}

export interface PlannedFile {
  /** Absolute and normal. */
  readonly path: string
  readonly bytes: Uint8Array
  /** Four octal digits. */
  readonly mode: string
  /** `user` or `user:group`. */
  readonly owner: string
}

export interface PlannedUser {
  readonly name: string
  readonly sshAuthorizedKeys: readonly string[]
  readonly sudo: boolean
}

/**
 * What is to be done on a machine: users, then files, then commands, each list in its order. Commands run as root, each in a shell
 * of its own (`/bin/sh -c`); the first one that fails ends it, so a machine that is not as it should be does not join.
 */
export interface JoinPlan {
  /** The claim's name, where the machine may be called so, and is not called something else by the cloud. */
  readonly hostname?: string
  readonly users: readonly PlannedUser[]
  readonly files: readonly PlannedFile[]
  readonly commands: readonly string[]
}
