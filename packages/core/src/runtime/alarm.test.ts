import { expect, it } from 'vitest'
import { createAlarm } from './alarm.ts'
import { manualRuntime } from './manual.ts'

const never = new AbortController().signal

it('sleeps as long as it is told', async () => {
  const runtime = manualRuntime()
  const woke = createAlarm(runtime.clock)
    .wait(1_000, never)
    .then(() => runtime.clock.monotonic())
  await runtime.advance(5_000)
  expect(await woke).toBe(1_000)
})

it('wakes when somebody rings, also from a wait without end', async () => {
  const runtime = manualRuntime()
  const alarm = createAlarm(runtime.clock)
  for (const ms of [1_000, undefined]) {
    const woke = alarm.wait(ms, never)
    alarm.ring()
    await woke
  }
  expect(runtime.clock.monotonic()).toBe(0)
  expect(runtime.sleeping).toBe(0)
})

it('remembers a ring that came while nobody waited, once', async () => {
  const runtime = manualRuntime()
  const alarm = createAlarm(runtime.clock)
  alarm.ring()
  await alarm.wait(undefined, never)
  let woke = false
  const second = alarm.wait(1_000, never).then(() => (woke = true))
  await runtime.settle()
  expect(woke).toBe(false)
  await runtime.advance(1_000)
  await second
})

it('rejects with the reason of its signal', async () => {
  const stop = new AbortController()
  const alarm = createAlarm(manualRuntime().clock)
  const waiting = alarm.wait(undefined, stop.signal)
  stop.abort('stop')
  await expect(waiting).rejects.toBe('stop')
  await expect(alarm.wait(1, stop.signal)).rejects.toBe('stop')
})
