import type { Duration } from '../runtime/index.ts'
import type { Condition, Taint } from './builtin.ts'
import { group, version } from './keys.ts'
import { type KubeObject, type Resource, resource } from './object.ts'

/** Which machines an administrator offers, and how they join. */
export interface NodeClass extends KubeObject {
  readonly spec: NodeClassSpec
  readonly status?: NodeClassStatus
}

export interface NodeClassSpec {
  /** Which running manager serves this class. Default: `kube-node.dev/controller`. */
  readonly controller?: string
  /** Name of a provider that this manager has. */
  readonly provider: string
  /** The provider's own words; checked against its schema. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Credentials. Read when needed, never copied anywhere. */
  readonly secretRef?: SecretReference
  readonly template?: NodeClassTemplate
  readonly bootstrap?: BootstrapSpec
  readonly limits?: {
    /** Claims beyond this number wait, visibly. Default: no limit. */
    readonly nodes?: number
  }
  /** Groups that exist already, for each of which there shall be a NodeSet. Default: none. */
  readonly importGroups?: {
    /** Ids of groups at the provider; `*` stands for any characters. */
    readonly ids: readonly string[]
  }
  readonly timeouts?: {
    /** From a create to a machine that exists. Default 15m. */
    readonly provision?: Duration
    /** From then to a kubelet that has posted status. Default 15m. */
    readonly join?: Duration
    /** From the deletion of the Node to the end of its drain. Default 1h. */
    readonly drain?: Duration
    /** From the end of the evictions to detached volumes. Default 6m. */
    readonly volumeDetach?: Duration
  }
}

export interface SecretReference {
  readonly namespace: string
  readonly name: string
}

export interface NodeClassTemplate {
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly taints?: readonly Taint[]
  /** Put on at creation; somebody else (a CNI, a device plugin) takes them off. */
  readonly startupTaints?: readonly Taint[]
}

export interface BootstrapSpec {
  /** Default: none. */
  readonly type?: 'kubeadm' | 'kubelet' | 'none'
  readonly files?: readonly BootstrapFile[]
  readonly users?: readonly {
    readonly name: string
    readonly sshAuthorizedKeys?: readonly string[]
    readonly sudo?: boolean
  }[]
  /** Run as root after the files and before the join; each is a Liquid template. */
  readonly commands?: readonly string[]
}

export interface BootstrapFile {
  readonly path: string
  /** A Liquid template. Exactly one of content, secretRef and configMapRef. */
  readonly content?: string
  readonly secretRef?: KeyReference
  readonly configMapRef?: KeyReference
  /** Octal. Default "0644", and "0600" for what comes from a Secret. */
  readonly permissions?: string
  /** `user` or `user:group`. Default root. */
  readonly owner?: string
}

export interface KeyReference extends SecretReference {
  readonly key: string
}

export interface NodeClassStatus {
  readonly observedGeneration?: number
  /** Claims of this class that exist, those being deleted included. */
  readonly nodes?: number
  /** What floats in `spec.config`, in the order of its fields. Absent where nothing does. */
  readonly resolved?: readonly ResolvedField[]
  /**
   * Where machines of this class are or may be: each is written before anything is sent there, and stays, whatever the class says by then,
   * until lists show that nothing is left.
   */
  readonly connections?: readonly ClassConnection[]
  readonly conditions?: readonly Condition[]
}

/** An account at a place, as classes and what sets lay over them lead to it. */
export interface ClassConnection {
  readonly provider: string
  /** That the credentials opened, where the provider can tell. */
  readonly account?: string
  /** The values of the provider's connection keys. */
  readonly config: Readonly<Record<string, unknown>>
  readonly secret?: SecretReference
}

/** What a part of the config that floats (the newest image, subnets by tag) meant when the provider was asked last. */
export interface ResolvedField {
  /** Its path in `spec.config`, as it would be written to mean just this. */
  readonly field: string
  /** JSON, where it is no text. Long ones are cut. */
  readonly value: string
}

export const NodeClasses: Resource<NodeClass> = resource<NodeClass>({
  group,
  version,
  kind: 'NodeClass',
  plural: 'nodeclasses',
  namespaced: false,
})
