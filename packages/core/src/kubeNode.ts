import { nameForController } from './api/index.ts'
import type { ClusterOptions } from './bootstrap/index.ts'
import { type LeaderElection, type Manager, type ManagerOptions, createManager } from './engine/index.ts'
import { type ProvidersOptions, createProviders } from './inventory/index.ts'
import { type InitializationOptions, type NodeController, nodeController } from './node/index.ts'
import { type NodeSetController, nodeSetController } from './nodeset/index.ts'
import type { Provider } from './provider/index.ts'
import type { Duration } from './runtime/index.ts'

export interface KubeNodeOptions extends Omit<ManagerOptions, 'leaderElection'>, ProvidersOptions, InitializationOptions {
  readonly providers: readonly Provider[]
  /** The `spec.controller` of the classes to serve. Default `kube-node.dev/controller`. */
  readonly controller?: string
  /** Where the lease and providers' durable entries are kept; it must exist. Default kube-node-system. */
  readonly namespace?: string
  /** What machines that join must know of the cluster, where ConfigMap kube-public/cluster-info does not tell it. */
  readonly join?: ClusterOptions
  /** Approve the certificate requests of the kubelets of our machines. Default true. */
  readonly certificates?: boolean
  /**
   * What to do about machines without a Node, Nodes without a machine, and tokens and sets that are left over. Default `delete`; `report`
   * deletes none of them, and tells of them: see NodeControllerOptions.
   */
  readonly garbage?: 'delete' | 'report'
  /** How often providers that can tell are asked whether machines are still what their classes say. Default 1h. */
  readonly driftCheck?: Duration
  /**
   * Default: on, in `namespace`, with a lease of each controller's own, so that a second copy that somebody starts waits
   * instead of acting beside the first. `false` is for a process that is certainly alone.
   */
  readonly leaderElection?: LeaderElection | false
}

/** A manager with kube-node's controllers in it. `add` takes more of them until it runs. */
export interface KubeNode extends Manager {
  /** For its events: `kubeNode.nodes.on('machineCreated', ...)`. */
  readonly nodes: NodeController
  readonly nodeSets: NodeSetController
}

/**
 * A cluster that manages its own nodes, in one line: `await createKubeNode({ cluster, providers: [ec2()] }).run({ signal })`.
 * It is a manager, a registry of providers and both controllers; compose these yourself where you need more.
 * @throws TypeError for two providers of one name, or one that was built for another contract.
 */
export const createKubeNode = (options: KubeNodeOptions): KubeNode => {
  const {
    providers: list,
    controller,
    namespace = 'kube-node-system',
    refresh,
    leaderElection,
    join,
    garbage,
    certificates,
    cloudControllerManager,
    driftCheck,
    ...managerOptions
  } = options
  const providers = createProviders(list, refresh === undefined ? {} : { refresh })
  const serving = { providers, ...(controller !== undefined && { controller }), ...(garbage && { garbage }) }
  const election = leaderElection ?? { namespace, name: leaseNameOf(controller) }
  const manager = createManager(election === false ? managerOptions : { ...managerOptions, leaderElection: election })
  const nodes = manager.add(
    nodeController({
      ...serving,
      namespace,
      ...(join && { join }),
      ...(certificates !== undefined && { certificates }),
      ...(cloudControllerManager !== undefined && { cloudControllerManager }),
      ...(driftCheck && { driftCheck }),
    }),
  )
  const nodeSets = manager.add(nodeSetController({ ...serving, namespace }))
  return { ...manager, nodes, nodeSets }
}

/** One lease for each name of a controller: those that serve different classes do not wait for each other. */
export const leaseNameOf = (controller?: string): string => nameForController('kube-node', controller)
