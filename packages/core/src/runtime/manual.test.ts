import { expect, it } from 'vitest'
import { manualRuntime } from './manual.ts'

it('wakes sleepers in the order of their times, with the clock at each of them', async () => {
  const runtime = manualRuntime()
  const woke: string[] = []
  const sleep = (name: string, ms: number) => runtime.clock.sleep(ms).then(() => woke.push(`${name}@${runtime.clock.monotonic()}`))
  void sleep('late', 300)
  void sleep('early', 100).then(() => sleep('after early', 50))
  await runtime.advance(300)
  expect(woke).toEqual(['early@100', 'after early@150', 'late@300'])
})

it('can freeze and thaw: after a jump the time is past, but nobody has been woken yet', async () => {
  const runtime = manualRuntime()
  let woke = false
  void runtime.clock.sleep(100).then(() => (woke = true))
  runtime.jump(60_000)
  await runtime.settle()
  expect([runtime.clock.monotonic(), woke]).toEqual([60_000, false])
  await runtime.advance(0)
  expect(woke).toBe(true)
})
