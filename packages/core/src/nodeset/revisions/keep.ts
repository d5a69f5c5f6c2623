import { type ControllerRevision, ControllerRevisions, type NodeSet, annotations, labels, nameOf } from '../../api/index.ts'
import type { Reconcile } from '../../engine/index.ts'
import { ApiError, isAlreadyExists, isNotFound } from '../../kube/index.ts'
import { errorText } from '../../runtime/index.ts'
import type { RevisionContent } from '../../claim/index.ts'
import { type NodeSetFacts, updateRevisionOf } from '../plan/index.ts'
import { type KeptRevision, draftRevision, planHistory, readHistory } from './history.ts'

/** Keeps the history of sets as ControllerRevisions. */
export interface RevisionKeeper {
  /** Whether nothing is left to do of that. Asks nobody. */
  isKept(facts: NodeSetFacts): boolean
  /** Sees to it that the set's newest revision is kept before nodes of it are made. It asks the API server when that is another one. */
  keep(r: Reconcile<NodeSet>, facts: NodeSetFacts): Promise<void>
  /** The history of the set, the oldest first. It asks the API server once, and whenever it was changed. */
  recall(r: Reconcile<NodeSet>, set: NodeSet): Promise<readonly KeptRevision[]>
  forget(name: string): void
}

/** @param namespace where they are kept: a ControllerRevision is a namespaced kind, and a NodeSet is not. */
export const createRevisionKeeper = (namespace: string): RevisionKeeper => {
  /** By set: its UID, its newest revision and its limit, as they were when they were last seen to. */
  const done = new Map<string, string>()

  /** By set, with its UID. */
  const read = new Map<string, { readonly uid: string | undefined; readonly history: readonly KeptRevision[] }>()

  const list = async ({ client, signal }: Reconcile<NodeSet>, set: NodeSet): Promise<readonly KeptRevision[]> => {
    const objects: ControllerRevision[] = []
    for await (const page of client.pages(ControllerRevisions, { namespace, labels: `${labels.nodeset}=${nameOf(set)}`, signal })) {
      objects.push(...page)
    }
    return readHistory(set, objects)
  }

  const write = async (r: Reconcile<NodeSet>, facts: NodeSetFacts, revision: string): Promise<void> => {
    const { set, members } = facts
    const { client, signal } = r
    read.delete(nameOf(set))
    const history = await list(r, set)
    const inUse = new Set(members.flatMap(member => member.revision ?? []))
    const { next, forget } = planHistory(history, revision, set.spec.revisionHistoryLimit ?? 10, inUse)
    if (next?.replaces) {
      const { object } = next.replaces
      const { uid = '', resourceVersion = '' } = object.metadata ?? {}
      const key = { namespace, name: nameOf(object) }
      await client.patch(ControllerRevisions, key, { merge: { revision: next.number } }, { on: { uid, resourceVersion }, signal })
    } else if (next) {
      await client.create(ControllerRevisions, draftRevision(set, revision, contentOf(facts), { number: next.number, namespace }), {
        signal,
      })
    }
    for (const { object } of forget) {
      await client.delete(ControllerRevisions, { namespace, name: nameOf(object) }, { uid: object.metadata?.uid ?? '', signal })
    }
  }

  /** What is to be kept; undefined when nothing is. */
  const wanted = (facts: NodeSetFacts): { readonly revision: string; readonly state: string } | undefined => {
    const { set, choices } = facts
    const revision = updateRevisionOf(facts)
    // A class that offers nothing has no revision of its own; what stands in the status is an older one.
    if (revision === undefined || choices.some(choice => choice.revision === undefined)) return undefined
    // Half an undo is nothing that anybody would go back to.
    if (set.metadata?.annotations?.[annotations.undo] !== undefined) return undefined
    const state = [set.metadata?.uid, revision, set.spec.revisionHistoryLimit].join(' ')
    return done.get(nameOf(set)) === state ? undefined : { revision, state }
  }

  return {
    isKept: facts => wanted(facts) === undefined,
    async keep(r, facts) {
      const { set } = facts
      const keeping = wanted(facts)
      if (!keeping) return
      const { revision, state } = keeping
      try {
        await write(r, facts, revision)
        done.set(nameOf(set), state)
      } catch (error) {
        // Another life of ours was quicker, or somebody deletes them: it is looked at again at the next occasion.
        if (isAlreadyExists(error) || isNotFound(error) || !ApiError.is(error))
          r.log('debug', 'the history has to wait', { error: errorText(error) })
        else r.event('Warning', 'HistoryNotKept', `its newest revision can't be kept in namespace ${namespace}: ${errorText(error)}`)
      }
    },
    async recall(r, set) {
      const { uid } = set.metadata ?? {}
      const known = read.get(nameOf(set))
      if (known && known.uid === uid) return known.history
      try {
        const history = await list(r, set)
        read.set(nameOf(set), { uid, history })
        return history
      } catch (error) {
        if (!ApiError.is(error)) throw error
        r.event('Warning', 'HistoryNotRead', `its earlier revisions can't be read in namespace ${namespace}: ${errorText(error)}`)
        return []
      }
    },
    forget(name) {
      done.delete(name)
      read.delete(name)
    },
  }
}

const contentOf = ({ set, choices }: NodeSetFacts): RevisionContent => {
  const { config, restartedAt } = set.spec.template ?? {}
  return {
    classes: choices.flatMap(({ className, revision = '', offer }) => {
      if (offer.problem) return []
      const { spec } = offer.nodeClass
      return [
        {
          name: className,
          revision,
          provider: spec.provider,
          ...(spec.config && { config: spec.config }),
          ...(spec.bootstrap && { bootstrap: spec.bootstrap }),
        },
      ]
    }),
    template: { ...(config && { config }), ...(restartedAt !== undefined && { restartedAt }) },
  }
}
