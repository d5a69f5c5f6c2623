import {
  type KubeObject,
  type Node,
  type NodeSet,
  type NodeSetStatus,
  NodeClasses,
  NodeSets,
  Nodes,
  defaultController,
  findCondition,
  labels,
  nameOf,
} from '../api/index.ts'
import { classNamesOf, hasJoined, isDeleting, phaseOf, readyStatus } from '../claim/index.ts'
import {
  type Controller,
  type ControllerDefinition,
  type Emits,
  type Reconcile,
  type Result,
  createEmitter,
  erase,
  index,
  watch,
} from '../engine/index.ts'
import { type Offer, type Providers, controllerOf, offerOf } from '../inventory/index.ts'
import { type Json, TransportError, isAlreadyExists, isNotFound } from '../kube/index.ts'
import { draftNode, memberName } from './draft.ts'
import type { NodeSetFacts } from './facts.ts'
import { planNodeSet } from './plan.ts'
import { slowStart } from './slowStart.ts'
import { onlyNumbersDiffer, statusOf } from './status.ts'

export interface NodeSetControllerOptions {
  readonly providers: Providers
  /** The `spec.controller` of the classes to serve. Default `kube-node.dev/controller`. */
  readonly controller?: string
  /** Sets at once. Default 10. */
  readonly workers?: number
}

/** What hosts can watch. */
export interface NodeSetEvents {
  scaled: { readonly nodeSet: string; readonly created: number; readonly removed: number }
}

export type NodeSetController = Controller & Emits<NodeSetEvents>

const byOwner = 'owner'
const bySetClass = 'class'
const byClaimClass = 'class'
/** Numbers alone are worth a status write this often at the most. */
const numbersEveryMs = 500

/** Keeps as many Nodes as a set asks for; each of them is a claim that NodeController serves. */
export const nodeSetController = (options: NodeSetControllerOptions): NodeSetController => {
  const events = createEmitter<NodeSetEvents>(() => {})
  const keeper = createSetKeeper(options, events.emit)
  const definition: ControllerDefinition<NodeSet> = {
    name: 'nodeset',
    for: NodeSets,
    workers: options.workers ?? 10,
    reads: [NodeClasses],
    indexes: [
      index<Node>({ resource: Nodes, name: byOwner, values: node => listOf(controllerOwner(node)?.uid) }),
      index<Node>({ resource: Nodes, name: byClaimClass, values: classNamesOf }),
      index<NodeSet>({ resource: NodeSets, name: bySetClass, values: set => [set.spec.nodeClassName] }),
    ],
    watches: [
      // Kubelets beat every few seconds; only what a plan could depend on wakes the set.
      watch(Nodes, (node, old, { store }) => {
        const name = controllerOwner(node)?.name
        if (name === undefined) return []
        const gone = !store(Nodes).get({ name: nameOf(node) })
        return gone || !old || digest(node) !== digest(old) ? [{ name }] : []
      }),
      watch(NodeClasses, (nodeClass, _old, { store }) =>
        store(NodeSets)
          .by(bySetClass, nameOf(nodeClass))
          .map(set => ({ name: nameOf(set) })),
      ),
    ],
    reconcile: keeper.reconcile,
  }
  return { name: 'nodesets', parts: [erase(definition)], on: events.on }
}

const controllerOwner = (node: KubeObject): { readonly name: string; readonly uid: string } | undefined =>
  node.metadata?.ownerReferences?.find(owner => owner.controller === true && owner.kind === NodeSets.kind)

const listOf = (text: string | undefined): readonly string[] => (text === undefined ? [] : [text])

const digest = (node: Node): string =>
  [
    isDeleting(node),
    hasJoined(node),
    readyStatus(node),
    phaseOf(node),
    node.metadata?.labels?.[labels.revision],
    node.spec?.taints?.map(taint => taint.key).join(' '),
    JSON.stringify(node.metadata?.annotations),
  ].join('|')

interface SetKeeper {
  reconcile(r: Reconcile<NodeSet>): Promise<Result>
}

const createSetKeeper = (options: NodeSetControllerOptions, emit: (event: 'scaled', value: NodeSetEvents['scaled']) => void): SetKeeper => {
  const { providers } = options
  const controller = options.controller ?? defaultController
  const writtenAt = new Map<string, number>()
  /** By set UID: names of creates that had no answer. */
  const unanswered = new Map<string, Set<string>>()

  const offerFor = (r: Reconcile<NodeSet>, set: NodeSet): Offer => {
    const nodeClass = r.store(NodeClasses).get({ name: set.spec.nodeClassName })
    const offer = offerOf(set.spec.nodeClassName, nodeClass, providers, set.spec.template)
    // What the class is known to lack (a Secret, say) would bind new nodes to an account that nobody can reach.
    const ready = findCondition(nodeClass?.status?.conditions, 'Ready')
    const judged = ready?.status === 'False' && ready.observedGeneration === nodeClass?.metadata?.generation
    return judged && !offer.problem ? { problem: { reason: ready.reason ?? '', message: ready.message ?? '' } } : offer
  }

  const isOurs = (r: Reconcile<NodeSet>, set: NodeSet): boolean => {
    const nodeClass = r.store(NodeClasses).get({ name: set.spec.nodeClassName })
    return (nodeClass ? controllerOf(nodeClass) : defaultController) === controller
  }

  /** Names that a live read shows to be absent are given up; the others count until the store has them. */
  const settleUnanswered = async (r: Reconcile<NodeSet>, uid: string): Promise<number> => {
    const names = unanswered.get(uid)
    if (!names) return 0
    for (const name of [...names]) {
      if (r.store(Nodes).get({ name })) names.delete(name)
      else if (!(await r.client.get(Nodes, { name }, r.signal))) names.delete(name)
    }
    if (names.size === 0) unanswered.delete(uid)
    return names.size
  }

  const create = async (r: Reconcile<NodeSet>, set: NodeSet, offer: Offer, triesLeft = 3): Promise<void> => {
    if (offer.problem) return
    const name = memberName(set, r.runtime.random)
    try {
      await r.client.create(Nodes, draftNode(set, offer, name, r.runtime), { signal: r.signal })
    } catch (error) {
      const uid = set.metadata?.uid ?? ''
      const count = (): void => void unanswered.set(uid, (unanswered.get(uid) ?? new Set()).add(name))
      if (isAlreadyExists(error) && triesLeft > 0) {
        const there = await r.client.get(Nodes, { name }, r.signal)
        // Our own request, which somebody on the way sent twice: the store will show it.
        if (there && controllerOwner(there)?.uid === uid) return count()
        // Somebody has that name; the next one will hardly be taken too.
        return create(r, set, offer, triesLeft - 1)
      }
      if (TransportError.is(error)) count()
      throw error
    }
  }

  const remove = async (r: Reconcile<NodeSet>, node: Node): Promise<void> => {
    try {
      // Decided on that very state: a Node that somebody took out of the set meanwhile is none of its excess.
      const { uid = '', resourceVersion = '' } = node.metadata ?? {}
      await r.client.delete(Nodes, { name: nameOf(node) }, { uid, resourceVersion, signal: r.signal })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }

  /** All at one moment: what has to be asked for comes first. */
  const look = async (r: Reconcile<NodeSet>, set: NodeSet): Promise<NodeSetFacts> => {
    const uid = set.metadata?.uid ?? ''
    const unknown = await settleUnanswered(r, uid)
    return {
      set,
      nodes: r.store(Nodes).by(byOwner, uid),
      offer: offerFor(r, set),
      room: roomOf(r, set),
      unknown,
      now: r.runtime.clock.now(),
    }
  }

  const writeStatus = async (r: Reconcile<NodeSet>, set: NodeSet, next: NodeSetStatus): Promise<Result> => {
    if (next === set.status) return undefined
    const { clock } = r.runtime
    const due = (writtenAt.get(r.key.name) ?? -Infinity) + numbersEveryMs - clock.monotonic()
    if (due > 0 && onlyNumbersDiffer(set.status, next)) return { after: due }
    writtenAt.set(r.key.name, clock.monotonic())
    await r.client.patch(
      NodeSets,
      r.key,
      { merge: { status: asJson(next) } },
      { subresource: 'status', on: { uid: set.metadata?.uid ?? '' }, signal: r.signal },
    )
    return undefined
  }

  return {
    async reconcile(r) {
      const set = r.object
      if (!set) {
        writtenAt.delete(r.key.name)
        return undefined
      }
      if (!isOurs(r, set)) return undefined
      const seen = await look(r, set)
      const status = await writeStatus(r, set, statusOf(seen, planNodeSet(seen)))
      const current = r.store(NodeSets).get(r.key)
      if (current?.metadata?.uid !== set.metadata?.uid || !current) return status
      // The write took its time, and Nodes have come and gone meanwhile: what is done is decided on what is known now.
      const facts = await look(r, current)
      const plan = planNodeSet(facts)
      if (plan.shortfall !== undefined && plan.create === 0)
        r.event('Warning', facts.offer.problem?.reason ?? 'LimitReached', plan.shortfall)
      await slowStart(plan.create, () => create(r, current, facts.offer))
      await Promise.all(plan.remove.map(node => remove(r, node)))
      if (plan.create > 0 || plan.remove.length > 0) {
        emit('scaled', { nodeSet: nameOf(set), created: plan.create, removed: plan.remove.length })
        r.event(
          'Normal',
          plan.create > 0 ? 'Creating' : 'Removing',
          `${plan.create > 0 ? `creates ${plan.create}` : `removes ${plan.remove.length}`} of its nodes`,
        )
      }
      return earliest(status, plan.afterMs)
    },
  }
}

/** Claims of the class that may still be made under its limit. */
const roomOf = (r: Reconcile<NodeSet>, set: NodeSet): number => {
  const limit = r.store(NodeClasses).get({ name: set.spec.nodeClassName })?.spec.limits?.nodes
  return limit === undefined ? Infinity : Math.max(0, limit - r.store(Nodes).by(byClaimClass, set.spec.nodeClassName).length)
}

const earliest = (result: Result, afterMs: number | undefined): Result => {
  if (afterMs === undefined) return result
  const other = result && typeof result.after === 'number' ? result.after : Infinity
  return { after: Math.min(other, afterMs) }
}

const asJson = (status: NodeSetStatus): Json => ({ ...status, conditions: status.conditions?.map(condition => ({ ...condition })) })
