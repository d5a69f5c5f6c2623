import { describe, expect, it } from 'vitest'
import { manualRuntime } from '../../runtime/index.ts'
import { type Outcome, createSendings } from './sendings.ts'

const landing = 120_000

describe('what was sent is shown by a list that began', () => {
  it.each<[Outcome, number]>([
    ['nothing', -Infinity],
    ['machine', 5_000],
    ['unknown', 5_000 + landing],
  ])('after its answer was %s: later than %d', async (outcome, expected) => {
    const { clock, advance } = manualRuntime()
    const since = clock.monotonic()
    const sendings = createSendings(clock, [])
    const sending = sendings.begin('c r1')
    await advance(5_000)
    expect(sendings.shownAfter('c r1', landing)).toBe(Infinity)
    sending.end(outcome)
    sending.end('unknown')
    expect(sendings.shownAfter('c r1', landing)).toBe(since + expected)
    expect(sendings.shownAfter('c r2', landing)).toBe(-Infinity)
  })

  it('after the last of several', async () => {
    const { clock, advance } = manualRuntime()
    const sendings = createSendings(clock, [])
    const [first, second] = [sendings.begin('c r1'), sendings.begin('c r1')]
    first.end('unknown')
    await advance(1_000)
    expect(sendings.shownAfter('c r1', landing)).toBe(Infinity)
    second.end('nothing')
    expect(sendings.shownAfter('c r1', landing)).toBe(clock.monotonic() - 1_000 + landing)
  })

  it('after what an earlier life may have sent, where this life has found it written down, or another past came up', async () => {
    const { clock, advance } = manualRuntime()
    const since = clock.monotonic()
    const sendings = createSendings(clock, ['old r1'])
    await advance(1_000)
    expect(sendings.shownAfter('old r1', landing)).toBe(since + landing)
    sendings.begin('old r1').end('nothing')
    expect(sendings.shownAfter('old r1', landing)).toBe(since + landing)
    expect(sendings.shownAfter('new r1', landing)).toBe(-Infinity)
    // As a record of an earlier version tells, which wrote down nothing else.
    expect(sendings.shownAfter('recorded r1', landing)).toBe(-Infinity)
    sendings.inherit('recorded r1')
    expect(sendings.shownAfter('recorded r1', landing)).toBe(since + landing)
    sendings.disown()
    expect(sendings.shownAfter('new r1', landing)).toBe(clock.monotonic() + landing)
    expect(sendings.shownAfter('newer r1', landing)).toBe(clock.monotonic() + landing)
  })
})
