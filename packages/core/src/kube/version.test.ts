import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareVersions } from './version.ts'

describe('compareVersions', () => {
  it('orders as integers, also those that no double holds', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 70n }), fc.bigInt({ min: 0n, max: 2n ** 70n }), (a, b) => {
        expect(Math.sign(compareVersions(String(a), String(b)))).toBe(a < b ? -1 : a > b ? 1 : 0)
      }),
    )
  })
})
