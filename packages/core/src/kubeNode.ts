import { type Manager, type ManagerOptions, createManager } from './engine/index.ts'
import { type ProvidersOptions, createProviders } from './inventory/index.ts'
import { type NodeController, nodeController } from './node/index.ts'
import { type NodeSetController, nodeSetController } from './nodeset/index.ts'
import type { Provider } from './provider/index.ts'

export interface KubeNodeOptions extends ManagerOptions, ProvidersOptions {
  readonly providers: readonly Provider[]
  /** The `spec.controller` of the classes to serve. Default `kube-node.dev/controller`. */
  readonly controller?: string
  /** Where providers' durable entries are kept. Default kube-node-system. */
  readonly namespace?: string
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
  const { providers: list, controller, namespace, refresh, ...managerOptions } = options
  const providers = createProviders(list, refresh === undefined ? {} : { refresh })
  const serving = controller === undefined ? { providers } : { providers, controller }
  const manager = createManager(managerOptions)
  const nodes = manager.add(nodeController(namespace === undefined ? serving : { ...serving, namespace }))
  const nodeSets = manager.add(nodeSetController(serving))
  return { ...manager, nodes, nodeSets }
}
