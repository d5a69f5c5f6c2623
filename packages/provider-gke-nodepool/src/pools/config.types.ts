export interface PoolTaint {
  readonly key: string
  readonly value: string
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
}

/** `spec.config` of a NodeClass. */
export interface GkeNodePoolConfig {
  readonly project: string
  /** The region or zone of the cluster. */
  readonly location: string
  readonly cluster: string
  /** All below: what pools are made of that kube-node creates. */
  readonly zones?: readonly string[] | undefined
  readonly machineType?: string | undefined
  readonly diskSizeGiB?: number | undefined
  readonly diskType?: string | undefined
  readonly imageType?: string | undefined
  readonly spot: boolean
  readonly serviceAccount?: string | undefined
  /** Of Nodes, as their kubelets register. */
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly PoolTaint[]
  /** Of what Google charges for. */
  readonly resourceLabels: Readonly<Record<string, string>>
  /** Network tags. */
  readonly tags: readonly string[]
}
