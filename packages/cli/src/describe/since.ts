import { type MachineRecord, hasJoined } from '@kube-node/core'
import { type Node, type Phase, conditions, findCondition } from '@kube-node/core/api'

/**
 * RFC 3339: since when a claim is in its phase, as far as the object tells. A phase has no time of its own; what brought it about
 * has: the creation, the attempt, the machine, the condition, the deletion.
 */
export const phaseSince = (node: Node, phase: Phase, record: MachineRecord | undefined): string | undefined => {
  const { creationTimestamp, deletionTimestamp } = node.metadata ?? {}
  const of = (type: string, status: 'True' | 'False'): string | undefined => {
    const condition = findCondition(node.status?.conditions, type)
    return condition?.status === status ? condition.lastTransitionTime : undefined
  }
  switch (phase) {
    case 'Pending':
      return record === undefined
        ? creationTimestamp
        : (of(conditions.machineProvisioned, 'False') ?? record.startedAt ?? creationTimestamp)
    case 'Provisioning':
      return record?.startedAt ?? creationTimestamp
    case 'Booting':
      return record?.createdAt ?? record?.startedAt ?? creationTimestamp
    case 'Running':
      return (
        (hasJoined(node) ? of('Ready', 'True') : undefined) ??
        of(conditions.machineProvisioned, 'True') ??
        record?.createdAt ??
        creationTimestamp
      )
    case 'Draining':
      return deletionTimestamp
    case 'Deleting':
      return record?.deletedAt ?? of(conditions.drained, 'True') ?? deletionTimestamp
  }
}
