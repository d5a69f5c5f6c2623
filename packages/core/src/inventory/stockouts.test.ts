import { describe, expect, it } from 'vitest'
import { ProviderError, type Scope } from '../provider/index.ts'
import { manualRuntime } from '../runtime/index.ts'
import { createStockouts } from './stockouts.ts'

const config = { instanceType: 'm' }
const refusal = (scope: Scope = { zone: 'a', instanceType: 'm' }): ProviderError =>
  new ProviderError('InsufficientCapacity', 'no m in a', { scope, outcome: 'none' })
/** Of somebody who was told to keep away from there: nothing is left. */
const told = [{ zone: 'a', instanceType: 'm' }]
/** Half of the jitter: 1.0 times what is written. */
const start = () => {
  const runtime = manualRuntime({ random: () => 0.5 })
  return { runtime, stockouts: createStockouts({ runtime, createTimeoutMs: 120_000 }) }
}

describe('a place that is out of stock', () => {
  it('is avoided for a minute, then twice as long, and no longer than ten', async () => {
    const { runtime, stockouts } = start()
    for (const minutes of [1, 2, 4, 8, 10, 10]) {
      stockouts.refused(config, [], refusal())
      expect(stockouts.avoid()).toEqual([{ zone: 'a', instanceType: 'm' }])
      await runtime.advance(minutes * 60_000 - 1)
      expect(stockouts.avoid()).toHaveLength(1)
      await runtime.advance(1)
      expect(stockouts.avoid()).toEqual([])
    }
  })

  it('is forgotten when a machine was made there, and not when one was made elsewhere', async () => {
    const { stockouts } = start()
    stockouts.refused(config, [], refusal())
    stockouts.served({ other: 1 }, { zone: 'b', instanceType: 'm' })
    expect(stockouts.avoid()).toHaveLength(1)
    stockouts.served({ other: 1 }, { zone: 'a', instanceType: 'm', capacityType: 'spot' })
    expect(stockouts.avoid()).toEqual([])
  })

  it('of many calls that were under way together is one refusal', async () => {
    const { runtime, stockouts } = start()
    for (let i = 0; i < 50; i++) stockouts.refused(config, [], refusal())
    await runtime.advance(60_000)
    expect(stockouts.avoid()).toEqual([])
    expect(stockouts.look(config, 'a')).toBeUndefined()
  })

  it('that says nothing of the place is nobody to avoid', () => {
    const { stockouts } = start()
    stockouts.refused(config, [], refusal({}))
    expect(stockouts.avoid()).toEqual([])
  })
})

describe('claims that want the same', () => {
  it('wait together, and one of them asks again', async () => {
    const { runtime, stockouts } = start()
    stockouts.refused(config, told, refusal())
    expect(stockouts.look(config, 'a')).toEqual({ message: 'no m in a', retryAt: 15_000 })
    expect(stockouts.look({ instanceType: 'l' }, 'a')).toBeUndefined()
    await runtime.advance(15_000)
    expect([stockouts.look(config, 'a'), stockouts.look(config, 'b')]).toEqual([undefined, undefined])
    expect([stockouts.asking(config, 'a'), stockouts.asking(config, 'b'), stockouts.asking(config, 'a')]).toEqual([true, false, true])
    expect([stockouts.look(config, 'a'), stockouts.look(config, 'b')]).toMatchObject([undefined, { retryAt: 20_000 }])
    stockouts.refused(config, told, refusal())
    expect(stockouts.look(config, 'b')).toMatchObject({ retryAt: 45_000 })
  })

  it('do not wait for what is out of stock at one place while another one is left', async () => {
    const { runtime, stockouts } = start()
    expect(stockouts.refused(config, [], refusal())).toBe(true)
    expect(stockouts.look(config, 'b')).toBeUndefined()
    expect(stockouts.refused(config, stockouts.avoid(), refusal({ zone: 'b', instanceType: 'm' }))).toBe(true)
    expect(stockouts.refused(config, stockouts.avoid(), refusal())).toBe(false)
    expect(stockouts.look(config, 'b')).toMatchObject({ retryAt: 15_000 })

    // Both places are asked again, one after the other, when they are forgotten; then it is 30 s.
    await runtime.advance(60_000)
    expect(stockouts.asking(config, 'a')).toBe(true)
    expect(stockouts.refused(config, stockouts.avoid(), refusal())).toBe(true)
    expect([stockouts.asking(config, 'b'), stockouts.asking(config, 'c')]).toEqual([true, false])
    expect(stockouts.refused(config, stockouts.avoid(), refusal({ zone: 'b', instanceType: 'm' }))).toBe(true)
    expect(stockouts.refused(config, stockouts.avoid(), refusal())).toBe(false)
    expect(stockouts.look(config, 'c')).toMatchObject({ retryAt: 90_000 })
  })

  it('wait where their provider names no place', () => {
    const { stockouts } = start()
    expect(stockouts.refused(config, [], refusal({}))).toBe(false)
    expect(stockouts.look(config, 'b')).toMatchObject({ retryAt: 15_000 })
  })

  it('all go on when one of them was served', async () => {
    const { runtime, stockouts } = start()
    stockouts.refused(config, told, refusal())
    await runtime.advance(15_000)
    stockouts.asking(config, 'a')
    stockouts.served(config, {})
    expect(stockouts.look(config, 'b')).toBeUndefined()
  })

  it('do not wait for ever for one that asked and was never heard of again', async () => {
    const { runtime, stockouts } = start()
    stockouts.refused(config, told, refusal())
    await runtime.advance(15_000)
    stockouts.asking(config, 'a')
    await runtime.advance(120_000)
    expect(stockouts.look(config, 'b')).toBeUndefined()
    stockouts.asking(config, 'b')
    stockouts.answered(config, 'b')
    expect(stockouts.look(config, 'c')).toBeUndefined()
  })
})
