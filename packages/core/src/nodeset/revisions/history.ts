import { type ControllerRevision, type NodeSet, labels, nameOf } from '../../api/index.ts'
import { type RevisionContent, canonicalJson, isRevisionContent } from '../../claim/index.ts'
import { ownerOf } from '../draft.ts'

/** A ControllerRevision of ours, read. */
export interface KeptRevision {
  readonly object: ControllerRevision
  /** As in `status.updateRevision`. */
  readonly name: string
  /** From 1; what is newest has the highest. */
  readonly number: number
  readonly content: RevisionContent
}

/** @param revision as in `status.updateRevision`. */
export const draftRevision = (
  set: NodeSet,
  revision: string,
  content: RevisionContent,
  { number, namespace }: { readonly number: number; readonly namespace: string },
): ControllerRevision => {
  // Who deletes a set in the foreground does not wait for its history.
  const { blockOwnerDeletion: _blocks, ...owner } = ownerOf(set)
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${nameOf(set)}-${revision}`,
      namespace,
      labels: { [labels.nodeset]: nameOf(set), [labels.revision]: revision },
      ownerReferences: [owner],
    },
    revision: number,
    data: content,
  }
}

/** Those of this very set that can be read, the oldest first. */
export const readHistory = (set: NodeSet, objects: readonly ControllerRevision[]): readonly KeptRevision[] =>
  objects
    .flatMap((object): readonly KeptRevision[] => {
      const own = object.metadata?.ownerReferences?.some(owner => owner.controller === true && owner.uid === set.metadata?.uid)
      const name = object.metadata?.labels?.[labels.revision]
      return own && name !== undefined && isRevisionContent(object.data)
        ? [{ object, name, number: object.revision, content: object.data }]
        : []
    })
    .toSorted((a, b) => a.number - b.number)

export interface HistoryPlan {
  /** The number of the revision that the set shall have; undefined when it stands there as the newest. */
  readonly next: { readonly number: number; readonly replaces: KeptRevision | undefined } | undefined
  readonly forget: readonly KeptRevision[]
}

/**
 * Pure. The newest revision has the highest number, also when the set goes back to an older one, as with Deployments. Of the others as
 * many are kept as `limit` says, and those that nodes still have.
 */
export const planHistory = (history: readonly KeptRevision[], revision: string, limit: number, inUse: ReadonlySet<string>): HistoryPlan => {
  const known = history.find(({ name }) => name === revision)
  const newest = history.at(-1)
  const others = history.filter(({ name }) => name !== revision)
  const unused = others.filter(({ content }) => !content.classes.some(one => inUse.has(one.revision)))
  return {
    next: known !== undefined && known === newest ? undefined : { number: (newest?.number ?? 0) + 1, replaces: known },
    forget: unused.slice(0, Math.max(0, others.length - limit)),
  }
}

/** Do these make the same machines? */
export const isSameContent = (a: RevisionContent, b: RevisionContent): boolean => canonicalJson(a) === canonicalJson(b)
