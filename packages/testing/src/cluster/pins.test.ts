import { createKubeNode } from '@kube-node/core'
import { type Node, NodeClasses, NodeSets, Nodes, annotations, findCondition, labels } from '@kube-node/core/api'
import { type CreateRequest, type MachineProvider, type OpaqueConfig, ProviderError } from '@kube-node/core/provider'
import { afterEach, describe, expect, it } from 'vitest'
import { type DeathSentence, type Mortal, type Running, type TestCluster, createTestCluster, mortal } from './index.ts'

let cluster: TestCluster
afterEach(() => cluster[Symbol.asyncDispose]())

interface Stage {
  /** Every create that a life asked for, in order, whether or not it left before that life died. */
  readonly sent: readonly CreateRequest<OpaqueConfig>[]
  /** How often it was asked what a config means. */
  readonly resolved: () => number
  start(life?: Mortal): Running
}

const noting = ({ definition, ...rest }: MachineProvider, sent: CreateRequest<OpaqueConfig>[]): MachineProvider => ({
  ...rest,
  definition: {
    ...definition,
    connect: context => {
      const connection = definition.connect(context)
      return {
        ...connection,
        create: (request, call) => {
          sent.push(request)
          return connection.create(request, call)
        },
      }
    },
  },
})

/** A provider whose newest image is another one each time it is asked. */
const createStage = async (floats = true, refusals: readonly ProviderError[] = []): Promise<Stage> => {
  cluster = await createTestCluster()
  const { runtime, cloud } = cluster
  const { definition, ...rest } = cloud.provider()
  const sent: CreateRequest<OpaqueConfig>[] = []
  let resolved = 0
  const provider: MachineProvider = {
    ...rest,
    definition: {
      ...definition,
      connect: context => {
        const connection = definition.connect(context)
        return {
          ...connection,
          resolve: async config => {
            const refusal = refusals[resolved]
            resolved += 1
            if (refusal) throw refusal
            return floats && config['image'] === 'debian-13' ? { ...config, image: `debian-13.${resolved}` } : config
          },
        }
      },
    },
  }
  await cluster.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: { provider: 'simulated', config: { region: 'r1' } },
  })
  const start = (life = mortal()): Running =>
    cluster.start(
      createKubeNode({
        cluster: life.transport(cluster.transport()),
        runtime: life.runtime(runtime),
        log: () => {},
        providers: [noting(life.provider(provider), sent)],
      }),
      life,
    )
  return { sent, resolved: () => resolved, start }
}

const node = async (name: string): Promise<Node | undefined> => cluster.client.get(Nodes, { name })
const runs = async (name: string): Promise<boolean> => (await node(name))?.metadata?.annotations?.[annotations.phase] === 'Running'
const claim = (name: string): Promise<Node> =>
  cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: 'small' } } })
const why = async (name: string): Promise<string> =>
  findCondition((await node(name))?.status?.conditions, 'MachineProvisioned')?.message ?? ''

/** A claim whose controller dies at one call, and what was sent for it until it ran. */
const outlive = async (sentence: DeathSentence): Promise<{ readonly sent: Stage['sent']; readonly calls: number }> => {
  const stage = await createStage()
  const first = mortal(sentence)
  stage.start(first)
  await claim('a')
  await cluster.until('a runs, or its controller dies', async () => first.dead || (await runs('a')), 900_000)
  if (first.dead) stage.start()
  await cluster.until('a runs', () => runs('a'), 900_000)
  return { sent: stage.sent, calls: first.calls }
}

describe('what floats in a class', () => {
  it.each(['before', 'after'] as const)(
    'is sent as it was by the next life, when a controller dies %s any call',
    async when => {
      const { calls } = await outlive({ at: Infinity, when })
      await cluster[Symbol.asyncDispose]()
      let repeated = 0
      for (let at = 1; at <= calls; at += 1) {
        const { sent } = await outlive({ at, when })
        await cluster[Symbol.asyncDispose]()
        for (const request of sent) {
          const first = sent.find(({ token }) => token === request.token)
          expect({ at, request }).toEqual({ at, request: first })
          if (first !== request) repeated += 1
        }
      }
      expect(calls).toBeGreaterThan(5)
      // After it has taken effect the next life finds the machine, and asks for none.
      expect(repeated > 0).toBe(when === 'before')
    },
    120_000,
  )

  it('is sent again as it was, when the answer was lost and the image has moved on', async () => {
    const stage = await createStage()
    stage.start()
    cluster.cloud.faults.loseAnswers(1, { operation: 'create', executed: false })
    await claim('a')
    await cluster.until('a runs', () => runs('a'))
    expect(stage.sent.map(({ config, token }) => [token.slice(-2), config['image']])).toEqual([
      ['-1', 'debian-13.1'],
      ['-1', 'debian-13.1'],
    ])
    expect(stage.sent[1]).toEqual(stage.sent[0])
  })

  it('is asked once for all that come together, those of a set too', async () => {
    const stage = await createStage()
    stage.start()
    await cluster.create(NodeSets, {
      apiVersion: 'kube-node.dev/v1alpha1',
      kind: 'NodeSet',
      metadata: { name: 'workers' },
      spec: { replicas: 5, nodeClassName: 'small' },
    })
    await cluster.until('five machines were asked for', () => stage.sent.length === 5)
    expect(new Set(stage.sent.map(({ config }) => config['image']))).toEqual(new Set(['debian-13.1']))
    expect(stage.resolved()).toBe(1)
  })

  it('waits, and says why, while nobody can tell what it is', async () => {
    const stage = await createStage(true, [new ProviderError('Unavailable', 'no image is there for debian-13')])
    stage.start()
    await claim('a')
    await cluster.until('the node says why', async () => (await why('a')).includes('no image is there for debian-13'))
    expect(stage.sent).toEqual([])
    await cluster.until('a runs', () => runs('a'))
    expect(stage.sent).toHaveLength(1)
  })

  it('leaves no word in the record where nothing does', async () => {
    const stage = await createStage(false)
    stage.start()
    await claim('a')
    await cluster.until('a was asked for', () => stage.sent.length === 1)
    expect((await cluster.lasting(node('a')))?.metadata?.annotations?.[annotations.machine]).not.toContain('pinned')
  })
})
