import { createKubeNode, readHistory } from '@kube-node/core'
import {
  type ControllerRevision,
  ControllerRevisions,
  type Node,
  type NodeSet,
  NodeClasses,
  NodeSets,
  Nodes,
  labels,
} from '@kube-node/core/api'
import { type Json, listAll } from '@kube-node/core/kube'
import { systemRuntime } from '@kube-node/core/runtime'
import { type TestCluster, testCluster } from './cluster.fixture.ts'

/** A cluster with a controller and machines that boot at once. */
export interface RolloutCluster extends TestCluster {
  /** Makes a set of the class and waits until it is complete. */
  make(name: string, spec?: Partial<NodeSet['spec']>): Promise<NodeSet>
  set(name?: string): Promise<NodeSet>
  /** A merge patch over the class's config. */
  editClass(config: Json, name?: string): Promise<unknown>
  editSet(spec: Json, name?: string): Promise<NodeSet>
  /** Waits until the newest rollout has ended; its exit code. */
  rolledOut(name?: string): Promise<number>
  /** Live nodes of a set. */
  nodes(name?: string): Promise<readonly Node[]>
  /** Of each revision that is kept, the oldest first: its number and the image that its first class had. */
  kept(name?: string): Promise<readonly (readonly [number, unknown])[]>
  /** Revisions that nodes have had since it was cleared. */
  readonly seen: Set<string>
  /** Looks after each write to the cluster, until it is so. */
  until(isSo: () => Promise<boolean>): Promise<void>
  /** The image of a class, as it is now. */
  image(name?: string): Promise<unknown>
}

export const rolloutCluster = async (): Promise<RolloutCluster> => {
  const { simulatedCloud, simulatedKubelets } = await import('@kube-node/testing/cloud')
  const cluster = await testCluster()
  const runtime = systemRuntime()
  const cloud = simulatedCloud({ runtime, bootTime: '20ms', stopTime: '10ms' })
  const kubelets = simulatedKubelets({ cloud, transport: cluster.server.transport(), runtime, joinDelay: '10ms' })
  const kubeNode = createKubeNode({
    cluster: cluster.server.transport(),
    providers: [cloud.provider()],
    refresh: { active: '50ms', idle: '1s' },
    leaderElection: false,
    runtime,
    log: () => {},
  })
  // It is alone, and stands for no election; commands look for its Lease.
  await cluster.lease()
  const stopping = new AbortController()
  const running = Promise.all([kubeNode.run({ signal: stopping.signal }), kubelets.run(stopping.signal)])
  const { client } = cluster

  const seen = new Set<string>()
  const waiting = new Set<() => void>()
  cluster.server.onRequest(({ verb, resource }) => {
    if (['get', 'list', 'watch'].includes(verb)) return
    for (const wake of waiting) wake()
    if (verb !== 'create' || resource !== 'nodes') return
    // Border: what the server stores of this kind.
    for (const { metadata } of cluster.server.store.list(Nodes) as unknown as readonly Node[])
      seen.add(metadata?.labels?.[labels.revision] ?? '')
  })

  const set: RolloutCluster['set'] = async (name = 'workers') => {
    const found = await client.get(NodeSets, { name })
    if (!found) throw new Error(`there is no set ${name}`)
    return found
  }
  const rolledOut: RolloutCluster['rolledOut'] = async (name = 'workers') =>
    (await cluster.outcome('rollout', 'status', `nodeset/${name}`, '--timeout', '20s')).code
  return {
    ...cluster,
    set,
    rolledOut,
    seen,
    async until(isSo) {
      for (;;) {
        const changed = new Promise<void>(resolve => waiting.add(resolve))
        if (await isSo()) return
        await changed
      }
    },
    image: async (name = 'small') => (await client.get(NodeClasses, { name }))?.spec.config?.['image'],
    async make(name, spec = {}) {
      const metadata = { name }
      await client.create(NodeSets, {
        apiVersion: 'kube-node.dev/v1alpha1',
        kind: 'NodeSet',
        metadata,
        spec: { replicas: 2, nodeClassName: 'small', strategy: { rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } }, ...spec },
      })
      const code = await rolledOut(name)
      if (code !== 0) throw new Error(`the set ${name} did not come up`)
      return set(name)
    },
    editClass: (config, name = 'small') => client.patch(NodeClasses, { name }, { merge: { spec: { config } } }),
    editSet: (spec, name = 'workers') => client.patch(NodeSets, { name }, { merge: { spec } }),
    nodes: async (name = 'workers') =>
      (await listAll(client, Nodes, { labels: `${labels.nodeset}=${name}` })).filter(
        node => node.metadata?.deletionTimestamp === undefined,
      ),
    async kept(name = 'workers') {
      const namespace = 'kube-node-system'
      const all: readonly ControllerRevision[] = await listAll(client, ControllerRevisions, {
        namespace,
        labels: `${labels.nodeset}=${name}`,
      })
      const owner = await set(name)
      return readHistory(owner, all).map(({ number, content }) => [number, content.classes[0]?.config?.['image']] as const)
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
      await cloud[Symbol.asyncDispose]()
      await cluster[Symbol.asyncDispose]()
    },
  }
}
