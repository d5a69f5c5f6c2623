import { describe, expect, it } from 'vitest'
import { type ErrorCode, ProviderError, errorCodes } from '../provider/index.ts'
import { manualRuntime } from '../runtime/index.ts'
import { backoffMs } from './backoff.ts'
import { provesNothingMade } from './failure.ts'

const runtime = { ...manualRuntime(), random: () => 0.5 }
const seconds = (code: ErrorCode, failures: number, retryAfterMs?: number): number =>
  backoffMs(new ProviderError(code, 'no', retryAfterMs === undefined ? {} : { retryAfterMs }), failures, runtime) / 1_000

/** The first wait, the one after three failures in a row, and the longest, in seconds; whether a create that failed so has made nothing. */
const policy: Readonly<Record<ErrorCode, readonly [first: number, fourth: number, longest: number, madeNothing: boolean]>> = {
  NotFound: [1, 8, 60, false],
  InvalidConfig: [30, 240, 600, true],
  Unauthorized: [10, 80, 300, true],
  InsufficientCapacity: [15, 120, 300, true],
  QuotaExceeded: [30, 240, 600, true],
  RateLimited: [2, 16, 60, true],
  Busy: [2, 16, 60, false],
  Unavailable: [1, 8, 60, false],
  Internal: [2, 16, 120, false],
}

describe('after a call that failed', () => {
  it.each(Object.entries(policy))('with %s it waits %j', (name, [first, fourth, longest, madeNothing]) => {
    // Border: its keys are the codes, as the type says.
    const code = name as ErrorCode
    expect([seconds(code, 0), seconds(code, 3), seconds(code, 50)]).toEqual([first, fourth, longest])
    expect(provesNothingMade(new ProviderError(code, 'no'))).toBe(madeNothing)
  })

  it('has a wait for every code there is', () => {
    expect(Object.keys(policy).toSorted()).toEqual([...errorCodes].toSorted())
  })

  it('believes what the provider says of the outcome before its code, and waits at least as long as it is asked to', () => {
    expect(provesNothingMade(new ProviderError('InvalidConfig', 'no', { outcome: 'unknown' }))).toBe(false)
    expect(provesNothingMade(new ProviderError('Internal', 'no', { outcome: 'none' }))).toBe(true)
    expect([seconds('RateLimited', 0, 90_000), seconds('RateLimited', 50, 1_000)]).toEqual([90, 60])
  })

  it('spreads by a tenth to both sides, so that a thousand claims do not come back as one', () => {
    const error = new ProviderError('InsufficientCapacity', 'no')
    const at = (random: number): number => backoffMs(error, 0, { ...runtime, random: () => random })
    expect([at(0), at(0.999_999)]).toEqual([13_500, 16_500])
  })
})
