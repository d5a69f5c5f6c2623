import { type Condition, type NodeSetStatus, conditionTime, labels, nameOf, removeCondition, setCondition } from '../api/index.ts'
import { revisionOf } from '../claim/index.ts'
import type { NodeSetFacts, NodeSetPlan } from './facts.ts'
import { availableInMs, isLive, isReadyMember } from './health.ts'
import { boundsOf, replicasOf } from './plan.ts'

/** The status that the set should show; the very object that it shows when nothing changed. */
export const statusOf = (facts: NodeSetFacts, plan: NodeSetPlan): NodeSetStatus => {
  const { set, offer, now } = facts
  const live = facts.nodes.filter(isLive)
  const replicas = replicasOf(set)
  const available = live.filter(node => availableInMs(node, set.spec.minReadySeconds ?? 0, now) === 0).length
  const revisions = live.map(node => node.metadata?.labels?.[labels.revision] ?? '')
  const updateRevision = offer.problem ? set.status?.updateRevision : revisionOf(offer.nodeClass.spec, offer.written)
  const updated = revisions.filter(revision => revision === updateRevision).length
  const currentRevision = revisions.find(revision => revision !== updateRevision) ?? updateRevision
  const next: NodeSetStatus = {
    observedGeneration: set.metadata?.generation ?? 0,
    replicas: live.length,
    readyReplicas: live.filter(isReadyMember).length,
    availableReplicas: available,
    unavailableReplicas: Math.max(0, replicas - available),
    updatedReplicas: updated,
    selector: `${labels.nodeset}=${nameOf(set)}`,
    ...(currentRevision === undefined ? {} : { currentRevision }),
    ...(updateRevision === undefined ? {} : { updateRevision }),
    conditions: conditionsOf(facts, plan, available),
  }
  return isSame(set.status, next) && set.status ? set.status : next
}

/** Only the numbers differ: worth a write, but not each one of a thousand. */
export const onlyNumbersDiffer = (old: NodeSetStatus | undefined, next: NodeSetStatus): boolean =>
  old !== undefined && old.conditions === next.conditions && old.observedGeneration === next.observedGeneration

const conditionsOf = (facts: NodeSetFacts, plan: NodeSetPlan, available: number): readonly Condition[] => {
  const { set, offer } = facts
  const replicas = replicasOf(set)
  const wanted = replicas - boundsOf(set).unavailable
  const observedGeneration = set.metadata?.generation ?? 0
  const now = conditionTime(facts.now)
  const settled = available === replicas && facts.nodes.length === replicas
  const put = (
    list: readonly Condition[] | undefined,
    type: string,
    status: Condition['status'],
    reason: string,
    message: string,
  ): readonly Condition[] => setCondition(list, { type, status, reason, message, observedGeneration }, now)

  let list =
    available >= wanted
      ? put(set.status?.conditions, 'Available', 'True', 'EnoughNodes', `at least ${wanted} of ${replicas} nodes are available`)
      : put(set.status?.conditions, 'Available', 'False', 'TooFewNodes', `fewer than ${wanted} of ${replicas} nodes are available`)
  list = settled
    ? put(list, 'Progressing', 'True', 'Complete', 'every node is as it should be')
    : put(list, 'Progressing', 'True', 'Working', 'nodes are being created or removed')
  list =
    plan.shortfall === undefined
      ? put(list, 'Degraded', 'False', 'NothingMissing', 'nothing keeps nodes from being created')
      : put(list, 'Degraded', 'True', offer.problem?.reason ?? 'LimitReached', plan.shortfall)
  // kstatus: these two stand there only while they are true; Argo CD, Flux and kubectl wait read them.
  list = settled ? removeCondition(list, 'Reconciling') : put(list, 'Reconciling', 'True', 'Working', 'nodes are being created or removed')
  return plan.shortfall === undefined
    ? removeCondition(list, 'Stalled')
    : put(list, 'Stalled', 'True', offer.problem?.reason ?? 'LimitReached', plan.shortfall)
}

const isSame = (a: NodeSetStatus | undefined, b: NodeSetStatus): boolean =>
  a !== undefined &&
  a.conditions === b.conditions &&
  a.observedGeneration === b.observedGeneration &&
  a.replicas === b.replicas &&
  a.readyReplicas === b.readyReplicas &&
  a.availableReplicas === b.availableReplicas &&
  a.unavailableReplicas === b.unavailableReplicas &&
  a.updatedReplicas === b.updatedReplicas &&
  a.selector === b.selector &&
  a.currentRevision === b.currentRevision &&
  a.updateRevision === b.updateRevision
