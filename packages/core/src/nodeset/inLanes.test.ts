import { describe, expect, it } from 'vitest'
import { type Lanes, type Outcome, inLanes } from './inLanes.ts'

/** Things that end when the test says so. */
const story = (count: number, lanes: Partial<Lanes> = {}) => {
  const items = Array.from({ length: count }, (_, i) => i)
  const underWay = new Map<number, PromiseWithResolvers<void>>()
  const story = {
    underWay,
    goesOn: true,
    outcome: undefined as Outcome<number> | undefined,
    /** All that is under way, and what follows from it at once. */
    async endAll(failure?: Error): Promise<void> {
      const ending = [...underWay.values()]
      underWay.clear()
      for (const { resolve, reject } of ending) {
        if (failure) reject(failure)
        else resolve()
      }
      await new Promise(setImmediate)
    },
  }
  void inLanes(items, { goesOn: () => story.goesOn, ...lanes }, item => {
    const end = Promise.withResolvers<void>()
    underWay.set(item, end)
    return end.promise
  }).then(outcome => (story.outcome = outcome))
  return story
}

describe('many things', () => {
  it('are begun in their order, 256 at once', async () => {
    const s = story(300)
    expect([...s.underWay.keys()]).toEqual(Array.from({ length: 256 }, (_, i) => i))
    await s.endAll()
    expect(s.underWay.size).toBe(44)
    await s.endAll()
    expect(s.outcome?.done).toHaveLength(300)
  })

  it('begin with one where all may fail, and twice as many each time, up to 256', async () => {
    const s = story(1_000, { startWith: 1 })
    const rounds: number[] = []
    while (s.underWay.size > 0) {
      rounds.push(s.underWay.size)
      await s.endAll()
    }
    expect(rounds).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 256, 233])
    expect(s.outcome?.done).toHaveLength(1_000)
  })

  it('are none', async () => {
    const s = story(0)
    await s.endAll()
    expect(s.outcome).toEqual({ done: [], failures: [] })
  })

  it('end with the first failure, when what was begun has ended', async () => {
    const s = story(100, { startWith: 1 })
    await s.endAll()
    const [first, second] = [...s.underWay.values()]
    first?.reject(new Error('refused'))
    await new Promise(setImmediate)
    expect(s.outcome).toBeUndefined()
    second?.resolve()
    await new Promise(setImmediate)
    expect(s.outcome).toEqual({ done: [0, 2], failures: [new Error('refused')] })
    expect(s.underWay.size).toBe(2)
  })

  it('go on past a failure that concerns one of them, and tell it in the end', async () => {
    const s = story(300, { isOfOne: () => true })
    await s.endAll(new Error('changed meanwhile'))
    expect(s.underWay.size).toBe(44)
    await s.endAll()
    expect(s.outcome?.done).toHaveLength(44)
    expect(s.outcome?.failures).toEqual(Array.from({ length: 256 }, () => new Error('changed meanwhile')))
  })

  it('are left when they are not wanted any more: those that were begun are told', async () => {
    const s = story(100, { startWith: 2 })
    await s.endAll()
    s.goesOn = false
    await s.endAll()
    expect(s.underWay.size).toBe(0)
    expect(s.outcome).toEqual({ done: [0, 1, 2, 3, 4, 5], failures: [] })
  })
})
