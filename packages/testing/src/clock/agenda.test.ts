import { manualRuntime } from '@kube-node/core/runtime'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agenda } from './agenda.ts'

describe('an agenda', () => {
  test('does everything in order of time, then of asking, on one sleep at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 }), async delays => {
        const runtime = manualRuntime()
        using plan = agenda(runtime.clock)
        const done: { delay: number; index: number; at: number }[] = []
        delays.forEach((delay, index) => plan.after(delay, () => done.push({ delay, index, at: runtime.clock.monotonic() })))
        expect(runtime.sleeping).toBe(Math.min(1, delays.length))
        await runtime.advance(60)
        const expected = delays.map((delay, index) => ({ delay, index, at: delay })).sort((a, b) => a.delay - b.delay || a.index - b.index)
        expect(done).toEqual(expected)
        expect(runtime.sleeping).toBe(0)
      }),
    )
  })

  test('runs what is asked for while it runs, and not what was called off', async () => {
    const runtime = manualRuntime()
    using plan = agenda(runtime.clock)
    const done: string[] = []
    plan.after(10, () => {
      done.push('first')
      plan.after(0, () => done.push('at once'))
      plan.after(5, () => done.push('later'))
    })
    const callOff = plan.after(12, () => done.push('never'))
    callOff()
    await runtime.advance(10)
    expect(done).toEqual(['first', 'at once'])
    await runtime.advance(5)
    expect(done).toEqual(['first', 'at once', 'later'])
  })

  test('leaves no sleeper behind when it is disposed', async () => {
    const runtime = manualRuntime()
    const plan = agenda(runtime.clock)
    plan.after(10, () => expect.unreachable())
    plan[Symbol.dispose]()
    await runtime.advance(20)
    expect(runtime.sleeping).toBe(0)
  })
})
