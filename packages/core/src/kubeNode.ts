import { type LeaderElection, type Manager, type ManagerOptions, createManager } from './engine/index.ts'
import { type ProvidersOptions, createProviders } from './inventory/index.ts'
import { type NodeController, nodeController } from './node/index.ts'
import { type NodeSetController, nodeSetController } from './nodeset/index.ts'
import type { Provider } from './provider/index.ts'

export interface KubeNodeOptions extends Omit<ManagerOptions, 'leaderElection'>, ProvidersOptions {
  readonly providers: readonly Provider[]
  /** The `spec.controller` of the classes to serve. Default `kube-node.dev/controller`. */
  readonly controller?: string
  /** Where the lease and providers' durable entries are kept; it must exist. Default kube-node-system. */
  readonly namespace?: string
  /**
   * Default: on, in `namespace`, so that a second copy that somebody starts waits instead of acting beside the first.
   * `false` is for a process that is certainly alone.
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
  const { providers: list, controller, namespace = 'kube-node-system', refresh, leaderElection = { namespace }, ...managerOptions } = options
  const providers = createProviders(list, refresh === undefined ? {} : { refresh })
  const serving = controller === undefined ? { providers } : { providers, controller }
  const manager = createManager(leaderElection === false ? managerOptions : { ...managerOptions, leaderElection })
  const nodes = manager.add(nodeController({ ...serving, namespace }))
  const nodeSets = manager.add(nodeSetController(serving))
  return { ...manager, nodes, nodeSets }
}
