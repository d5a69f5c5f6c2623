import { NodeClasses, type NodeSet, NodeSets, findCondition } from '@kube-node/core/api'
import { describe, expect, it } from 'vitest'
import { type GroupStage, createGroupStage, workers } from './group.fixture.ts'
import { type DeathSentence, mortal } from './index.ts'

const names = ['a', 'b']
const setOf = (name: string, replicas: number): NodeSet => ({ ...workers({ replicas }), metadata: { name } })

/** Two sets of groups under one limit of five, and the most machines that there were at one time. */
const begin = async (seed: number, replicas: number): Promise<{ readonly stage: GroupStage; readonly seen: { most: number } }> => {
  const stage = await createGroupStage({ seed, cloud: { latency: ['50ms', '800ms'], listDelay: '1s' } })
  const seen = { most: 0 }
  stage.cloud.on('starting', () => {
    seen.most = Math.max(seen.most, stage.alive().length)
  })
  await stage.lasting(stage.client.patch(NodeClasses, { name: 'pool' }, { merge: { spec: { limits: { nodes: 5 } } } }))
  for (const name of names) await stage.create(NodeSets, setOf(name, replicas))
  return { stage, seen }
}

const scaleBoth = (stage: GroupStage, replicas: number): Promise<unknown> =>
  stage.lasting(Promise.all(names.map(name => stage.client.patch(NodeSets, { name }, { merge: { spec: { replicas } } }))))
const reasons = async (stage: GroupStage): Promise<readonly (string | undefined)[]> =>
  Promise.all(names.map(async name => findCondition((await stage.client.get(NodeSets, { name }))?.status?.conditions, 'Degraded')?.reason))

describe('a limit of a class that two sets of groups share', () => {
  it.each([1, 2, 3, 4, 5])('is kept when both grow at once (seed %i)', async seed => {
    const { stage, seen } = await begin(seed, 1)
    await using _ended = stage
    stage.manager()
    await stage.until('each has its one', () => stage.alive().length === 2)
    await stage.runtime.advance(60_000)
    stage.server.faults.add({ match: { verb: 'patch', resource: 'nodesets/status', user: 'kube-node' }, latency: `${seed}s` })
    await scaleBoth(stage, 4)
    await stage.until('five are there', () => stage.alive().length >= 5, 300_000)
    await stage.runtime.advance(180_000)
    expect({ most: seen.most, alive: stage.alive().length }).toEqual({ most: 5, alive: 5 })
    expect(await stage.lasting(reasons(stage))).toContain('LimitReached')
  })

  it.each([1, 2, 3])('is kept when both are created at once (seed %i)', async seed => {
    const { stage, seen } = await begin(seed, 4)
    await using _ended = stage
    stage.manager()
    await stage.until('five are there', () => stage.alive().length >= 5, 300_000)
    await stage.runtime.advance(180_000)
    expect({ most: seen.most, alive: stage.alive().length }).toEqual({ most: 5, alive: 5 })
  })

  it('is kept by a successor that knows of an order only by what the cloud shows', async () => {
    const { stage, seen } = await begin(1, 1)
    await using _ended = stage
    const life = mortal()
    stage.manager(life)
    await stage.until('each has its one', () => stage.alive().length === 2)
    await stage.runtime.advance(60_000)
    stage.server.faults.add({ match: { verb: 'patch', resource: 'nodesets/status', user: 'kube-node' }, latency: '20s' })
    await stage.lasting(stage.client.patch(NodeSets, { name: 'a' }, { merge: { spec: { replicas: 4 } } }))
    await stage.until('a has grown', () => stage.alive().length === 5)
    life.kill()
    await stage.lasting(stage.client.patch(NodeSets, { name: 'b' }, { merge: { spec: { replicas: 4 } } }))
    stage.manager()
    await stage.runtime.advance(300_000)
    expect({ most: seen.most, alive: stage.alive().length }).toEqual({ most: 5, alive: 5 })
  })

  it('is kept when the order of a dead controller takes effect after its successor has decided', async () => {
    interface Lived {
      readonly effects: readonly number[]
      readonly most: number
      readonly alive: number
    }
    const live = async (sentence?: DeathSentence): Promise<Lived> => {
      const { stage, seen } = await begin(1, 1)
      await using _ended = stage
      const life = mortal(sentence && { ...sentence, lateness: () => stage.runtime.clock.sleep(60_000) })
      stage.manager(life)
      const dead = (): boolean => life.dead
      await stage.until('each has its one', () => dead() || stage.alive().length === 2)
      if (!dead()) await stage.runtime.advance(60_000)
      const before = life.effects.length
      await stage.lasting(stage.client.patch(NodeSets, { name: 'a' }, { merge: { spec: { replicas: 4 } } }))
      await stage.until('a has grown', () => dead() || stage.alive().length === 5)
      const effects = life.effects.slice(before)
      if (!dead()) return { effects, most: seen.most, alive: stage.alive().length }
      await stage.lasting(stage.client.patch(NodeSets, { name: 'a' }, { merge: { spec: { replicas: 1 } } }))
      await stage.lasting(stage.client.patch(NodeSets, { name: 'b' }, { merge: { spec: { replicas: 4 } } }))
      stage.manager()
      await stage.runtime.advance(400_000)
      return { effects, most: seen.most, alive: stage.alive().length }
    }
    const { effects } = await live()
    expect(effects).not.toEqual([])
    for (const when of ['before', 'after', 'late'] as const) {
      for (const at of effects) {
        const { most, alive } = await live({ at, when })
        // What came to nothing holds nobody up for ever.
        expect({ when, at, most, alive }).toEqual({ when, at, most: 5, alive: 5 })
      }
    }
  })
})
