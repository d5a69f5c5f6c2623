import { isDeleting } from '@kube-node/core'
import { type ClassConnection, type NodeClass, type ResolvedField, conditions, findCondition } from '@kube-node/core/api'
import { wordsOf } from './conditions.ts'
import type { ControllerDescription } from './controllers.ts'
import { type Told, asAttended } from './told.ts'

export interface ClassFacts {
  readonly nodeClass: NodeClass
  readonly controller: ControllerDescription
  /** Claims that name it. */
  readonly nodes: number
}

export interface ClassDescription extends Told {
  readonly ready: 'True' | 'False' | 'Unknown'
  /** RFC 3339: since when Ready is what it is. */
  readonly since?: string
  /** What floats in its config, and what that meant when the provider was asked last. */
  readonly resolved?: readonly ResolvedField[]
  /** Where machines of it are or may be. */
  readonly connections?: readonly ClassConnection[]
}

export const describeClass = (facts: ClassFacts): ClassDescription => {
  const { nodeClass, controller } = facts
  const ready = findCondition(nodeClass.status?.conditions, 'Ready')
  return {
    ready: ready?.status ?? 'Unknown',
    ...(ready?.lastTransitionTime !== undefined && { since: ready.lastTransitionTime }),
    ...(nodeClass.status?.resolved && { resolved: nodeClass.status.resolved }),
    ...(nodeClass.status?.connections && { connections: nodeClass.status.connections }),
    ...asAttended(tell(facts), controller),
  }
}

const tell = ({ nodeClass, nodes }: ClassFacts): Told => {
  const { metadata, spec, status } = nodeClass
  if (isDeleting(nodeClass)) {
    if (nodes > 0) {
      const why = `it was deleted; ${nodes} ${nodes === 1 ? 'node uses it and keeps it' : 'nodes use it and keep it'}`
      return { why, next: 'delete them first', state: 'progress' }
    }
    const places = status?.connections?.length ?? 0
    if (places === 0) return { why: 'it was deleted', next: '', state: 'progress' }
    return {
      why: 'it was deleted; machines of it may be left, and keep it',
      next: 'it goes when lists show that none is left: kube-node explain and its events tell where that can not be seen',
      state: 'progress',
    }
  }
  const ready = findCondition(status?.conditions, 'Ready')
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0) || !ready) {
    return { why: status ? 'nobody has looked at its newest spec' : 'nobody has looked at it', next: '', state: 'progress' }
  }
  if (ready.status !== 'True') return { why: wordsOf(ready), next: '', state: 'trouble' }
  const frozen = findCondition(status?.conditions, conditions.deletionsFrozen)
  if (frozen?.status === 'True') return { why: wordsOf(frozen), next: 'look at what is left, then kube-node thaw', state: 'trouble' }
  const limit = spec.limits?.nodes
  if (limit !== undefined && nodes > limit) {
    return {
      why: `${nodes - limit} of its ${nodes} claims wait: spec.limits.nodes is ${limit}`,
      next: 'raise it, or delete some',
      state: 'trouble',
    }
  }
  return { why: '', next: '', state: 'ok' }
}
