import { createKubeNode, recordOf, isBroken } from '@kube-node/core'
import {
  type ControllerRevision,
  ControllerRevisions,
  type Node,
  NodeClasses,
  type NodeSet,
  NodeSets,
  Nodes,
  annotations,
  labels,
} from '@kube-node/core/api'
import { describe, expect, it } from 'vitest'
import { type DeathSentence, type Mortal, type TestCluster, createTestCluster, mortal } from './index.ts'

const api = 'kube-node.dev/v1alpha1'
const namespace = 'kube-node-system'

/** A set of two nodes whose rollout is paused: its class, and what it lays over it, have changed since they were made. */
interface Stage extends AsyncDisposable {
  readonly cluster: TestCluster
  /** Those that were there before anything changed. */
  readonly first: readonly Node[]
  manage(life?: Mortal): void
  nodes(): Promise<readonly Node[]>
  running(): Promise<readonly Node[]>
  edit(spec: Partial<NodeSet['spec']>): Promise<unknown>
}

const begin = async ({ life = mortal(), limits = {} }: { readonly life?: Mortal; readonly limits?: object } = {}): Promise<Stage> => {
  const cluster = await createTestCluster({ cloud: { latency: ['50ms', '400ms'], listDelay: '1s' } })
  const { client, lasting } = cluster
  const manage = (one: Mortal = mortal()): void => {
    const kubeNode = createKubeNode({
      cluster: one.transport(cluster.transport()),
      runtime: one.runtime(cluster.runtime),
      log: () => {},
      providers: [one.provider(cluster.cloud.provider())],
      join: { server: 'https://10.0.0.1:6443', ca: cluster.server.certificateAuthority() },
    })
    cluster.start(kubeNode, one)
  }
  const nodes = async (): Promise<readonly Node[]> => {
    const all: Node[] = []
    for await (const page of client.pages(Nodes)) all.push(...page)
    return all
  }
  const running = async (): Promise<readonly Node[]> =>
    (await nodes()).filter(({ metadata }) => metadata?.annotations?.[annotations.phase] === 'Running')
  const edit = (spec: Partial<NodeSet['spec']>): Promise<unknown> =>
    // A spec of a NodeSet is JSON.
    lasting(client.patch(NodeSets, { name: 'workers' }, { merge: { spec: spec as never } }))

  manage(life)
  await cluster.create(NodeClasses, {
    apiVersion: api,
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: { provider: 'simulated', config: { region: 'r1', image: 'good' }, bootstrap: { commands: ['echo first'] }, ...limits },
  })
  const template = { config: { instanceType: 'medium' }, restartedAt: '2026-01-01T00:00:00Z', labels: { tier: 'old' } }
  const workers = { nodeClassName: 'small', replicas: 2, paused: true, template }
  await cluster.create(NodeSets, { apiVersion: api, kind: 'NodeSet', metadata: { name: 'workers' }, spec: workers })
  await cluster.until('two run', async () => (await running()).length === 2)
  const first = await lasting(running())
  const changed = { spec: { config: { image: 'bad', bootTime: '5s' }, bootstrap: { commands: ['echo second'] } } }
  await lasting(client.patch(NodeClasses, { name: 'small' }, { merge: changed }))
  await edit({ template: { config: { instanceType: 'large' }, restartedAt: '2026-02-02T00:00:00Z', labels: { tier: 'new' } } })
  return { cluster, first, manage, nodes, running, edit, [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose]() }
}

const revisionsOf = (nodes: readonly Node[]): readonly (string | undefined)[] =>
  nodes.map(({ metadata }) => metadata?.labels?.[labels.revision])

describe('a set that grows while its rollout is paused', () => {
  it('makes machines exactly as they were: config, bootstrap, overlay and restart of then, labels of today', async () => {
    await using stage = await begin()
    const { cluster, first } = stage
    await stage.edit({ replicas: 3 })
    await cluster.until('three run', async () => (await stage.running()).length === 3)
    const made = (await cluster.lasting(stage.nodes())).filter(({ metadata }) => first.every(one => one.metadata?.uid !== metadata?.uid))
    expect(revisionsOf(made)).toEqual([first[0]?.metadata?.labels?.[labels.revision]])
    expect(made[0]?.metadata?.labels?.['tier']).toBe('new')
    expect(cluster.cloud.machines().map(({ image, instanceType }) => ({ image, instanceType }))).toEqual(
      Array.from({ length: 3 }, () => ({ image: 'good', instanceType: 'medium' })),
    )
    for (const { userData } of cluster.cloud.machines()) expect(Buffer.from(userData ?? []).toString('utf8')).toContain('echo first')
    // One that resumes rolls all of them, what has grown included.
    await stage.edit({ paused: false })
    await cluster.until('all are new', async () => {
      const all = await stage.running()
      return all.length === 3 && !revisionsOf(all).includes(first[0]?.metadata?.labels?.[labels.revision])
    })
    await cluster.until('the old machines are gone', () => cluster.cloud.machines().filter(({ state }) => state !== 'gone').length === 3)
  })

  it('of a class with a limit does so too, where a claim waits for its place', async () => {
    await using stage = await begin({ limits: { limits: { nodes: 2 } } })
    const { cluster, first } = stage
    await cluster.lasting(cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { limits: { nodes: 4 } } } }))
    await stage.edit({ replicas: 4 })
    await cluster.until('four run', async () => (await stage.running()).length === 4)
    expect(new Set(revisionsOf(await cluster.lasting(stage.nodes())))).toEqual(new Set(revisionsOf(first)))
  })

  it('another attempt of such a claim is made of the same', async () => {
    await using stage = await begin()
    const { cluster, first } = stage
    cluster.cloud.faults.joinFails(1)
    await stage.edit({ replicas: 3 })
    const last = (nodes: readonly Node[]): Node | undefined =>
      nodes.find(node => !first.some(one => one.metadata?.uid === node.metadata?.uid))
    await cluster.until('three run', async () => (await stage.running()).length === 3, 3_600_000)
    const node = last(await cluster.lasting(stage.nodes()))
    const record = node && recordOf(node)
    expect(record && !isBroken(record) && record.attempt).toBe(2)
    expect(revisionsOf(node ? [node] : [])).toEqual([first[0]?.metadata?.labels?.[labels.revision]])
    expect(new Set(cluster.cloud.machines().map(({ image }) => image))).toEqual(new Set(['good']))
  })

  it('whose history somebody has deleted makes what the class says today, and a claim that has lost its revision follows', async () => {
    await using stage = await begin()
    const { cluster } = stage
    await stage.edit({ replicas: 3 })
    await cluster.until('a third has its record', async () => (await stage.nodes()).length === 3)
    const kept: ControllerRevision[] = []
    for await (const page of cluster.client.pages(ControllerRevisions, { namespace })) kept.push(...page)
    for (const { metadata } of kept) {
      await cluster.lasting(
        cluster.client.delete(ControllerRevisions, { namespace, name: metadata?.name ?? '' }, { uid: metadata?.uid ?? '' }),
      )
    }
    await cluster.until('three run', async () => (await stage.running()).length === 3)
    expect(await cluster.lasting(stage.nodes())).toHaveLength(3)
  })
})

describe('a controller that is killed while a paused set grows', () => {
  /** `effects`: since its four nodes are there. One whose create lands later is one too many for a while: told elsewhere. */
  const grow = async (sentence?: Omit<DeathSentence, 'lateness'>): Promise<{ effects: readonly number[]; made: readonly object[] }> => {
    const played: { cluster?: TestCluster } = {}
    const life = mortal(sentence && { ...sentence, lateness: async () => played.cluster?.runtime.clock.sleep(30_000) })
    await using stage = await begin({ life })
    const { cluster } = stage
    played.cluster = cluster
    await stage.edit({ replicas: 4 })
    await cluster.until('four nodes are there', async () => (await stage.nodes()).length === 4)
    const born = life.calls
    await cluster.until('four run, or it dies', async () => life.dead || (await stage.running()).length === 4, 900_000)
    if (life.dead) stage.manage()
    await cluster.until('four run', async () => (await stage.running()).length === 4, 900_000)
    await cluster.runtime.advance(120_000)
    const nodes = await cluster.lasting(stage.nodes())
    const made = cluster.cloud.machines().map(({ image, instanceType, state }) => ({ image, instanceType, state }))
    expect({ ...sentence, revisions: new Set(revisionsOf(nodes)), nodes: nodes.length }).toEqual({
      ...sentence,
      revisions: new Set(revisionsOf(stage.first)),
      nodes: 4,
    })
    return { effects: life.effects.filter(at => at > born), made }
  }

  it.each(['before', 'after', 'late'] as const)('(%s a call takes effect) is followed by one that makes the same', async when => {
    const whole = await grow()
    const four = Array.from({ length: 4 }, () => ({ image: 'good', instanceType: 'medium', state: 'running' }))
    expect(whole.made).toEqual(four)
    expect(whole.effects.length).toBeGreaterThan(5)
    for (const at of whole.effects) expect({ at, made: (await grow({ at, when })).made }).toEqual({ at, made: four })
  })
})
