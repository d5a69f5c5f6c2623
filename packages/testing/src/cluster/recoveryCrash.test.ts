import { describe, expect, it } from 'vitest'
import { type DeathSentence, mortal } from './index.ts'
import { createRecovery, minute } from './recovery.fixture.ts'

interface Outcome {
  /** Calls from the moment before the recovery is due, by their numbers; and those of them that could change something. */
  readonly calls: readonly number[]
  readonly effects: readonly number[]
  /** How many keys were approved by one token, at the most. */
  readonly keys: number
  /** Requests that were approved for another token than that of the first join. */
  readonly rejoined: number
  readonly machines: number
  readonly tokens: number
}

const latenessMs = 30_000

/** A recovery whose controller dies once, and another one that takes over. */
const recoverAndDie = async (when?: DeathSentence['when'], at = 0): Promise<Outcome> => {
  const lateness = (): Promise<void> => stage.cluster.runtime.clock.sleep(latenessMs)
  const life = mortal(when && { at, when, lateness })
  // A token that is made late, when its recovery is over, is one that nobody waits for.
  await using stage = await createRecovery({ life, ...(when === 'late' && { tokenCheck: '30s' }) })
  const { cluster, ready, record, tokens } = stage
  await cluster.until('a runs', stage.runs)
  stage.wipe()
  await cluster.until('a is silent', async () => (await ready()) === 'Unknown')
  await cluster.runtime.advance(4 * minute + 50_000)
  const from = life.calls
  const isBack = async (): Promise<boolean> => (await ready()) === 'True' && (await record())?.recovery === undefined
  await cluster.until('a is back, or its controller is dead', async () => life.dead || (await isBack()))
  if (life.dead) {
    stage.begin()
    await cluster.runtime.advance(2 * latenessMs)
    for (let minutes = 0; minutes < 30 && !(await cluster.lasting(isBack())); minutes++) await cluster.runtime.advance(minute)
  }
  await cluster.until('a is back', isBack)
  await cluster.runtime.advance(2 * latenessMs)
  const approved = (await cluster.lasting(stage.requests())).filter(({ status }) => status?.conditions?.[0]?.type === 'Approved')
  const byToken = Map.groupBy(approved, ({ spec }) => spec.username)
  return {
    calls: Array.from({ length: life.calls - from }, (_, index) => from + index + 1),
    effects: life.effects.filter(number => number > from),
    keys: Math.max(...[...byToken.values()].map(requests => new Set(requests.map(({ spec }) => spec.request)).size)),
    rejoined: byToken.size - 1,
    machines: cluster.cloud.machines().length,
    tokens: (await cluster.lasting(tokens())).length,
  }
}

describe('a controller that is killed in a recovery', () => {
  it.each(['before', 'after', 'late'] as const)(
    '(%s a call takes effect) leaves one that lets one key in, and no token',
    async when => {
      const whole = await recoverAndDie()
      expect(whole).toMatchObject({ keys: 1, rejoined: 1, machines: 1, tokens: 0 })
      expect(whole.effects.length).toBeGreaterThanOrEqual(8)
      // What a read leaves behind is the same whether it ever arrived.
      for (const at of when === 'before' ? whole.calls : whole.effects) {
        const { keys, machines, rejoined, tokens } = await recoverAndDie(when, at)
        const story = `killed ${when} call ${at}`
        expect({ story, keys, machines, tokens, back: rejoined > 0 }).toEqual({ story, keys: 1, machines: 1, tokens: 0, back: true })
      }
    },
    240_000,
  )
})
