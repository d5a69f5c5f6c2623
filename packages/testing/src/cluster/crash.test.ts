import { createKubeNode } from '@kube-node/core'
import { type Node, type NodeClass, NodeClasses, Nodes, annotations, labels } from '@kube-node/core/api'
import { describe, expect, it } from 'vitest'
import type { SimulatedProviderOptions } from '../cloud/index.ts'
import { type DeathSentence, type Mortal, type TestCluster, createTestCluster, mortal } from './index.ts'

const small: NodeClass = { apiVersion: 'kube-node.dev/v1alpha1', kind: 'NodeClass', metadata: { name: 'small' }, spec: { provider: 'simulated', config: { region: 'r1' } } }
const claim: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'small' } } }

type Idempotency = NonNullable<SimulatedProviderOptions['idempotency']>

const begin = (cluster: TestCluster, life: Mortal, idempotency: Idempotency): void => {
  const manager = createKubeNode({
    cluster: life.transport(cluster.transport()),
    runtime: cluster.runtime,
    log: () => {},
    providers: [life.provider(cluster.cloud.provider({ idempotency }))],
    leaderElection: { namespace: 'kube-system' },
  })
  cluster.start(manager, life)
}

const node = (cluster: TestCluster): Promise<Node | undefined> => cluster.client.get(Nodes, { name: 'a' })
const alive = (cluster: TestCluster): number => cluster.cloud.machines().filter(machine => machine.state !== 'gone').length

/** A claim from its creation to its end, with a controller that dies once, and another one that takes over. */
const liveAndDie = async (sentence: DeathSentence | undefined, idempotency: Idempotency): Promise<{ calls: number; most: number; left: number; made: number }> => {
  await using cluster = await createTestCluster()
  let most = 0
  cluster.cloud.on('starting', () => {
    most = Math.max(most, alive(cluster))
  })
  const first = mortal(sentence)
  begin(cluster, first, idempotency)
  let successor: Mortal | undefined
  const succeed = <T>(condition: () => Promise<T>) => (): Promise<T> => {
    if (first.dead && !successor) begin(cluster, (successor = mortal()), idempotency)
    return condition()
  }
  await cluster.create(NodeClasses, small)
  const born = await cluster.create(Nodes, claim)
  await cluster.until('a runs', succeed(async () => (await node(cluster))?.metadata?.annotations?.[annotations.phase] === 'Running'), 900_000)
  await cluster.lasting(cluster.client.delete(Nodes, { name: 'a' }, { uid: born.metadata?.uid ?? '' }))
  await cluster.until('a is gone', succeed(async () => (await node(cluster)) === undefined), 900_000)
  const left = alive(cluster)
  return { calls: first.calls, most, left, made: cluster.cloud.machines().length }
}

describe.each(['token', 'unique-name', 'lookup'] as const)('a controller that is killed at any call (%s)', idempotency => {
  it('never makes a second machine and leaves none behind', async () => {
    const whole = await liveAndDie(undefined, idempotency)
    expect(whole).toMatchObject({ most: 1, left: 0, made: 1 })
    for (let at = 1; at <= whole.calls; at++) {
      for (const when of ['before', 'after'] as const) {
        const outcome = await liveAndDie({ at, when }, idempotency)
        expect(outcome, `killed ${when} call ${at} of ${whole.calls}`).toMatchObject({ most: 1, left: 0 })
      }
    }
  }, 120_000)
})
