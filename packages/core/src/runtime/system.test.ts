import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { systemRuntime } from './system.ts'

const { clock } = systemRuntime()

describe('a sleep', () => {
  it('ends after its time, and leaves nothing on the signal', async () => {
    const { signal } = new AbortController()
    const before = clock.monotonic()
    await clock.sleep(20, signal)
    // Timers count whole milliseconds.
    expect(clock.monotonic() - before).toBeGreaterThan(18)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('that is cut short rejects with the very reason', async () => {
    const stopping = new AbortController()
    const slept = clock.sleep(60_000, stopping.signal)
    const reason = Symbol('stop')
    stopping.abort(reason)
    await expect(slept).rejects.toBe(reason)
    await expect(clock.sleep(60_000, stopping.signal)).rejects.toBe(reason)
  })
})
