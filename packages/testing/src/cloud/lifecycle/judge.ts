import { type Condition, type Node, type Taint, addTaints, conditionTime, findCondition, removeTaints, taints } from '@kube-node/core/api'

export interface NodeSight {
  readonly node: Node
  /** How long nothing was heard of its kubelet: no Lease renewed, no status posted. Milliseconds. */
  readonly silentMs: number
  /** Since the Node was first seen. Milliseconds. */
  readonly ageMs: number
  /** Wall time in milliseconds. */
  readonly now: number
  readonly graceMs: number
  readonly startupMs: number
}

/** What kube-controller-manager would write; a part that is absent stays as it is. */
export interface Judgement {
  readonly conditions?: readonly Condition[]
  readonly taints?: readonly Taint[]
}

const unreachable = 'node.kubernetes.io/unreachable'
const kinds = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const

const unknown = (node: Node, reason: string, message: string, now: number): readonly Condition[] =>
  kinds.map(type => {
    const old = findCondition(node.status?.conditions, type)
    return {
      type,
      status: 'Unknown',
      reason,
      message,
      ...(old?.lastHeartbeatTime !== undefined && { lastHeartbeatTime: old.lastHeartbeatTime }),
      lastTransitionTime: conditionTime(now),
    }
  })

/**
 * What kube-controller-manager 1.37 was seen to make of a Node: silent ones become Unknown, and taints follow the Ready condition. A Node
 * without any conditions loses the not-ready taint that the API server gave it, until it is as old as `startupMs`.
 */
export const judge = ({ node, silentMs, ageMs, now, graceMs, startupMs }: NodeSight): Judgement => {
  const ready = findCondition(node.status?.conditions, 'Ready')
  const conditions = !ready
    ? ageMs >= startupMs
      ? unknown(node, 'NodeStatusNeverUpdated', 'Kubelet never posted node status.', now)
      : undefined
    : ready.status !== 'Unknown' && silentMs >= graceMs
      ? unknown(node, 'NodeStatusUnknown', 'Kubelet stopped posting node status.', now)
      : undefined
  const status = conditions ? 'Unknown' : ready?.status

  const timeAdded = conditionTime(now)
  const both = (key: string): readonly Taint[] => [
    { key, effect: 'NoSchedule', timeAdded },
    { key, effect: 'NoExecute', timeAdded },
  ]
  const wanted = [
    ...(status === 'False' ? both(taints.notReady) : []),
    ...(status === 'Unknown' ? both(unreachable) : []),
    ...(node.spec?.unschedulable ? [{ key: taints.unschedulable, effect: 'NoSchedule', timeAdded } as const] : []),
  ]
  const governed = [taints.notReady, unreachable, taints.unschedulable].filter(key => !wanted.some(t => t.key === key))
  const present = node.spec?.taints ?? []
  const next = addTaints(
    removeTaints(
      present,
      governed.map(key => ({ key })),
    ),
    wanted,
  )
  return { ...(conditions && { conditions }), ...(next !== present && { taints: next }) }
}
