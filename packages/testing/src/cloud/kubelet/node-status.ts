import { type Condition, type Lease, type Node, conditionTime, labels } from '@kube-node/core/api'
import type { InstanceType, SimulatedMachine } from '../machine.ts'

export interface NodeFacts {
  readonly machine: SimulatedMachine
  readonly nodeName: string
  readonly capacity: InstanceType
  readonly kubeletVersion: string
  readonly ready: boolean
  /** Wall times in milliseconds. */
  readonly readySince: number
  readonly startedAt: number
  readonly now: number
}

/**
 * Labels that a kubelet puts on its Node whoever made it. Its `--node-labels` it puts only on a Node that it makes
 * itself (seen with kubelet 1.37).
 */
export const ownLabels = (nodeName: string): Readonly<Record<string, string>> => ({
  [labels.hostname]: nodeName,
  'kubernetes.io/os': 'linux',
  'kubernetes.io/arch': 'amd64',
  'beta.kubernetes.io/os': 'linux',
  'beta.kubernetes.io/arch': 'amd64',
})

const conditionsOf = ({ ready, readySince, startedAt, now }: NodeFacts): readonly Condition[] => {
  const condition = (type: string, status: Condition['status'], reason: string, message: string, since: number): Condition => ({
    type,
    status,
    reason,
    message,
    lastTransitionTime: conditionTime(since),
    lastHeartbeatTime: conditionTime(now),
  })
  return [
    condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available', startedAt),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure', startedAt),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available', startedAt),
    ready
      ? condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status', readySince)
      : condition('Ready', 'False', 'KubeletNotReady', 'container runtime network not ready', readySince),
  ]
}

/** What a kubelet posts as its Node's status, by strategic merge: conditions of other types stay. */
export const statusOf = (facts: NodeFacts): NonNullable<Node['status']> & { readonly daemonEndpoints: unknown } => {
  const { machine, nodeName, capacity, kubeletVersion } = facts
  const resources = { ...capacity, 'ephemeral-storage': '20Gi' }
  const systemUUID = machine.id.replace(/^i-/, '00000000-0000-4000-8000-')
  return {
    conditions: conditionsOf(facts),
    addresses: [
      { type: 'InternalIP', address: machine.address },
      { type: 'Hostname', address: nodeName },
    ],
    capacity: resources,
    allocatable: resources,
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      machineID: systemUUID.replaceAll('-', ''),
      systemUUID,
      bootID: systemUUID,
      kernelVersion: '6.12.0-simulated',
      osImage: `Simulated ${machine.image}`,
      containerRuntimeVersion: 'containerd://2.1.0',
      kubeletVersion,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  }
}

/** The Node that a kubelet makes when nobody made one for it. */
export const newNode = (facts: NodeFacts): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: facts.nodeName, labels: ownLabels(facts.nodeName) },
  // Where groups are managed, kubelets are started with their providerID, as those of EKS are.
  ...(facts.machine.group && { spec: { providerID: `simulated:///${facts.machine.zone}/${facts.machine.id}` } }),
  status: statusOf(facts),
})

/** metav1.MicroTime has exactly six fractional digits. */
const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z')

export const leaseSpec = (nodeName: string, now: number): NonNullable<Lease['spec']> => ({
  holderIdentity: nodeName,
  leaseDurationSeconds: 40,
  renewTime: microTime(now),
})

/** Owned by its Node, so that the garbage collector takes it away with it. */
export const newLease = (nodeName: string, nodeUid: string, now: number): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: {
    name: nodeName,
    namespace: 'kube-node-lease',
    ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: nodeUid }],
  },
  spec: leaseSpec(nodeName, now),
})
