import { type KubeNode, createKubeNode } from '../../packages/core/src/index.ts'
import { type Node, type NodeClass, NodeClasses, type NodeSet, NodeSets, Nodes, annotations } from '../../packages/core/src/api/index.ts'
import { type Mortal, type Running, type TestCluster, createTestCluster, mortal } from '../../packages/testing/src/cluster/index.ts'
import { type RolloutWatch, watchRollout } from './watch.ts'

const api = 'kube-node.dev/v1alpha1'

/** A cluster with one class and one set, and the hands of those who work on it. */
export interface Stage extends AsyncDisposable {
  readonly cluster: TestCluster
  readonly watch: RolloutWatch
  /** All nodes of the set run, and the story begins. */
  begin(spec: Partial<NodeSet['spec']>): Promise<void>
  /** Null takes a key out. */
  editClass(config: Readonly<Record<string, string | null>>): Promise<void>
  editSet(spec: Partial<NodeSet['spec']>): Promise<void>
  set(): Promise<NodeSet>
  nodes(): Promise<readonly Node[]>
  /** The set says that it is what it was asked to be, of its newest spec and class. */
  complete(withinMs?: number): Promise<void>
  /** As by kill -9, and another one starts. */
  crash(): Promise<void>
}

export const createStage = async (): Promise<Stage> => {
  const cluster = await createTestCluster({ cloud: { bootTime: ['20s', '60s'], stopTime: '5s' } })
  let life: Mortal = mortal()
  const start = (): Running => {
    const kubeNode: KubeNode = createKubeNode({
      cluster: life.transport(cluster.transport()),
      runtime: life.runtime(cluster.runtime),
      log: () => {},
      providers: [life.provider(cluster.cloud.provider())],
      driftCheck: '5m',
    })
    return cluster.start(kubeNode, life)
  }
  start()
  const small: NodeClass = { apiVersion: api, kind: 'NodeClass', metadata: { name: 'small' }, spec: { provider: 'simulated' } }
  await cluster.create(NodeClasses, small)
  const watch = watchRollout(cluster)
  const { client, lasting } = cluster

  const set = async (): Promise<NodeSet> => {
    const found = await lasting(client.get(NodeSets, { name: 'workers' }))
    if (!found) throw new Error('there is no set')
    return found
  }
  const nodes = async (): Promise<readonly Node[]> => {
    const all: Node[] = []
    for await (const page of client.pages(Nodes)) all.push(...page)
    return all
  }
  const complete = async (withinMs = 3_600_000): Promise<void> => {
    await cluster.until(
      'the set is as it should be',
      async () => {
        const { status, metadata, spec } = await client
          .get(NodeSets, { name: 'workers' })
          .then(found => found ?? { status: undefined, metadata: undefined, spec: undefined })
        const progressing = status?.conditions?.find(({ type }) => type === 'Progressing')
        return (
          progressing?.reason === 'Complete' &&
          status?.observedGeneration === metadata?.generation &&
          status?.updatedReplicas === (spec?.replicas ?? 1) &&
          (await nodes()).every(node => node.metadata?.annotations?.[annotations.phase] === 'Running')
        )
      },
      withinMs,
    )
  }

  return {
    cluster,
    watch,
    set,
    nodes,
    complete,
    async begin(spec) {
      await cluster.create(NodeSets, {
        apiVersion: api,
        kind: 'NodeSet',
        metadata: { name: 'workers' },
        spec: { nodeClassName: 'small', ...spec },
      })
      await complete()
      watch.begin()
    },
    async editClass(config) {
      watch.note(
        `the class changes: ${Object.entries(config)
          .map(([key, value]) => (value === null ? `no ${key}` : `${key} is ${value}`))
          .join(', ')}`,
      )
      await lasting(client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { config } } }))
    },
    async editSet(spec) {
      watch.note(
        Object.entries(spec)
          .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
          .join(', '),
      )
      // A spec of a NodeSet is JSON.
      await lasting(client.patch(NodeSets, { name: 'workers' }, { merge: { spec: spec as never } }))
    },
    async crash() {
      watch.note('the controller is killed, and another one starts')
      life.kill()
      life = mortal()
      start()
    },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  }
}
