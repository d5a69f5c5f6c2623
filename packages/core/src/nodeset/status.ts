import { type NodeSet, type NodeSetStatus, conditionTime, labels, nameOf } from '../api/index.ts'
import { conditionsOf } from './conditions.ts'
import { type NodeSetFacts, type NodeSetPlan, intentOf, replicasOf, updateRevisionOf, wishesOf } from './plan/index.ts'

/** The status that the set should show; the very object that it shows when nothing changed. */
export const statusOf = (facts: NodeSetFacts, plan: NodeSetPlan): NodeSetStatus => {
  const { set } = facts
  const wishes = wishesOf(set)
  const { counts } = plan
  const updateRevision = updateRevisionOf(facts)
  const everywhere = plan.outdated === 0 && counts.updated === counts.replicas && counts.replicas === wishes.replicas
  const currentRevision = everywhere ? updateRevision : (set.status?.currentRevision ?? updateRevision)
  const next: NodeSetStatus = {
    observedGeneration: set.metadata?.generation ?? 0,
    specHash: intentOf(set),
    replicas: counts.replicas,
    readyReplicas: counts.ready,
    availableReplicas: counts.available,
    unavailableReplicas: Math.max(0, replicasOf(set) - counts.available),
    updatedReplicas: counts.updated,
    ...(wishes.headroom > 0 || counts.warm > 0 ? { headroomReplicas: counts.warm } : {}),
    selector: `${labels.nodeset}=${nameOf(set)}`,
    ...(currentRevision === undefined ? {} : { currentRevision }),
    ...(updateRevision === undefined ? {} : { updateRevision }),
    ...lastProgressOf(set, plan),
    conditions: conditionsOf({ facts, plan, wishes, counts }),
  }
  return isSame(set.status, next) && set.status ? set.status : next
}

const lastProgressOf = ({ status }: NodeSet, { progress: { since } }: NodeSetPlan): Pick<NodeSetStatus, 'lastProgressTime'> => {
  const lastProgressTime = since === undefined ? status?.lastProgressTime : conditionTime(since)
  return lastProgressTime === undefined ? {} : { lastProgressTime }
}

/** Only the numbers differ: worth a write, but not each one of a thousand. */
export const onlyNumbersDiffer = (old: NodeSetStatus | undefined, next: NodeSetStatus): boolean =>
  old !== undefined && old.conditions === next.conditions && old.observedGeneration === next.observedGeneration

const parts = [
  'conditions',
  'observedGeneration',
  'specHash',
  'replicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
  'updatedReplicas',
  'headroomReplicas',
  'selector',
  'currentRevision',
  'updateRevision',
  'lastProgressTime',
] as const

const isSame = (a: NodeSetStatus | undefined, b: NodeSetStatus): boolean => a !== undefined && parts.every(part => a[part] === b[part])
