import {
  type Node,
  type NodeSet,
  NodeClasses,
  NodeSets,
  Nodes,
  Pods,
  conditions,
  defaultController,
  findCondition,
  labels,
  nameOf,
} from '../api/index.ts'
import { classNameOf, hasJoined, isDeleting, leavesPlace, phaseOf, readyStatus } from '../claim/index.ts'
import {
  type Controller,
  type ControllerDefinition,
  type Emits,
  type ManagerContext,
  createEmitter,
  erase,
  watch,
} from '../engine/index.ts'
import type { Providers } from '../inventory/index.ts'
import { type GroupLife, groupSource, openGroupLife } from './group/index.ts'
import { importDefinition } from './import/index.ts'
import { bySetClass, controllerOwner, indexes } from './indexes.ts'
import { createRevisionKeeper } from './revisions/index.ts'
import { type SetKeeper, createSetKeeper } from './keeper.ts'
import { createStock } from './stock.ts'

export interface NodeSetControllerOptions {
  readonly providers: Providers
  /** The `spec.controller` of the classes to serve. Default `kube-node.dev/controller`. */
  readonly controller?: string
  /** Where the revisions of sets, as ControllerRevisions, and providers' durable entries are kept. Default kube-node-system. */
  readonly namespace?: string
  /** What to do about sets that were made for a group which is gone, and their Nodes. Default `delete`; `report` keeps them. */
  readonly garbage?: 'delete' | 'report'
  /** Sets at once. Default 10. */
  readonly workers?: number
}

/** What hosts can watch. */
export interface NodeSetEvents {
  scaled: { readonly nodeSet: string; readonly created: number; readonly removed: number }
}

export type NodeSetController = Controller & Emits<NodeSetEvents>

/** Keeps as many Nodes as a set asks for, each as the set says; each of them is a claim that NodeController serves. */
export const nodeSetController = (options: NodeSetControllerOptions): NodeSetController => {
  const events = createEmitter<NodeSetEvents>(() => {})
  let keeper: SetKeeper | undefined
  let groups: GroupLife | undefined
  const definition: ControllerDefinition<NodeSet> = {
    name: 'nodeset',
    for: NodeSets,
    workers: options.workers ?? 10,
    reads: [NodeClasses, Pods],
    indexes,
    watches: [
      // Kubelets beat every few seconds; only what a plan could depend on wakes the set.
      watch(Nodes, (node, old, { store }) => {
        // One that nobody owns may be one to adopt; and a group that outlives its set has Nodes that the set does not own.
        const name = controllerOwner(node)?.name ?? node.metadata?.labels?.[labels.nodeset]
        if (name === undefined) return []
        const gone = !store(Nodes).get({ name: nameOf(node) })
        return gone || !old || digest(node) !== digest(old) ? [{ name }] : []
      }),
      // A claim that is gone, or is turned away, may leave its place under the class's limit to a set that lacks one.
      watch(Nodes, (node, old, { store }) => {
        const className = classNameOf(node)
        const limited = className !== undefined && store(NodeClasses).get({ name: className })?.spec.limits?.nodes !== undefined
        if (!limited || !leavesPlace(node, old, store(Nodes))) return []
        return store(NodeSets)
          .by(bySetClass, className)
          .map(set => ({ name: nameOf(set) }))
      }),
      watch(NodeClasses, (nodeClass, _old, { store }) =>
        store(NodeSets)
          .by(bySetClass, nameOf(nodeClass))
          .map(set => ({ name: nameOf(set) })),
      ),
    ],
    sources: [groupSource(() => groups)],
    reconcile: async r => keeper?.reconcile(r),
  }
  const start = async (context: ManagerContext): Promise<AsyncDisposable> => {
    const { providers, controller = defaultController } = options
    const stock = createStock(context.runtime.clock)
    const revisions = createRevisionKeeper(options.namespace ?? 'kube-node-system')
    groups = await openGroupLife(context, { ...options, providers, controller })
    keeper = createSetKeeper({ providers, controller, stock, revisions, groups, onScaled: change => events.emit('scaled', change) })
    return {
      [Symbol.asyncDispose]: async () => {
        const session = groups?.session
        keeper = groups = undefined
        await session?.[Symbol.asyncDispose]()
      },
    }
  }
  return { name: 'nodesets', parts: [erase(definition), erase(importDefinition(() => groups))], start, on: events.on }
}

const digest = (node: Node): string =>
  [
    controllerOwner(node)?.uid,
    isDeleting(node),
    hasJoined(node),
    readyStatus(node),
    phaseOf(node),
    node.metadata?.labels?.[labels.revision],
    node.spec?.taints?.map(taint => taint.key).join(' '),
    JSON.stringify(node.metadata?.annotations),
    // Conditions that a set's repair may name: whose they are is not ours to know. Their heartbeats are no news.
    node.status?.conditions?.map(({ type, status }) => `${type}=${status}`).join(' '),
    findCondition(node.status?.conditions, conditions.machineProvisioned)?.reason,
    findCondition(node.status?.conditions, conditions.drifted)?.message,
  ].join('|')
