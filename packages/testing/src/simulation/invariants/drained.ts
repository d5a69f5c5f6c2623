import { type Node, type Pod, conditionStatus, nameOf } from '@kube-node/core/api'
import { hasJoined, isBroken, recordOf } from '@kube-node/core'
import { drainTimeoutMs } from '../estate.ts'
import type { Watch } from './invariant.ts'

const slackMs = 2_000

/** Said here once more on purpose: what tests core must not ask core. */
const mustGo = (pod: Pod): boolean =>
  pod.metadata?.annotations?.['kubernetes.io/config.mirror'] === undefined &&
  !(pod.metadata?.ownerReferences ?? []).some(owner => owner.kind === 'DaemonSet') &&
  !['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')

/** Nobody is left to end a pod whose kubelet is silent: past its grace period it was asked to go, and goes with the machine. */
const isAbandoned = (pod: Pod, node: Node, now: number): boolean =>
  conditionStatus(node.status?.conditions, 'Ready') === 'Unknown' && now > Date.parse(pod.metadata?.deletionTimestamp ?? '')

/** 5: no machine is deleted before its drain has ended. Evictions against a budget are refused by the API server itself. */
export const drained: Watch = ({ world, cloud, truth, restores }, report) => {
  cloud.on('stopping', machine => {
    const node = truth.nodeByUid(machine.owner?.claim ?? '')
    const record = node && recordOf(node)
    if (!node || !record || isBroken(record) || record.id !== machine.id) return
    // Its pods may have come back from the dead after the drain had ended.
    if (restores.unsettled) return
    // Without a kubelet nothing runs: such pods are bound to the name, and were so before this Node had it.
    if (!hasJoined(node)) return
    const pods = truth.podsOn(nameOf(node)).filter(pod => mustGo(pod) && !isAbandoned(pod, node, world.wall))
    if (pods.length === 0) return
    const deletedAt = node.metadata?.deletionTimestamp
    const drainedForMs = deletedAt === undefined ? 0 : world.wall - Date.parse(deletedAt)
    if (drainedForMs + slackMs >= drainTimeoutMs) return
    report(
      5,
      `machine ${machine.id} was deleted ${drainedForMs} ms into the drain of ${nameOf(node)}, with ${pods.map(nameOf).join(', ')} on it`,
    )
  })
  return {
    issued(life, { method, path }) {
      if (method === 'DELETE' && path.includes('/pods/')) report(5, `${life.name} deletes a pod instead of evicting it: ${path}`)
    },
  }
}
