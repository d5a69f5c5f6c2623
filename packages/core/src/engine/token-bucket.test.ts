import { expect, it } from 'vitest'
import { manualRuntime } from '../runtime/index.ts'
import { createTokenBucket } from './token-bucket.ts'

it('lets a burst through and then says how long each further one has to wait', () => {
  const bucket = createTokenBucket({ clock: manualRuntime().clock, perSecond: 10, burst: 2 })
  expect([bucket.reserve(), bucket.reserve(), bucket.reserve(), bucket.reserve()]).toEqual([0, 0, 100, 200])
})

it('fills up with time, and never above its burst', async () => {
  const runtime = manualRuntime()
  const bucket = createTokenBucket({ clock: runtime.clock, perSecond: 1, burst: 2 })
  expect([bucket.tryTake(), bucket.tryTake(), bucket.tryTake()]).toEqual([true, true, false])
  await runtime.advance(999)
  expect(bucket.tryTake()).toBe(false)
  await runtime.advance(1)
  expect(bucket.tryTake()).toBe(true)
  await runtime.advance(3_600_000)
  expect([bucket.tryTake(), bucket.tryTake(), bucket.tryTake()]).toEqual([true, true, false])
})

it('pays back what was reserved ahead before it gives again', async () => {
  const runtime = manualRuntime()
  const bucket = createTokenBucket({ clock: runtime.clock, perSecond: 1, burst: 1 })
  expect([bucket.reserve(), bucket.reserve(), bucket.reserve()]).toEqual([0, 1_000, 2_000])
  await runtime.advance(2_000)
  expect(bucket.tryTake()).toBe(false)
})
