import { describe, expect, it } from 'vitest'
import { type Life, createLife } from './life.ts'
import { type Rates, type Weather, calm } from './weather.ts'
import { type World, createWorld } from './world.ts'

describe('a call out of a life', () => {
  it('that is sent twice on its way takes effect twice, and its sender sees the second answer', async () => {
    const story = await given({ twice: 1 })
    expect(story).toEqual({ applied: [1, 2], answers: ['answer 2'] })
  })

  it('that has an echo takes effect once more, seconds after its answer, and nobody hears of it', async () => {
    const story = await given({ echo: 1 })
    expect(story).toEqual({ applied: [1, 2], answers: ['answer 1'] })
  })

  it('has no echo when it was refused for good, and one when it was refused for now', async () => {
    expect(await given({ echo: 1 }, { refusal: 'for good' })).toEqual({ applied: [1], answers: ['for good'] })
    expect(await given({ echo: 1 }, { refusal: 'for now' })).toEqual({ applied: [1, 2], answers: ['for now'] })
  })

  it('that is answered twice is answered once: the second answer is nobody’s', async () => {
    const story = await given({ answeredTwice: 1 })
    expect(story).toEqual({ applied: [1], answers: ['answer 1'] })
  })

  it('that broke for its sender, who goes on, may take effect later', async () => {
    const story = await given({ lostAndLate: 1 })
    expect(story).toEqual({ applied: [1], answers: ['broken', 'went on before it took effect'] })
  })

  it('that is a step of a stream never takes effect twice', async () => {
    expect(await given({ twice: 1 }, { repeatable: false })).toEqual({ applied: [1], answers: ['answer 1'] })
    expect(await given({ echo: 1 }, { repeatable: false })).toEqual({ applied: [1], answers: ['answer 1'] })
  })
})

const given = async (
  rates: Partial<Rates>,
  { repeatable = true, refusal }: { readonly repeatable?: boolean; readonly refusal?: string } = {},
): Promise<{ readonly applied: readonly number[]; readonly answers: readonly string[] }> => {
  const world = createWorld(1)
  const applied: number[] = []
  const answers: string[] = []
  const life = livingIn(world)
  const note = (words: string): void => {
    answers.push(words)
    if (applied.length === 0) answers.push('went on before it took effect')
  }
  void life
    .call<string>({
      label: 'POST /things',
      apply: async () => {
        applied.push(applied.length + 1)
        if (refusal !== undefined) throw new Error(refusal)
        return `answer ${applied.length}`
      },
      isFinal: error => error instanceof Error && error.message === 'for good',
      rates: { ...calm, ...rates },
      repeatable,
      cutUntil: undefined,
      signal: new AbortController().signal,
      broken: () => new Error('broken'),
      aborted: reason => reason,
    })
    .then(note, (error: unknown) => note(error instanceof Error ? error.message : String(error)))
  while (await world.step()) expect(life.state).toBe('alive')
  return { applied, answers }
}

const livingIn = (world: World): Life => {
  const weather: Weather = {
    api: calm,
    cloud: calm,
    cutFromApi: new Map(),
    cutFromCloud: new Map(),
    apiOutage: { until: -Infinity },
    silent: new Map(),
    longestMs: 15_000,
  }
  return createLife({ world, weather, name: 'm1.1', slot: 0, skewMs: 0 })
}
