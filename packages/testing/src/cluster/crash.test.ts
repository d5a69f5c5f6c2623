import { createManager, createProviders, nodeController } from '@kube-node/core'
import { type Node, type NodeClass, NodeClasses, Nodes, Secrets, annotations, labels } from '@kube-node/core/api'
import { describe, expect, it } from 'vitest'
import type { SimulatedProviderOptions } from '../cloud/index.ts'
import { type DeathSentence, type Mortal, type TestCluster, createTestCluster, mortal } from './index.ts'

const small: NodeClass = {
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeClass',
  metadata: { name: 'small' },
  spec: { provider: 'simulated', config: { region: 'r1' } },
}
/** Its machines are told something, which is the same for all calls of one attempt: the cloud refuses a token with another request. */
const told: NodeClass = {
  ...small,
  spec: { ...small.spec, bootstrap: { type: 'kubelet', files: [{ path: '/etc/motd', content: '{{ node.name }}' }] } },
}
const claim: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'small' } } }

type Idempotency = NonNullable<SimulatedProviderOptions['idempotency']>

/** No orphan is looked for: what the claims themselves leave behind must show. */
const begin = (cluster: TestCluster, life: Mortal, idempotency: Idempotency): void => {
  const join = { server: 'https://127.0.0.1:6443', ca: cluster.server.certificateAuthority() }
  const providers = createProviders([life.provider(cluster.cloud.provider({ idempotency }))])
  const manager = createManager({
    cluster: life.transport(cluster.transport()),
    runtime: life.runtime(cluster.runtime),
    log: () => {},
    leaderElection: { namespace: 'kube-system' },
  })
  manager.add(nodeController({ providers, orphanCheck: '1000h', join }))
  cluster.start(manager, life)
}

const node = (cluster: TestCluster): Promise<Node | undefined> => cluster.client.get(Nodes, { name: 'a' })
const tokensOf = async (cluster: TestCluster): Promise<number> => {
  let count = 0
  for await (const page of cluster.client.pages(Secrets, { namespace: 'kube-system', labels: 'kube-node.dev/bootstrap-token' }))
    count += page.length
  return count
}
const alive = (cluster: TestCluster): number => cluster.cloud.machines().filter(machine => machine.state !== 'gone').length

interface Outcome {
  readonly calls: number
  /** The most machines that lived at one time. */
  readonly most: number
  readonly left: number
  /** Bootstrap tokens by which somebody could still join. */
  readonly tokens: number
}

interface Story {
  readonly idempotency: Idempotency
  readonly nodeClass: NodeClass
  readonly sentence?: DeathSentence['when']
  readonly at?: number
  /** Somebody deletes the claim in the moment of the death, and not after it has run. */
  readonly impatient?: boolean
}

const latenessMs = 30_000

/** A claim from its creation to its end, with a controller that dies once, and another one that takes over. */
const liveAndDie = async ({ idempotency, nodeClass, sentence, at = 0, impatient = false }: Story): Promise<Outcome> => {
  await using cluster = await createTestCluster({ cloud: { listDelay: '3s', latency: ['50ms', '800ms'] } })
  let most = 0
  cluster.cloud.on('starting', () => {
    most = Math.max(most, alive(cluster))
  })
  const first = mortal(sentence && { at, when: sentence, lateness: () => cluster.runtime.clock.sleep(latenessMs) })
  begin(cluster, first, idempotency)
  await cluster.create(NodeClasses, nodeClass)
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
  return { calls: first.calls, most, left: Math.max(left, alive(cluster)), tokens: await tokensOf(cluster) }
}

const patienceMs = 900_000

describe.each([
  ['token', 'plain', small],
  ['token', 'told', told],
  ['unique-name', 'plain', small],
  ['lookup', 'told', told],
] as const)('a controller that is killed at any call (%s, %s)', (idempotency, _what, nodeClass) => {
  it.each(['before', 'after', 'late'] as const)(
    '(%s it takes effect) never makes a second machine and leaves none behind',
    async sentence => {
      const whole = await liveAndDie({ idempotency, nodeClass })
      expect(whole).toMatchObject({ most: 1, left: 0, tokens: 0 })
      for (let at = 1; at <= whole.calls; at++) {
        for (const impatient of [false, true]) {
          const outcome = await liveAndDie({ idempotency, nodeClass, sentence, at, impatient })
          const story = `killed ${sentence} call ${at} of ${whole.calls}, ${impatient ? 'deleted at once' : 'deleted when it ran'}`
          expect({ story, twins: outcome.most > 1, left: outcome.left, tokens: outcome.tokens }).toEqual({
            story,
            twins: false,
            left: 0,
            tokens: 0,
          })
        }
      }
    },
    120_000,
  )
})
