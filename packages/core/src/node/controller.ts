import {
  type Node,
  type NodeClass,
  NodeClasses,
  Namespaces,
  NodeSets,
  Nodes,
  Pods,
  VolumeAttachments,
  defaultController,
  nameOf,
} from '../api/index.ts'
import type { ClusterOptions } from '../bootstrap/index.ts'
import { claimOf, classNameOf, isClaim, isDeleting, leavesPlace } from '../claim/index.ts'
import {
  type Controller,
  type ControllerDefinition,
  type Emits,
  type ManagerContext,
  createEmitter,
  erase,
  watch,
} from '../engine/index.ts'
import { certificatePart } from '../identity/index.ts'
import { type Providers, shareSession } from '../inventory/index.ts'
import type { Key, Store } from '../kube/index.ts'
import { type Duration, durationMs, errorText } from '../runtime/index.ts'
import { approverOf } from './approver.ts'
import { createClassKeeper } from './classStatus.ts'
import { createConnectionMemory } from './connections/index.ts'
import { createCensus } from './drain/index.ts'
import { driftSource } from './drift.ts'
import { createFlights } from './flights.ts'
import { createFreeze, freezeSource } from './freeze/index.ts'
import { createSeats } from './seats.ts'
import { byClaim, byClass, bySet, indexes } from './indexes.ts'
import type { InitializationOptions } from './initialization.ts'
import { interruptionSource } from './interruptions.ts'
import { createInputsReader } from './inputs.ts'
import type { Life, NodeEvents } from './life.ts'
import { createKeptLosses } from './keptLosses.ts'
import { createLossJudge } from './lossJudge.ts'
import { orphanSource } from './orphans.ts'
import { reconcileNode } from './reconcileNode.ts'
import { inputsSource, inventorySource, secretSource } from './sources.ts'
import { strayTokenSource } from './strayTokens.ts'

export interface NodeControllerOptions extends InitializationOptions {
  readonly providers: Providers
  /** The `spec.controller` of the classes to serve. Default `kube-node.dev/controller`. */
  readonly controller?: string
  /** What machines that join must know of the cluster, where ConfigMap kube-public/cluster-info does not tell it. */
  readonly join?: ClusterOptions
  /** Approve the certificate requests of the kubelets of our machines. Default true; false where something else does. */
  readonly certificates?: boolean
  /** Where the revisions of sets and providers' durable entries are kept. Default kube-node-system. */
  readonly namespace?: string
  /** Claims at once. Default 100: most of them wait for a provider, whose own limit is its definition's. */
  readonly workers?: number
  /**
   * What to do about what has lost its other half: machines of ours that no Node stands for, Nodes whose machine is lost, and bootstrap
   * tokens that nobody waits for. Default `delete`; `report` deletes none of them, and tells of them in the log, in the metrics
   * kube_node_orphans, kube_node_machines_missing and kube_node_stray_tokens, and in events of the classes and Nodes. What belongs to the
   * life of a claim goes on: a Node that somebody deletes takes its machine along, and a machine that did not join in time is replaced.
   */
  readonly garbage?: 'delete' | 'report'
  /** How often machines without a claim are looked for. Default 30s. */
  readonly orphanCheck?: Duration
  /** How often bootstrap tokens that nobody waits for any more are looked for. Default 1m. */
  readonly tokenCheck?: Duration
  /** How often providers that can tell are asked whether machines are still what their classes say. Default 1h. */
  readonly driftCheck?: Duration
}

export type NodeController = Controller & Emits<NodeEvents>

/** Makes a machine for every Node that claims a class, and deletes it with the Node. Keeps the classes' status too. */
export const nodeController = (options: NodeControllerOptions): NodeController => {
  const classes = createClassKeeper()
  let life: Life | undefined
  const events = createEmitter<NodeEvents>((error, event) =>
    life?.context.log('error', 'a listener threw', { event, error: errorText(error) }),
  )

  const nodes: ControllerDefinition<Node> = {
    name: 'node',
    for: Nodes,
    workers: options.workers ?? 100,
    indexes,
    watches: [
      watch(NodeClasses, (nodeClass, _old, { store }) =>
        store(Nodes)
          .by(byClass, nameOf(nodeClass))
          .map(node => ({ name: nameOf(node) })),
      ),
      // A set's status changes all the time, and is none of its nodes' business.
      watch(NodeSets, (set, old, { store }) =>
        old?.metadata?.generation === set.metadata?.generation
          ? []
          : store(Nodes)
              .by(bySet, nameOf(set))
              .map(node => ({ name: nameOf(node) })),
      ),
      watch(Pods, (pod, _old, { store }) => leaving(store(Nodes), pod.spec?.nodeName)),
      watch(VolumeAttachments, (attachment, _old, { store }) => leaving(store(Nodes), attachment.spec?.nodeName)),
      watch(Nodes, (node, _old, { store }) => (life ? kinOf(life, node, store(Nodes)) : [])),
      // A claim that is gone, or is turned away, may leave its place under the class's limit to one that waits.
      watch(Nodes, (node, old, { store }) => {
        const className = classNameOf(node)
        const limited = className !== undefined && store(NodeClasses).get({ name: className })?.spec.limits?.nodes !== undefined
        if (!limited || !leavesPlace(node, old, store(Nodes))) return []
        return store(Nodes)
          .by(byClass, className)
          .map(other => ({ name: nameOf(other) }))
      }),
    ],
    sources: [
      inventorySource(() => life),
      secretSource(() => life),
      inputsSource(() => life),
      orphanSource(() => life, durationMs(options.orphanCheck ?? '30s')),
      strayTokenSource(() => life, durationMs(options.tokenCheck ?? '1m')),
      interruptionSource(() => life),
      driftSource(() => life, durationMs(options.driftCheck ?? '1h')),
    ],
    reconcile: r => (life ? reconcileNode(life, r) : Promise.resolve(undefined)),
  }

  const nodeClasses: ControllerDefinition<NodeClass> = {
    name: 'nodeclass',
    for: NodeClasses,
    sources: [freezeSource(() => life)],
    watches: [
      // Only who comes, goes or changes class: kubelets' heartbeats are none of a class's business.
      watch(Nodes, (node, old, { store }) => {
        const names = new Set([classNameOf(node), old && classNameOf(old)])
        const stays =
          old !== undefined &&
          names.size === 1 &&
          isDeleting(node) === isDeleting(old) &&
          store(Nodes).get({ name: nameOf(node) }) !== undefined
        return stays ? [] : [...names].flatMap(name => (name === undefined ? [] : [{ name }]))
      }),
    ],
    reconcile: r => (life ? classes.reconcile(life, r) : Promise.resolve(undefined)),
  }

  const start = async (context: ManagerContext): Promise<AsyncDisposable> => {
    const system = await context.client.get(Namespaces, { name: 'kube-system' }, context.signal)
    const cluster = system?.metadata?.uid
    if (cluster === undefined) throw new Error('this cluster has no namespace kube-system, whose UID names it on every machine')
    const namespace = options.namespace ?? 'kube-node-system'
    const controller = options.controller ?? defaultController
    const freeze = createFreeze(context, namespace, controller)
    // Before anything is decided: an earlier leader may have seen what this one has not.
    await freeze.look()
    const session = shareSession({ providers: options.providers, context, cluster, namespace })
    const inherited = new Set(context.store(Nodes).list().map(claimOf))
    const regressions = context.onRegression(({ version }) => {
      freeze.impose({ kind: 'version', version })
      life?.flights.disown()
      life?.connections.sendings.disown()
    })
    life = {
      context,
      session,
      cluster,
      events,
      freeze,
      namespace,
      contents: new Map(),
      providers: options.providers,
      controller,
      garbage: options.garbage ?? 'delete',
      approves: options.certificates !== false,
      cloudControllerManager: options.cloudControllerManager ?? false,
      flights: createFlights(context.runtime, inherited),
      seats: createSeats(),
      census: createCensus(context),
      connections: createConnectionMemory(context),
      inputs: createInputsReader(context, cluster, options.join ?? {}),
      losses: createKeptLosses(context.metrics),
      lossJudge: createLossJudge(context.runtime.clock),
    }
    return {
      [Symbol.asyncDispose]: async () => {
        life?.losses[Symbol.dispose]()
        life = undefined
        regressions[Symbol.dispose]()
        await session[Symbol.asyncDispose]()
      },
    }
  }

  return {
    name: 'nodes',
    parts: [erase(nodes), erase(nodeClasses), ...(options.certificates === false ? [] : [certificatePart(() => life && approverOf(life))])],
    start,
    on: events.on,
  }
}

/**
 * The keys of those who look at this Node: a claim and the Node that takes it over look at each other, and a kubelet that registers
 * may be the one that a claim waits for.
 */
const kinOf = ({ session }: Life, node: Node, nodes: Store<Node>): readonly Key[] => {
  const name = nameOf(node)
  const claims = nodes.by(byClaim, claimOf(node)).map(nameOf)
  // A claim's own kubelet writes all the time, and nobody waits for it.
  const connections = isClaim(node) ? [] : session.connections
  const waiting = connections.flatMap(({ inventory }) => inventory.named(name).map(({ owner }) => owner?.nodeName ?? name))
  return [...claims, ...waiting].filter(other => other !== name).map(other => ({ name: other }))
}

/** Its key, when it is on its way out: only then what is on it concerns us. */
const leaving = (nodes: Store<Node>, name: string | undefined): readonly Key[] => {
  const node = name === undefined ? undefined : nodes.get({ name })
  return node && isDeleting(node) ? [{ name: nameOf(node) }] : []
}
