import { NodeClasses, NodeSets } from '@kube-node/core/api'
import { describe, expect, it } from 'vitest'
import { createGroupStage, workers } from './group.fixture.ts'
import { type DeathSentence, mortal } from './index.ts'

interface Outcome {
  readonly effects: readonly number[]
  /** The most groups, and the most machines, that there were at one time. */
  readonly groups: number
  readonly machines: number
  readonly left: number
}

const latenessMs = 30_000
const patienceMs = 900_000

/** A set from its creation over changes of its size and class to its end, with a controller that dies once, and one that takes over. */
const liveAndDie = async (sentence?: Omit<DeathSentence, 'lateness'>): Promise<Outcome> => {
  await using stage = await createGroupStage({ cloud: { latency: ['50ms', '400ms'], listDelay: '1s' } })
  const first = mortal(sentence && { ...sentence, lateness: () => stage.runtime.clock.sleep(latenessMs) })
  let [groups, machines] = [0, 0]
  stage.cloud.on('starting', () => {
    groups = Math.max(groups, stage.cloud.groups.list().length)
    machines = Math.max(machines, stage.alive().length)
  })
  stage.manager(first)
  let succeeded = false
  const lived = async (what: string, fits: () => Promise<boolean>): Promise<void> => {
    await stage.until(`${what}, or its controller dies`, async () => first.dead || (await fits()), patienceMs)
    if (!first.dead || succeeded) return void (await stage.until(what, fits, patienceMs))
    succeeded = true
    stage.manager()
    await stage.until(what, fits, patienceMs)
  }
  await stage.create(NodeSets, workers({ replicas: 1 }))
  await lived('one runs', async () => (await stage.running()).length === 1)
  await stage.patch({ replicas: 2 })
  await lived('two run', async () => (await stage.running()).length === 2)
  await stage.lasting(stage.client.patch(NodeClasses, { name: 'pool' }, { merge: { spec: { config: { instanceType: 'medium' } } } }))
  await lived('all are of the new kind', async () => {
    const now = stage.alive()
    return now.length === 2 && now.every(({ instanceType }) => instanceType === 'medium') && (await stage.members()).length === 2
  })
  await stage.removeSet()
  await lived('the set is gone', async () => (await stage.set()) === undefined)
  const left = stage.cloud.groups.list().length + stage.alive().length + (await stage.lasting(stage.nodes())).length
  if (sentence?.when === 'late') await stage.runtime.advance(2 * latenessMs)
  return { effects: first.effects, groups, machines, left: left + stage.alive().length }
}

describe('a controller that drives a group and is killed around any call that changes something', () => {
  it.each(['before', 'after', 'late'] as const)(
    '(%s it takes effect) makes no second group, keeps to the surge and leaves nothing behind',
    async when => {
      const whole = await liveAndDie()
      expect(whole).toMatchObject({ groups: 1, machines: 3, left: 0 })
      for (const at of whole.effects) {
        const { groups, machines, left } = await liveAndDie({ at, when })
        const story = `killed ${when} call ${at}`
        expect({ story, groups, tooMany: machines > 3, left }).toEqual({ story, groups: 1, tooMany: false, left: 0 })
      }
    },
    600_000,
  )
})
