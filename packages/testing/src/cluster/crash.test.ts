import { createManager, createProviders, nodeController } from '@kube-node/core'
import { type Node, type NodeClass, NodeClasses, Nodes, annotations, labels } from '@kube-node/core/api'
import { describe, expect, it } from 'vitest'
import type { SimulatedProviderOptions } from '../cloud/index.ts'
import { type DeathSentence, type Mortal, type TestCluster, createTestCluster, mortal } from './index.ts'

const small: NodeClass = {
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeClass',
  metadata: { name: 'small' },
  spec: { provider: 'simulated', config: { region: 'r1' } },
}
const claim: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'small' } } }

type Idempotency = NonNullable<SimulatedProviderOptions['idempotency']>

/** No orphan is looked for: what the claims themselves leave behind must show. */
const begin = (cluster: TestCluster, life: Mortal, idempotency: Idempotency): void => {
  const providers = createProviders([life.provider(cluster.cloud.provider({ idempotency }))])
  const manager = createManager({
    cluster: life.transport(cluster.transport()),
    runtime: life.runtime(cluster.runtime),
    log: () => {},
    leaderElection: { namespace: 'kube-system' },
  })
  manager.add(nodeController({ providers, orphanCheck: '1000h' }))
  cluster.start(manager, life)
}

const node = (cluster: TestCluster): Promise<Node | undefined> => cluster.client.get(Nodes, { name: 'a' })
const alive = (cluster: TestCluster): number => cluster.cloud.machines().filter(machine => machine.state !== 'gone').length

interface Outcome {
  readonly calls: number
  /** The most machines that lived at one time. */
  readonly most: number
  readonly left: number
}

interface Story {
  readonly idempotency: Idempotency
  readonly sentence?: DeathSentence['when']
  readonly at?: number
  /** Somebody deletes the claim in the moment of the death, and not after it has run. */
  readonly impatient?: boolean
}

const latenessMs = 30_000

/** A claim from its creation to its end, with a controller that dies once, and another one that takes over. */
const liveAndDie = async ({ idempotency, sentence, at = 0, impatient = false }: Story): Promise<Outcome> => {
  await using cluster = await createTestCluster({ cloud: { listDelay: '3s', latency: ['50ms', '800ms'] } })
  let most = 0
  cluster.cloud.on('starting', () => {
    most = Math.max(most, alive(cluster))
  })
  const first = mortal(sentence && { at, when: sentence, lateness: () => cluster.runtime.clock.sleep(latenessMs) })
  begin(cluster, first, idempotency)
  await cluster.create(NodeClasses, small)
  const born = await cluster.create(Nodes, claim)
  const remove = (): Promise<unknown> => cluster.lasting(cluster.client.delete(Nodes, { name: 'a' }, { uid: born.metadata?.uid ?? '' }))
  const runs = async (): Promise<boolean> => (await node(cluster))?.metadata?.annotations?.[annotations.phase] === 'Running'

  await cluster.until('a runs, or its controller dies', async () => first.dead || (await runs()), patienceMs)
  if (!first.dead || impatient) await remove()
  if (!first.dead)
    await cluster.until('a is gone, or its controller dies', async () => first.dead || (await node(cluster)) === undefined, patienceMs)
  if (first.dead) begin(cluster, mortal(), idempotency)
  const orphaned = await node(cluster)
  if (orphaned && orphaned.metadata?.deletionTimestamp === undefined) {
    await cluster.until('a runs', runs, patienceMs)
    // What lands late finds its claim served by another machine.
    if (sentence === 'late') await cluster.runtime.advance(latenessMs)
    await remove()
  }
  await cluster.until('a is gone', async () => (await node(cluster)) === undefined, patienceMs)
  const left = alive(cluster)
  if (sentence === 'late') await cluster.runtime.advance(2 * latenessMs)
  return { calls: first.calls, most, left: Math.max(left, alive(cluster)) }
}

const patienceMs = 900_000

describe.each(['token', 'unique-name', 'lookup'] as const)('a controller that is killed at any call (%s)', idempotency => {
  it.each(['before', 'after', 'late'] as const)(
    '(%s it takes effect) never makes a second machine and leaves none behind',
    async sentence => {
      const whole = await liveAndDie({ idempotency })
      expect(whole).toMatchObject({ most: 1, left: 0 })
      for (let at = 1; at <= whole.calls; at++) {
        for (const impatient of [false, true]) {
          const outcome = await liveAndDie({ idempotency, sentence, at, impatient })
          const story = `killed ${sentence} call ${at} of ${whole.calls}, ${impatient ? 'deleted at once' : 'deleted when it ran'}`
          expect({ story, twins: outcome.most > 1, left: outcome.left }).toEqual({ story, twins: false, left: 0 })
        }
      }
    },
    120_000,
  )
})
