import { describe, expect, it } from 'vitest'
import { DeadlineExceeded, linkedAbort, withDeadline } from './abort.ts'
import { manualRuntime } from './manual.ts'

const hang = (): Promise<never> => new Promise(() => undefined)

describe('linkedAbort', () => {
  it('fires with its parent, with the same reason', () => {
    const parent = new AbortController()
    const child = linkedAbort(parent.signal)
    parent.abort('stop')
    expect(child.signal.reason).toBe('stop')
  })

  it('is born fired when its parent has fired already', () => {
    expect(linkedAbort(AbortSignal.abort('before')).signal.reason).toBe('before')
  })

  it('follows no longer once it is disposed', () => {
    const parent = new AbortController()
    const child = linkedAbort(parent.signal)
    child[Symbol.dispose]()
    parent.abort()
    expect(child.signal.aborted).toBe(false)
  })
})

describe('withDeadline', () => {
  it('answers what the work answers, and leaves no sleep behind', async () => {
    const { clock, ...runtime } = manualRuntime()
    await expect(withDeadline({ clock, ms: 1_000, what: 'a question' }, async () => 42)).resolves.toBe(42)
    expect(runtime.sleeping).toBe(0)
  })

  it('settles at the deadline although the work does not heed its signal', async () => {
    const runtime = manualRuntime()
    let seen: AbortSignal | undefined
    const asked = withDeadline({ clock: runtime.clock, ms: 5_000, what: 'renewing the lease' }, signal => {
      seen = signal
      return hang()
    })
    const outcome = asked.catch((error: unknown) => error)
    await runtime.advance(4_999)
    expect(seen?.aborted).toBe(false)
    await runtime.advance(1)
    const error = await outcome
    expect(DeadlineExceeded.is(error)).toBe(true)
    expect(String(error)).toContain('renewing the lease: no answer within 5 s')
    expect(seen?.aborted).toBe(true)
  })

  it('ends with the parent, for its reason', async () => {
    const runtime = manualRuntime()
    const parent = new AbortController()
    const asked = withDeadline({ clock: runtime.clock, ms: 5_000, what: 'x', signal: parent.signal }, hang)
    parent.abort('stopping')
    await expect(asked).rejects.toBe('stopping')
    expect(runtime.sleeping).toBe(0)
  })
})
