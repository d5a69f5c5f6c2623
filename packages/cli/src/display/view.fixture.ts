import { type Node, type NodeSet, annotations, finalizers, labels } from '@kube-node/core/api'

/** Seconds after the start of these stories. */
const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`

const record = { attempt: 1, controller: 'c', provider: 'p', connection: { config: {} } }

export interface ClaimFacts {
  readonly phase?: string
  readonly machine?: string
  readonly created?: number
  readonly className?: string
  /** Kubelet has joined, and says this of Ready. */
  readonly ready?: 'True' | 'False' | 'Unknown'
  readonly problem?: { readonly type: string; readonly reason: string; readonly message: string }
  readonly deleting?: boolean
  readonly cordoned?: boolean
}

export const claim = (name: string, facts: ClaimFacts = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    uid: `uid-of-${name}`,
    creationTimestamp: at(facts.created ?? 0),
    labels: { [labels.class]: facts.className ?? 'small' },
    finalizers: [finalizers.machine],
    annotations: {
      ...(facts.phase === undefined ? {} : { [annotations.phase]: facts.phase }),
      ...(facts.machine === undefined
        ? {}
        : {
            [annotations.machine]: JSON.stringify({ ...record, id: facts.machine }),
          }),
    },
    ...(facts.deleting ? { deletionTimestamp: at(50) } : {}),
  },
  spec: facts.cordoned ? { unschedulable: true } : {},
  status: {
    ...(facts.ready === undefined ? {} : { nodeInfo: { kubeletVersion: 'v1.37.2' } }),
    conditions: [
      ...(facts.ready === undefined ? [] : [{ type: 'Ready', status: facts.ready, reason: 'Kubelet', message: 'no CNI yet' }]),
      ...(facts.problem === undefined ? [] : [{ ...facts.problem, status: 'False' as const }]),
    ],
  },
})

export const set = (name: string, facts: Partial<NodeSet['status']> & { readonly desired?: number } = {}): NodeSet => {
  const { desired = 3, ...status } = facts
  return {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeSet',
    metadata: { name, uid: `uid-of-${name}`, creationTimestamp: at(0) },
    spec: { replicas: desired, nodeClassName: 'small' },
    status,
  }
}
