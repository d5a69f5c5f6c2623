/** Group and version of NodeClass and NodeSet. */
export const group = 'kube-node.dev'
export const version = 'v1alpha1'
/** `spec.controller` of a class that names none: which running manager serves it. */
export const defaultController = 'kube-node.dev/controller'

/** Labels that people and kube-node put on Nodes. */
export const labels = {
  /** Makes a Node a claim, and names its class. Immutable while our finalizer is there. */
  class: 'kube-node.dev/class',
  nodeset: 'kube-node.dev/nodeset',
  revision: 'kube-node.dev/revision',
  /** Without it kube-controller-manager counts waiting claims as a failing zone and stops evictions in small clusters. */
  excludeDisruption: 'node.kubernetes.io/exclude-disruption',
  excludeLoadBalancers: 'node.kubernetes.io/exclude-from-external-load-balancers',
  zone: 'topology.kubernetes.io/zone',
  region: 'topology.kubernetes.io/region',
  instanceType: 'node.kubernetes.io/instance-type',
  hostname: 'kubernetes.io/hostname',
} as const

export const annotations = {
  phase: 'kube-node.dev/phase',
  /** The record of the machine; authoritative, since `spec.providerID` can be written only once. See node/record. */
  machine: 'kube-node.dev/machine',
  doNotDisrupt: 'kube-node.dev/do-not-disrupt',
  deletionCost: 'kube-node.dev/deletion-cost',
  /** What class and set have put on the Node, so that it can be taken off again: see claim/template. */
  applied: 'kube-node.dev/applied',
  /** Set on a Node that already runs: the class that shall take it over. Needs the verb `adopt` on that class. */
  adopt: 'kube-node.dev/adopt',
} as const

export const taints = {
  /** NoExecute, from birth until the kubelet has joined and is ready. */
  notUp: 'kube-node.dev/not-up',
  /** NoSchedule, while the node drains. */
  deleting: 'kube-node.dev/deleting',
  notReady: 'node.kubernetes.io/not-ready',
  unschedulable: 'node.kubernetes.io/unschedulable',
  /** NoExecute: nothing runs there any more; Kubernetes deletes its pods by force and detaches its volumes (KEP-2268). */
  outOfService: 'node.kubernetes.io/out-of-service',
} as const

export const finalizers = {
  /** Stays on the Node until the provider says that the machine is gone. */
  machine: 'kube-node.dev/machine',
  /** Stays on a NodeClass while Nodes refer to it. */
  inUse: 'kube-node.dev/in-use',
} as const

export const conditions = {
  machineProvisioned: 'MachineProvisioned',
  drained: 'Drained',
} as const

/** The group of machines that show a bootstrap token which was made for a claim. */
export const bootstrapGroup = 'system:bootstrappers:kube-node'

/** Where a claim is on its way; the value of the phase annotation. */
export type Phase = 'Pending' | 'Provisioning' | 'Booting' | 'Running' | 'Draining' | 'Deleting'
