/** Group and version of NodeClass and NodeSet. */
export const group = 'kube-node.dev'
export const version = 'v1alpha1'
/** `spec.controller` of a class that names none: which running manager serves it. */
export const defaultController = 'kube-node.dev/controller'

/** The name of an object of which each controller (`spec.controller`) has its own. */
export const nameForController = (base: string, controller: string = defaultController): string =>
  controller === defaultController ? base : [base, ...(controller.toLowerCase().match(/[a-z0-9]+/g) ?? [])].join('-')

/** Labels that people and kube-node put on Nodes. */
export const labels = {
  /** Makes a Node a claim, and names its class. Immutable while our finalizer is there. */
  class: 'kube-node.dev/class',
  nodeset: 'kube-node.dev/nodeset',
  revision: 'kube-node.dev/revision',
  /** On a NodeSet that was made because its class imports groups: that class. It goes with its group. */
  importedBy: 'kube-node.dev/imported-by',
  /** On a Node that took a claim over because the cloud dictates its name: UID of the Node that was the claim. See claim/handover. */
  claim: 'kube-node.dev/claim',
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
  /** On a claim that goes because its machine runs under the name that the cloud gives it: that name. */
  handedOver: 'kube-node.dev/handed-over',
  /** On the Node of that name: what the claim was called. */
  claimedAs: 'kube-node.dev/claimed-as',
  /** What the cloud has announced of the machine; see claim/interruption. */
  interruption: 'kube-node.dev/interruption',
  /** On a NodeSet, while an undo that takes several writes is half done: where it goes. What the set is meanwhile is no revision. */
  undo: 'kube-node.dev/undo',
} as const

export const taints = {
  /** NoExecute, from birth until the kubelet has joined and is ready. */
  notUp: 'kube-node.dev/not-up',
  /** NoSchedule, while the node drains. */
  deleting: 'kube-node.dev/deleting',
  /** NoSchedule, on a warm node: its set has it ready for more replicas, and takes it off then. */
  headroom: 'kube-node.dev/headroom',
  notReady: 'node.kubernetes.io/not-ready',
  unschedulable: 'node.kubernetes.io/unschedulable',
  /** NoSchedule, until a cloud-controller-manager has initialised the Node. */
  uninitialized: 'node.cloudprovider.kubernetes.io/uninitialized',
  /** NoExecute: nothing runs there any more; Kubernetes deletes its pods by force and detaches its volumes (KEP-2268). */
  outOfService: 'node.kubernetes.io/out-of-service',
} as const

export const finalizers = {
  /** Stays on the Node until the provider says that the machine is gone. */
  machine: 'kube-node.dev/machine',
  /** Stays on a NodeClass while Nodes refer to it. */
  inUse: 'kube-node.dev/in-use',
  /** Stays on a NodeSet while the group that it drives has to be looked after. */
  group: 'kube-node.dev/group',
} as const

export const conditions = {
  machineProvisioned: 'MachineProvisioned',
  drained: 'Drained',
  /** True: the machine is another than its class says. */
  drifted: 'Drifted',
  /** Of a NodeClass: nothing is deleted because something is missing, until a person lifts it. */
  deletionsFrozen: 'DeletionsFrozen',
  /** Of a NodeSet that drives a group: whether the group is there, and takes orders. */
  group: 'GroupReady',
} as const

/** Of conditions, where somebody decides by them. */
export const reasons = {
  /** Of a NodeClass that is not Ready: the provider can't tell what its config means. What a set lays over it may mean something. */
  unresolved: 'ConfigUnresolved',
} as const

/** The group of machines that show a bootstrap token which was made for a claim. */
export const bootstrapGroup = 'system:bootstrappers:kube-node'

/** Where a claim is on its way; the value of the phase annotation. */
export type Phase = 'Pending' | 'Provisioning' | 'Booting' | 'Running' | 'Draining' | 'Deleting'
