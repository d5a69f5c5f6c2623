import { createKubeNode } from '@kube-node/core'
import { Events, type Node, NodeClasses, Nodes, labels } from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import { describe, expect, it } from 'vitest'
import { type TestCluster, createTestCluster } from './index.ts'

interface Stage extends AsyncDisposable {
  readonly cluster: TestCluster
  /** How often steps were begun, and how often they were told to end. */
  readonly steps: { begun: number; ended: number }
  node(): Promise<Node | undefined>
}

/** A claim whose machine runs, and on which the provider's steps never come to an end, whatever their signal says. */
const createStage = async (timeouts: object = {}): Promise<Stage> => {
  const cluster = await createTestCluster()
  const { runtime, cloud, server } = cluster
  const steps = { begun: 0, ended: 0 }
  cloud.faults.joinFails(10)
  const provider = cloud.provider({
    configure: (_machine, _steps, { signal }) => {
      steps.begun += 1
      signal.addEventListener('abort', () => (steps.ended += 1))
      return new Promise(() => {})
    },
  })
  cluster.start(
    createKubeNode({
      cluster: cluster.transport(),
      runtime,
      log: () => {},
      providers: [provider],
      join: { server: 'https://10.0.0.1:6443', ca: server.certificateAuthority() },
    }),
  )
  await cluster.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: { provider: 'simulated', config: { region: 'r1' }, bootstrap: { type: 'kubelet' }, timeouts },
  })
  await cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'small' } } })
  await cluster.until('steps are done on its machine', () => steps.begun === 1)
  const node = async (): Promise<Node | undefined> => cluster.client.get(Nodes, { name: 'a' })
  return { cluster, steps, node, [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose]() }
}

describe('steps that hang on a machine', () => {
  it('are given up when its Node is deleted, which goes with its machine', async () => {
    await using stage = await createStage()
    const { cluster, steps, node } = stage
    await cluster.lasting(cluster.client.delete(Nodes, { name: 'a' }, { uid: (await node())?.metadata?.uid ?? '' }))
    await cluster.until('a is gone', async () => (await node()) === undefined, 60_000)
    expect(steps).toEqual({ begun: 1, ended: 1 })
    expect(cluster.cloud.machines().every(({ state }) => state === 'gone')).toBe(true)
  })

  it('are given up when their time and that to join are over, and another machine is made', async () => {
    await using stage = await createStage({ provision: '30s', join: '30s' })
    const { cluster, steps } = stage
    await cluster.until('steps are done on another one', () => steps.begun === 2, 120_000)
    expect(steps.ended).toBe(1)
    const [first, second, ...others] = cluster.cloud.machines()
    expect([first?.state, second?.state, others]).toEqual(['gone', 'running', []])
    const said = (await cluster.lasting(listAll(cluster.client, Events))).map(({ message }) => message)
    expect(said).toContainEqual(expect.stringMatching(/given up, as it was not done within \d+ s \(spec.timeouts of the class\)$/))
  })
})
