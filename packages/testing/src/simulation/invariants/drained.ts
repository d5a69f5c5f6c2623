import { type Node, type Pod, conditionStatus, findCondition, nameOf } from '@kube-node/core/api'
import { hasJoined, isBroken, recordOf } from '@kube-node/core'
import { drainTimeoutMs, volumeDetachMs } from '../estate.ts'
import { nodeOn } from '../groups/books.ts'
import { isCritical, isGuarded } from '../pods.ts'
import { type HasLeft, followEnds, mustGo } from './holding.ts'
import type { Report, Watch } from './invariant.ts'
import type { Stage } from '../stage.ts'
import { followEmptiness } from './emptiness.ts'

const slackMs = 2_000
/** Longer than any cache is behind. */
const stalenessMs = 90_000

/** 5: no machine is deleted before its drain has ended. Evictions against a budget are refused by the API server itself. */
export const drained: Watch = (stage, report) => {
  const { world, cloud, truth, restores, groups } = stage
  const hasLeft = followEnds(truth)
  const emptiness = followEmptiness(world, truth, hasLeft)
  cloud.on('stopping', machine => {
    const node = machine.group ? nodeOn(truth, machine) : truth.nodeByUid(machine.owner?.claim ?? '')
    const record = node && recordOf(node)
    if (!node || !record || isBroken(record) || record.id !== machine.id) return
    // Somebody else made its group smaller, and the cloud chose.
    if (machine.group && world.now - groups.resizedAt(machine.group.id) < stalenessMs) return
    // Its pods may have come back from the dead after the drain had ended.
    if (restores.unsettled) return
    // Without a kubelet nothing runs: such pods are bound to the name, and were so before this Node had it.
    if (!hasJoined(node)) return
    const deletedAt = node.metadata?.deletionTimestamp
    const drainedForMs = deletedAt === undefined ? 0 : world.wall - Date.parse(deletedAt)
    if (drainedForMs + slackMs >= drainTimeoutMs) return
    const pods = truth.podsOn(nameOf(node)).filter(pod => mustGo(pod) && !hasLeft(pod, node, world.wall))
    const what = `machine ${machine.id} was deleted ${drainedForMs} ms into the drain of ${nameOf(node)}`
    if (pods.length > 0) return report(5, `${what}, with ${pods.map(nameOf).join(', ')} on it`)
    const volumes = [...truth.attachments.all.values()].filter(({ spec }) => spec?.nodeName === nameOf(node))
    // A silent kubelet unmounts nothing.
    if (volumes.length === 0 || isOrWasSilent(node, world.wall)) return
    const emptyForMs = world.now - emptiness.since(node)
    if (emptyForMs + slackMs < volumeDetachMs)
      report(5, `${what} and ${emptyForMs} ms after its last pod had left, with ${volumes.map(nameOf).join(', ')} attached to it`)
  })
  return {
    issued(life, { method, path }) {
      if (method === 'DELETE' && path.includes('/pods/')) report(5, `${life.name} deletes a pod instead of evicting it: ${path}`)
      const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/eviction$/.exec(path) ?? []
      const pod = truth.pods.all.get(`${namespace ?? ''}/${name ?? ''}`)
      if (method === 'POST' && pod) judgeEviction(stage, report, life.name, pod, hasLeft)
    },
  }
}

const isOrWasSilent = (node: Node, wall: number): boolean =>
  conditionStatus(node.status?.conditions, 'Ready') === 'Unknown' ||
  wall - Date.parse(findCondition(node.status?.conditions, 'Ready')?.lastTransitionTime ?? '') < stalenessMs

/** Who must not be disrupted is not even asked for, and what the others depend on goes last. */
const judgeEviction = ({ world, truth, restores }: Stage, report: Report, who: string, pod: Pod, hasLeft: HasLeft): void => {
  const node = truth.nodes.all.get(pod.spec?.nodeName ?? '')
  if (isGuarded(pod)) report(5, `${who} evicts ${nameOf(pod)}, which must not be disrupted`)
  if (!node || !isCritical(pod) || restores.unsettled) return
  const deletedAt = Date.parse(node.metadata?.deletionTimestamp ?? '')
  const earlier = truth
    .podsOn(nameOf(node))
    .filter(other => mustGo(other) && !isCritical(other) && !hasLeft(other, node, world.wall))
    .filter(other => Date.parse(other.metadata?.creationTimestamp ?? '') < deletedAt - stalenessMs)
  if (earlier.length > 0) report(5, `${who} evicts critical ${nameOf(pod)} before ${earlier.map(nameOf).join(', ')}`)
}
