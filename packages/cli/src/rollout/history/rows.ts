import { type KeptRevision, isDeleting, onePerClaim, classNameOf } from '@kube-node/core'
import { type Node, type NodeSet, labels } from '@kube-node/core/api'
import { type Change, changesBetween } from '../changes.ts'
import { type Classes, contentNow, makesTheSame } from '../content.ts'

/** One revision of a set; names and meanings of these fields are what `-o json` shows. */
export interface RevisionRow {
  readonly revision: number
  /** As in status.updateRevision. */
  readonly name: string
  /** RFC 3339: when it was kept first; one that was gone back to is as old as it was. */
  readonly createdAt?: string
  /** Live nodes that are of it, and of no newer one. */
  readonly nodes: number
  /** What set and classes ask for now. */
  readonly current: boolean
  /** What is different from the revision before it; undefined for the oldest that is kept. */
  readonly changes?: readonly Change[]
}

export interface History {
  readonly name: string
  readonly revisions: readonly RevisionRow[]
  /** Live nodes of revisions that are not kept any more, or that are not known yet. */
  readonly otherNodes: number
}

export interface HistoryFacts {
  readonly set: NodeSet
  readonly classes: Classes
  /** The oldest first. */
  readonly history: readonly KeptRevision[]
  readonly nodes: readonly Node[]
}

export const historyOf = ({ set, classes, history, nodes }: HistoryFacts): History => {
  const now = contentNow(set, classes)
  const uid = set.metadata?.uid
  const members = onePerClaim(nodes).filter(
    node => !isDeleting(node) && node.metadata?.ownerReferences?.some(owner => owner.controller === true && owner.uid === uid),
  )
  const revisions = members.map(node => history.findLast(revision => isOf(node, revision)))
  return {
    name: set.metadata?.name ?? '',
    revisions: history.map((revision, at) => {
      const before = history[at - 1]
      const createdAt = revision.object.metadata?.creationTimestamp
      return {
        revision: revision.number,
        name: revision.name,
        ...(createdAt !== undefined && { createdAt }),
        nodes: revisions.filter(found => found === revision).length,
        current: now !== undefined && makesTheSame(now, revision.content),
        ...(before && { changes: changesBetween(before.content, revision.content) }),
      }
    }),
    otherNodes: revisions.filter(found => found === undefined).length,
  }
}

const isOf = (node: Node, { content }: KeptRevision): boolean =>
  content.classes.some(one => one.name === classNameOf(node) && one.revision === node.metadata?.labels?.[labels.revision])
