import { type Node, type NodeSet, NodeSets, Nodes, type Taint, addTaints, nameOf, removeTaints } from '../api/index.ts'
import type { Reconcile } from '../engine/index.ts'
import { type Providers, offerIn } from '../inventory/index.ts'
import { type Json, TransportError, isAlreadyExists, isConflict, isNotFound } from '../kube/index.ts'
import { draftNode, headroomTaint, memberName, ownerOf } from './draft.ts'
import { controllerOwner } from './indexes.ts'
import type { Creation } from './plan/index.ts'

/** Makes and removes the Nodes of sets, and remembers which of those that it asked for may be there. */
export interface Hands {
  /**
   * Sets that are planned at the same time share the limits of their classes: what is announced is counted until it is disposed of, or
   * its Node is in the store. Call it in the very moment of the plan.
   */
  announce(creations: readonly Creation[]): Announced
  remove(r: Reconcile<NodeSet>, node: Node): Promise<void>
  /** Makes an orphan a member, when the set is still there. Nobody's loss when either changed meanwhile: it is decided anew. */
  adopt(r: Reconcile<NodeSet>, set: NodeSet, node: Node): Promise<void>
  /** Warm or serving. Nobody's loss when the Node changed meanwhile: it is decided anew. */
  setWarm(r: Reconcile<NodeSet>, node: Node, warm: boolean): Promise<void>
  /** How many of the set's creates had no answer and may have made a Node. Asks for each. */
  unanswered(r: Reconcile<NodeSet>, uid: string): Promise<number>
  /** How many Nodes of a class are announced or may have been made, by whatever set, and are not in the store. */
  underWay(r: Reconcile<NodeSet>, className: string): number
}

/** Creations that were decided on together. */
export interface Announced extends Disposable {
  create(r: Reconcile<NodeSet>, set: NodeSet, creation: Creation): Promise<void>
}

export const createHands = (providers: Providers): Hands => {
  /** By set UID: names, and classes, of creates that had no answer. */
  const open = new Map<string, Map<string, string>>()
  /** By class. */
  const announced = new Map<string, number>()
  const count = (className: string, by: number): void => void announced.set(className, (announced.get(className) ?? 0) + by)

  const create = async (r: Reconcile<NodeSet>, set: NodeSet, creation: Creation, triesLeft: number): Promise<void> => {
    const { choice, zone, warm } = creation
    const offer = choice.offer.problem ? choice.offer : offerIn(zone, choice.offer, providers)
    if (offer.problem) return
    const name = memberName(set, r.runtime.random)
    try {
      await r.client.create(Nodes, draftNode(set, { offer, name, zone, warm }, r.runtime), { signal: r.signal })
    } catch (error) {
      const uid = set.metadata?.uid ?? ''
      const suspect = (): void => void open.set(uid, (open.get(uid) ?? new Map<string, string>()).set(name, choice.className))
      if (isAlreadyExists(error) && triesLeft > 0) {
        const there = await r.client.get(Nodes, { name }, r.signal)
        // Our own request, which somebody on the way sent twice: the store will show it.
        if (there && controllerOwner(there)?.uid === uid) return suspect()
        // Somebody has that name; the next one will hardly be taken too.
        return create(r, set, creation, triesLeft - 1)
      }
      if (TransportError.is(error)) suspect()
      throw error
    }
  }

  return {
    announce(creations) {
      const left = new Set(creations)
      for (const { choice } of creations) count(choice.className, 1)
      const settle = (creation: Creation): void => {
        if (left.delete(creation)) count(creation.choice.className, -1)
      }
      return {
        async create(r, set, creation) {
          try {
            await create(r, set, creation, 3)
          } finally {
            // In the store by now, or among those that had no answer, or not made.
            settle(creation)
          }
        },
        [Symbol.dispose]: () => left.forEach(settle),
      }
    },
    async remove(r, node) {
      try {
        // Decided on that very state: a Node that somebody took out of the set meanwhile is none of its excess.
        const { uid = '', resourceVersion = '' } = node.metadata ?? {}
        await r.client.delete(Nodes, { name: nameOf(node) }, { uid, resourceVersion, signal: r.signal })
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    },
    async adopt(r, set, node) {
      // A set that is being deleted must not take back what it was told to leave.
      const live = await r.client.get(NodeSets, { name: nameOf(set) }, r.signal)
      if (live?.metadata?.uid !== set.metadata?.uid || live?.metadata?.deletionTimestamp !== undefined) return
      const { uid = '', resourceVersion = '', ownerReferences = [] } = node.metadata ?? {}
      const owners = [...ownerReferences, ownerOf(set)].map(owner => ({ ...owner }))
      const patch = { merge: { metadata: { ownerReferences: owners } } }
      try {
        await r.client.patch(Nodes, { name: nameOf(node) }, patch, { on: { uid, resourceVersion }, signal: r.signal })
      } catch (error) {
        if (!isNotFound(error) && !isConflict(error)) throw error
      }
    },
    async setWarm(r, node, warm) {
      const marks = warm ? addTaints(node.spec?.taints, [headroomTaint]) : removeTaints(node.spec?.taints, [headroomTaint])
      const { uid = '', resourceVersion = '' } = node.metadata ?? {}
      try {
        await r.client.patch(
          Nodes,
          { name: nameOf(node) },
          { merge: { spec: { taints: asJson(marks) } } },
          { on: { uid, resourceVersion }, signal: r.signal },
        )
      } catch (error) {
        if (!isNotFound(error) && !isConflict(error)) throw error
      }
    },
    async unanswered(r, uid) {
      const names = open.get(uid)
      if (!names) return 0
      for (const name of [...names.keys()]) {
        // Names that a live read shows to be absent are given up; the others count until the store has them.
        if (r.store(Nodes).get({ name }) || !(await r.client.get(Nodes, { name }, r.signal))) names.delete(name)
      }
      if (names.size === 0) open.delete(uid)
      return names.size
    },
    underWay(r, className) {
      const unknown = [...open.values()]
        .flatMap(names => [...names])
        .filter(([name, of]) => of === className && !r.store(Nodes).get({ name }))
      return unknown.length + (announced.get(className) ?? 0)
    },
  }
}

const asJson = (list: readonly Taint[]): Json => list.map(taint => ({ ...taint }))
