import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isZero, rolloutBounds, scaledValue } from './intOrPercent.ts'

describe('a number or a percentage', () => {
  test.each([
    [3, 10, 3, 3],
    ['25%', 10, 3, 2],
    ['10%', 3, 1, 0],
    ['0%', 10, 0, 0],
    ['100%', 7, 7, 7],
    ['150%', 2, 3, 3],
    ['7%', 100, 7, 7],
  ])('%j of %d is %d rounded up and %d rounded down', (value, total, up, down) => {
    expect(scaledValue(value, total, 'up')).toBe(up)
    expect(scaledValue(value, total, 'down')).toBe(down)
  })

  test.each([-1, 1.5, Number.NaN, '3', '25', '-1%', '1.5%', '%', '', '007%'])('%j is neither', value => {
    expect(() => scaledValue(value, 10, 'up')).toThrow(TypeError)
  })

  test('that means nothing of anything is zero, and only that', () => {
    expect([0, '0%'].map(isZero)).toEqual([true, true])
    expect([1, '1%'].map(isZero)).toEqual([false, false])
  })

  test('rounds by less than one', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(5_000), (percent, total) => {
        const exact = (percent * total) / 100
        const up = scaledValue(`${percent}%`, total, 'up')
        const down = scaledValue(`${percent}%`, total, 'down')
        expect(up).toBeGreaterThanOrEqual(down)
        expect(up - exact).toBeLessThan(1)
        expect(exact - down).toBeLessThan(1)
      }),
    )
  })
})

describe('a rollout', () => {
  test('can always move, even where both shares come to nothing', () => {
    expect(rolloutBounds({ maxSurge: 1, maxUnavailable: 0 }, 3)).toEqual({ surge: 1, unavailable: 0 })
    expect(rolloutBounds({ maxSurge: 0, maxUnavailable: '10%' }, 3)).toEqual({ surge: 0, unavailable: 1 })
    expect(rolloutBounds({ maxSurge: '25%', maxUnavailable: '25%' }, 10)).toEqual({ surge: 3, unavailable: 2 })
    expect(rolloutBounds({ maxSurge: '50%', maxUnavailable: 0 }, 0)).toEqual({ surge: 0, unavailable: 1 })
  })
})
