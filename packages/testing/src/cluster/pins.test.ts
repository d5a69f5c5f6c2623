import { type Node, NodeSets, Nodes, annotations, findCondition, labels } from '@kube-node/core/api'
import { ProviderError } from '@kube-node/core/provider'
import { afterEach, describe, expect, it } from 'vitest'
import { type DeathSentence, type TestCluster, mortal } from './index.ts'
import { type Meaning, type Stage, createStage, newest } from './pins.fixture.ts'

let cluster: TestCluster
afterEach(() => cluster[Symbol.asyncDispose]())

const open = async (resolve?: Meaning): Promise<Stage> => {
  const stage = await createStage(resolve)
  cluster = stage.cluster
  return stage
}

const node = async (name: string): Promise<Node | undefined> => cluster.client.get(Nodes, { name })
const runs = async (name: string): Promise<boolean> => (await node(name))?.metadata?.annotations?.[annotations.phase] === 'Running'
const claim = (name: string): Promise<Node> =>
  cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: 'small' } } })
const why = async (name: string): Promise<string> =>
  findCondition((await node(name))?.status?.conditions, 'MachineProvisioned')?.message ?? ''

/** A claim whose controller dies at one call, and what was sent for it until it ran. */
const outlive = async (sentence: DeathSentence): Promise<{ readonly sent: Stage['sent']; readonly calls: number }> => {
  const stage = await open()
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
    const stage = await open()
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
    const stage = await open()
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
    let refuses = true
    const stage = await open((config, asked) => {
      if (refuses) throw new ProviderError('Unavailable', 'no image is there for debian-13')
      return newest(config, asked)
    })
    stage.start()
    await claim('a')
    await cluster.until('the node says why', async () => (await why('a')).includes('no image is there for debian-13'))
    expect(stage.sent).toEqual([])
    refuses = false
    await cluster.until('a runs', () => runs('a'))
    expect(stage.sent).toHaveLength(1)
  })

  it('leaves no word in the record where nothing does', async () => {
    const stage = await open(config => config)
    stage.start()
    await claim('a')
    await cluster.until('a was asked for', () => stage.sent.length === 1)
    expect((await cluster.lasting(node('a')))?.metadata?.annotations?.[annotations.machine]).not.toContain('pinned')
  })
})
