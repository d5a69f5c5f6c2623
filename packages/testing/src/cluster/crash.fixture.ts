import { createManager, createProviders, isClaim, nodeController, onePerClaim } from '@kube-node/core'
import { type Node, type NodeClass, NodeClasses, Nodes, Secrets, annotations, labels, nameOf } from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import type { SimulatedProviderOptions } from '../cloud/index.ts'
import { type DeathSentence, type Mortal, type TestCluster, createTestCluster, mortal } from './index.ts'

export const small: NodeClass = {
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeClass',
  metadata: { name: 'small' },
  spec: { provider: 'simulated', config: { region: 'r1' } },
}
/** Its machines are told something, which is the same for all calls of one attempt: the cloud refuses a token with another request. */
export const told: NodeClass = {
  ...small,
  spec: { ...small.spec, bootstrap: { type: 'kubelet', files: [{ path: '/etc/motd', content: '{{ node.name }}' }] } },
}
const claim: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'small' } } }

type Idempotency = NonNullable<SimulatedProviderOptions['idempotency']>

/** Neither orphans nor stray tokens are looked for: what the claims themselves leave behind must show. */
const begin = (cluster: TestCluster, life: Mortal, idempotency: Idempotency): void => {
  const join = { server: 'https://127.0.0.1:6443', ca: cluster.server.certificateAuthority() }
  const providers = createProviders([life.provider(cluster.cloud.provider({ idempotency }))])
  const manager = createManager({
    cluster: life.transport(cluster.transport()),
    runtime: life.runtime(cluster.runtime),
    log: () => {},
    leaderElection: { namespace: 'kube-system' },
  })
  manager.add(nodeController({ providers, orphanCheck: '1000h', tokenCheck: '1000h', join }))
  cluster.start(manager, life)
}

/** The Node that stands for the claim, whatever it is called. */
const node = async (cluster: TestCluster): Promise<Node | undefined> =>
  onePerClaim((await listAll(cluster.client, Nodes)).filter(isClaim))[0]
const tokensOf = async (cluster: TestCluster): Promise<number> => {
  let count = 0
  for await (const page of cluster.client.pages(Secrets, { namespace: 'kube-system', labels: 'kube-node.dev/bootstrap-token' }))
    count += page.length
  return count
}
const alive = (cluster: TestCluster): number => cluster.cloud.machines().filter(machine => machine.state !== 'gone').length

export interface Outcome {
  readonly calls: number
  /** Those that could change something, by their numbers from 1. */
  readonly effects: readonly number[]
  /** The most machines that lived at one time. */
  readonly most: number
  readonly left: number
  /** Bootstrap tokens by which somebody could still join. */
  readonly tokens: number
}

export interface Story {
  readonly idempotency: Idempotency
  readonly nodeClass: NodeClass
  /** Default `claim`. */
  readonly nodeNames?: 'claim' | 'cloud'
  readonly sentence?: DeathSentence['when']
  readonly at?: number
  /** Somebody deletes the claim in the moment of the death, and not after it has run. */
  readonly impatient?: boolean
}

const latenessMs = 30_000

/** A claim from its creation to its end, with a controller that dies once, and another one that takes over. */
export const liveAndDie = async ({
  idempotency,
  nodeClass,
  nodeNames = 'claim',
  sentence,
  at = 0,
  impatient = false,
}: Story): Promise<Outcome> => {
  await using cluster = await createTestCluster({ cloud: { listDelay: '3s', latency: ['50ms', '800ms'], nodeNames } })
  let most = 0
  cluster.cloud.on('starting', () => {
    most = Math.max(most, alive(cluster))
  })
  const first = mortal(sentence && { at, when: sentence, lateness: () => cluster.runtime.clock.sleep(latenessMs) })
  begin(cluster, first, idempotency)
  await cluster.create(NodeClasses, nodeClass)
  await cluster.create(Nodes, claim)
  const remove = async (): Promise<void> => {
    const there = await cluster.lasting(node(cluster))
    if (there) await cluster.lasting(cluster.client.delete(Nodes, { name: nameOf(there) }, { uid: there.metadata?.uid ?? '' }))
  }
  const runs = async (): Promise<boolean> => (await node(cluster))?.metadata?.annotations?.[annotations.phase] === 'Running'

  await cluster.until('a runs, or its controller dies', async () => first.dead || (await runs()), patienceMs)
  if (!first.dead || impatient) await remove()
  if (!first.dead)
    await cluster.until('a is gone, or its controller dies', async () => first.dead || (await node(cluster)) === undefined, patienceMs)
  if (first.dead) begin(cluster, mortal(), idempotency)
  const orphaned = await cluster.lasting(node(cluster))
  if (orphaned && orphaned.metadata?.deletionTimestamp === undefined) {
    await cluster.until('a runs', runs, patienceMs)
    // What lands late finds its claim served by another machine.
    if (sentence === 'late') await cluster.runtime.advance(latenessMs)
    await remove()
  }
  await cluster.until('a is gone', async () => (await node(cluster)) === undefined, patienceMs)
  const left = alive(cluster)
  if (sentence === 'late') await cluster.runtime.advance(2 * latenessMs)
  return { calls: first.calls, effects: first.effects, most, left: Math.max(left, alive(cluster)), tokens: await tokensOf(cluster) }
}

const patienceMs = 900_000
