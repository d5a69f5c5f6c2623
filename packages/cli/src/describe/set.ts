import { isDeleting } from '@kube-node/core'
import { type NodeClass, type NodeSet, classNamesOfSet, findCondition } from '@kube-node/core/api'
import { wordsOf } from './conditions.ts'
import type { ControllerDescription } from './controllers.ts'
import { type Told, asAttended } from './told.ts'

export interface SetFacts {
  readonly set: NodeSet
  readonly nodeClass: NodeClass | 'missing' | 'unreadable'
  readonly controller: ControllerDescription
}

export interface SetDescription extends Told {
  /** RFC 3339: since when it settles, or has settled. */
  readonly since?: string
}

export const describeSet = ({ set, nodeClass, controller }: SetFacts): SetDescription => {
  const since = sinceOf(set)
  return { ...(since !== undefined && { since }), ...asAttended(tell(set, nodeClass), controller) }
}

const sinceOf = ({ metadata, status }: NodeSet): string | undefined =>
  metadata?.deletionTimestamp ??
  findCondition(status?.conditions, 'Reconciling')?.lastTransitionTime ??
  findCondition(status?.conditions, 'Available')?.lastTransitionTime ??
  metadata?.creationTimestamp

const tell = (set: NodeSet, nodeClass: SetFacts['nodeClass']): Told => {
  const { spec, status, metadata } = set
  const { length: rest } = (metadata?.finalizers ?? []).filter(name => name !== 'foregroundDeletion')
  if (isDeleting(set)) {
    const why =
      rest === 0 ? 'it was deleted; its nodes go first' : `it was deleted; finalizers hold it: ${metadata?.finalizers?.join(', ')}`
    return { why, next: '', state: 'progress' }
  }
  if (nodeClass === 'missing') {
    return {
      why: `there is no NodeClass "${classNamesOfSet(set)[0] ?? ''}"`,
      next: 'create it, or name another in spec.nodeClassName',
      state: 'trouble',
    }
  }
  const wrong = ['Stalled', 'Degraded'].map(type => findCondition(status?.conditions, type)).find(condition => condition?.status === 'True')
  if (wrong) return { why: wordsOf(wrong), next: '', state: 'trouble' }
  const progressing = findCondition(status?.conditions, 'Progressing')
  if (progressing?.status === 'False') return { why: wordsOf(progressing), next: '', state: 'trouble' }
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) {
    return { why: 'nobody has looked at its newest spec', next: '', state: 'progress' }
  }
  if (spec.paused === true) return { why: 'paused', next: 'kube-node leaves it as it is until spec.paused is false', state: 'ok' }
  if (findCondition(status?.conditions, 'Reconciling')?.status !== 'True') return { why: '', next: '', state: 'ok' }
  return { why: progressing?.message || 'in progress', next: '', state: 'progress' }
}
