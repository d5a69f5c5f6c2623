import { createKubeNode } from '@kube-node/core'
import {
  type Condition,
  type Node,
  type NodeClass,
  NodeClasses,
  type NodeSet,
  NodeSets,
  Nodes,
  type Pod,
  Pods,
  annotations,
  findCondition,
  labels,
  nameOf,
} from '@kube-node/core/api'
import { type SimulatedGroupProviderOptions, type SimulatedMachine, simulatedNodeLifecycle } from '../cloud/index.ts'
import { type Mortal, type Running, type TestCluster, type TestClusterOptions, createTestCluster } from './index.ts'

const api = 'kube-node.dev/v1alpha1'

/** The class of all these stories: its config may say more. */
export const pool = (config: Readonly<Record<string, unknown>> = {}): NodeClass => ({
  apiVersion: api,
  kind: 'NodeClass',
  metadata: { name: 'pool' },
  spec: { provider: 'simulated-groups', config: { region: 'r1', ...config } },
})

export const workers = (spec: Partial<NodeSet['spec']> = {}): NodeSet => ({
  apiVersion: api,
  kind: 'NodeSet',
  metadata: { name: 'workers' },
  spec: { nodeClassName: 'pool', ...spec },
})

export interface GroupStage extends TestCluster {
  /** Starts a manager with both controllers; it is ended with the stage. One that is mortal dies as it was told. */
  manager(life?: Mortal): Running
  /** As kubectl would show it. */
  set(): Promise<NodeSet | undefined>
  condition(type: string): Promise<Condition | undefined>
  nodes(): Promise<readonly Node[]>
  /** Nodes that are the set's, by name. */
  members(): Promise<readonly Node[]>
  running(): Promise<readonly Node[]>
  /** The only group, as it truly is. */
  readonly group: string
  alive(): readonly SimulatedMachine[]
  patch(spec: Partial<NodeSet['spec']>): Promise<NodeSet>
  remove(node: Node | undefined): Promise<void>
  removeSet(propagation?: 'Background' | 'Foreground' | 'Orphan'): Promise<void>
  /** Runs on that node, and is of no DaemonSet. */
  pod(name: string, node: Node | undefined, more?: Partial<Pod['metadata']>): Promise<void>
  nodeOf(machine: SimulatedMachine | undefined): Promise<Node | undefined>
}

export interface StageOptions extends TestClusterOptions {
  readonly provider?: SimulatedGroupProviderOptions
  readonly config?: Readonly<Record<string, unknown>>
}

export const createGroupStage = async ({ provider, config, ...options }: StageOptions = {}): Promise<GroupStage> => {
  const cluster = await createTestCluster(options)
  await cluster.create(NodeClasses, pool(config))
  const { client, cloud, server, runtime } = cluster
  // A machine that is gone is told from one that a list forgot by its kubelet's silence.
  const lifecycle = simulatedNodeLifecycle({ transport: server.transport(), runtime })
  cluster.start({ run: ({ signal }) => lifecycle.run(signal) })

  const set = (): Promise<NodeSet | undefined> => cluster.lasting(client.get(NodeSets, { name: 'workers' }))
  const nodes = async (): Promise<readonly Node[]> => {
    const all: Node[] = []
    for await (const page of client.pages(Nodes)) all.push(...page)
    return all
  }
  const members = async (): Promise<readonly Node[]> =>
    (await nodes())
      .filter(({ metadata }) => metadata?.labels?.[labels.nodeset] === 'workers')
      .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))

  return {
    ...cluster,
    set,
    nodes,
    members,
    manager(life) {
      const [way, groups] = [cluster.transport(), cloud.groupProvider(provider)]
      const kubeNode = createKubeNode({
        cluster: life ? life.transport(way) : way,
        runtime: life ? life.runtime(runtime) : runtime,
        log: () => {},
        providers: [life ? life.groups(groups) : groups, cloud.provider()],
      })
      return cluster.start(kubeNode, life)
    },
    condition: async type => findCondition((await set())?.status?.conditions, type),
    running: async () => (await members()).filter(({ metadata }) => metadata?.annotations?.[annotations.phase] === 'Running'),
    get group() {
      const [group] = cloud.groups.list()
      if (!group) throw new Error('there is no group')
      return group.id
    },
    alive: () => cloud.groups.list().flatMap(({ id }) => cloud.groups.members(id).filter(({ state }) => state !== 'stopping')),
    patch: spec => cluster.lasting(client.patch(NodeSets, { name: 'workers' }, { merge: { spec: JSON.parse(JSON.stringify(spec)) } })),
    async remove(node) {
      if (!node) throw new Error('there is no such node')
      await cluster.lasting(client.delete(Nodes, { name: nameOf(node) }, { uid: node.metadata?.uid ?? '' }))
    },
    async removeSet(propagation = 'Background') {
      const uid = (await set())?.metadata?.uid ?? ''
      await cluster.lasting(client.delete(NodeSets, { name: 'workers' }, { uid, propagation }))
    },
    async pod(name, node, more = {}) {
      const metadata = { namespace: 'default', name, ...more }
      const spec = { nodeName: node ? nameOf(node) : '', containers: [{ name: 'main', image: 'i' }] }
      await cluster.create(Pods, { apiVersion: 'v1', kind: 'Pod', metadata, spec })
    },
    nodeOf: async machine => (await nodes()).find(({ spec }) => spec?.providerID?.endsWith(`/${machine?.id ?? ''}`) === true),
  }
}
