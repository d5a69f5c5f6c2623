import { type Span, type SpanOptions, type SpanStatus, type Tracer, trace } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { createMetrics } from '../engine/index.ts'
import { ProviderError } from '../provider/index.ts'
import { type ManualRuntime, manualRuntime } from '../runtime/index.ts'
import { type CallPolicy, type PolicyOptions, createCallPolicy } from './policy.ts'

const policy = (runtime: ManualRuntime, more: Partial<PolicyOptions> = {}): CallPolicy =>
  createCallPolicy({
    provider: 'test',
    runtime,
    log: () => {},
    metrics: createMetrics(),
    signal: new AbortController().signal,
    limits: {},
    timeouts: {},
    secrets: [],
    fence: () => {},
    ...more,
  })

const failing = async (work: Promise<unknown>): Promise<ProviderError> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!ProviderError.is(error)) throw new Error(`not a ProviderError: ${String(error)}`)
  return error
}

describe('a call to a provider', () => {
  it('that does not answer in time is Unavailable, and what it did is unknown', async () => {
    const runtime = manualRuntime()
    const late = failing(policy(runtime, { timeouts: { create: '5s' } }).run('create', () => new Promise(() => {})))
    await runtime.advance(5_000)
    expect(await late).toMatchObject({ code: 'Unavailable', facts: {} })
    expect(runtime.sleeping).toBe(0)
  })

  it('whose answer comes after its signal fired is an error: it may be half of a list', async () => {
    const runtime = manualRuntime()
    const late = failing(
      policy(runtime, { timeouts: { list: '5s' } }).run('list', async ({ signal }) => {
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
        return ['half']
      }),
    )
    await runtime.advance(5_000)
    expect((await late).code).toBe('Unavailable')
  })

  it('never tells a secret, whoever threw it', async () => {
    const guarded = policy(manualRuntime(), { secrets: ['hunter22', 'abc'] })
    const own = await failing(guarded.run('create', () => Promise.reject(new ProviderError('Internal', 'token hunter22 of abc'))))
    expect(own.message).toBe('token [redacted] of abc')
    const foreign = await failing(guarded.run('create', () => Promise.reject(new Error('with hunter22'))))
    expect(foreign.message).toBe('with [redacted]')
    expect(foreign.cause).toBeUndefined()
  })

  it('is a span of its own, which tells the failure and no secret', async () => {
    const spans: { name: string; attributes: unknown; message?: string; ended: boolean }[] = []
    const tracer = {
      startActiveSpan: (name: string, { attributes }: SpanOptions, work: (span: Span) => unknown) => {
        const told: (typeof spans)[number] = { name, attributes, ended: false }
        spans.push(told)
        return work({
          setStatus: ({ message = '' }: SpanStatus) => (told.message = message),
          end: () => (told.ended = true),
        } as unknown as Span)
      },
    } as unknown as Tracer
    trace.setGlobalTracerProvider({ getTracer: () => tracer })
    try {
      const guarded = policy(manualRuntime(), { secrets: ['hunter22'] })
      await guarded.run('list', () => Promise.resolve([]))
      await failing(guarded.run('create', () => Promise.reject(new Error('with hunter22'))))
    } finally {
      trace.disable()
    }
    const attributes = (operation: string) => ({ provider: 'test', operation })
    expect(spans).toEqual([
      { name: 'test list', attributes: attributes('list'), ended: true },
      { name: 'test create', attributes: attributes('create'), message: 'with [redacted]', ended: true },
    ])
  })

  it('of a newer contract fails as Internal', async () => {
    const odd = new ProviderError('Internal', 'x')
    Object.assign(odd, { code: 'Melted' })
    expect((await failing(policy(manualRuntime()).run('get', () => Promise.reject(odd)))).code).toBe('Internal')
  })

  it('waits its turn: so many at once, and lists are not held up by creates', async () => {
    const runtime = manualRuntime()
    const limited = policy(runtime, { limits: { concurrency: 2 } })
    let active = 0
    let most = 0
    const work = async (): Promise<void> => {
      most = Math.max(most, ++active)
      await runtime.clock.sleep(1_000)
      active -= 1
    }
    const creates = Promise.all(Array.from({ length: 6 }, () => limited.run('create', work)))
    await runtime.settle()
    await limited.run('list', async () => [])
    await runtime.advance(3_000)
    await creates
    expect(most).toBe(2)
  })

  it('is held back for as long as the provider asked, after RateLimited', async () => {
    const runtime = manualRuntime()
    const limited = policy(runtime)
    await failing(limited.run('create', () => Promise.reject(new ProviderError('RateLimited', 'slow down', { retryAfterMs: 3_000 }))))
    let called = false
    const next = limited.run('create', async () => {
      called = true
    })
    await runtime.advance(2_900)
    expect(called).toBe(false)
    await runtime.advance(200)
    await next
    expect(called).toBe(true)
  })

  it('is asked for once more when its turn has come, and does not leave when it is not due any more', async () => {
    const runtime = manualRuntime()
    const limited = policy(runtime, { limits: { concurrency: 1 } })
    const first = limited.run('delete', () => runtime.clock.sleep(1_000))
    let due = true
    let called = 0
    const second = limited.runIf(
      'delete',
      async () => due,
      async () => called++,
    )
    await runtime.advance(500)
    due = false
    await runtime.advance(600)
    expect([await first, await second, called]).toEqual([undefined, false, 0])
    due = true
    expect([
      await limited.runIf(
        'delete',
        async () => due,
        async () => called++,
      ),
      called,
    ]).toEqual([true, 1])
  })

  it('that changes something is not made when this process may not act any more', async () => {
    const fence = (): never => {
      throw new Error('the lease is lost')
    }
    let called = 0
    const fenced = policy(manualRuntime(), { fence })
    await failing(fenced.run('create', async () => called++))
    await failing(fenced.run('delete', async () => called++))
    await failing(
      fenced.runIf(
        'delete',
        async () => true,
        async () => called++,
      ),
    )
    expect(called).toBe(0)
  })

  it('ends when its connection is given up', async () => {
    const closing = new AbortController()
    const pending = failing(policy(manualRuntime(), { signal: closing.signal }).run('create', () => new Promise(() => {})))
    closing.abort(new Error('stopping'))
    expect((await pending).message).toContain('stopping')
  })
})
