import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ManualRuntime, manualRuntime } from '../runtime/index.ts'
import { createMetrics } from './metrics.ts'
import { createTokenBucket } from './token-bucket.ts'
import { type Verdict, type WorkItem, type WorkQueueOptions, createWorkQueue } from './workqueue.ts'

const done: Verdict = { kind: 'done' }
const failed: Verdict = { kind: 'failed', error: new Error('no') }
const conflict: Verdict = { kind: 'conflict', error: new Error('conflict') }

/** A queue with a protocol of what was begun, and work that ends when the test says so, or at once with `verdict`. */
const story = (options: Partial<WorkQueueOptions> & { verdict?: (item: WorkItem) => Verdict; byHand?: boolean } = {}) => {
  const runtime: ManualRuntime = manualRuntime()
  const metrics = createMetrics()
  const begun: string[] = []
  const items: WorkItem[] = []
  const ends = new Map<string, (verdict: Verdict) => void>()
  let most = 0
  const queue = createWorkQueue({
    name: 'test',
    runtime,
    metrics,
    concurrency: 10,
    work: item => {
      begun.push(`${item.key}@${runtime.clock.monotonic()}`)
      items.push(item)
      most = Math.max(most, queue.running.length)
      if (options.byHand !== true) return Promise.resolve(options.verdict?.(item) ?? done)
      return new Promise(resolve => ends.set(item.key, resolve))
    },
    ...options,
  })
  const stop = new AbortController()
  const start = () => queue.run(stop.signal)
  const end = async (key: string, verdict: Verdict = done) => {
    ends.get(key)?.(verdict)
    await runtime.settle()
  }
  return { runtime, metrics, queue, stop, start, begun, items, end, most: () => most }
}

describe('one entry a key', () => {
  it('runs a key once, however often it is added before its turn', async () => {
    const s = story()
    for (let n = 0; n < 5; n++) s.queue.add('a')
    void s.start()
    await s.runtime.settle()
    expect(s.begun).toEqual(['a@0'])
    expect(s.queue.depth).toBe(0)
  })

  it('never gives one key to two workers; what is added while it runs makes it run once again afterwards', async () => {
    const s = story({ byHand: true })
    void s.start()
    s.queue.add('a')
    await s.runtime.settle()
    s.queue.add('a')
    s.queue.add('a')
    await s.runtime.advance(1_000)
    expect(s.begun).toEqual(['a@0'])
    await s.end('a')
    expect(s.begun).toEqual(['a@0', 'a@1000'])
    await s.end('a')
    await s.runtime.advance(1_000)
    expect(s.begun).toHaveLength(2)
  })

  it('keeps the rest going beside a key that hangs, up to its concurrency', async () => {
    const s = story({ byHand: true, concurrency: 2 })
    for (const key of ['a', 'b', 'c']) s.queue.add(key)
    void s.start()
    await s.runtime.settle()
    expect(s.begun).toEqual(['a@0', 'b@0'])
    await s.end('b')
    expect(s.begun).toEqual(['a@0', 'b@0', 'c@0'])
    expect(s.most()).toBe(2)
    expect(s.queue.running).toEqual(['a', 'c'])
  })

  it('does not begin the work inside of the add', async () => {
    const s = story()
    void s.start()
    await s.runtime.settle()
    s.queue.add('a')
    expect(s.begun).toEqual([])
    await s.runtime.settle()
    expect(s.begun).toEqual(['a@0'])
  })
})

describe('delays', () => {
  it('takes the earliest of several times, and sleeps in one place for all keys', async () => {
    const s = story()
    void s.start()
    s.queue.add('late', { after: 9_000 })
    for (const after of [5_000, 2_000, 7_000]) s.queue.add('a', { after })
    s.queue.add('b', { after: 3_000 })
    await s.runtime.settle()
    expect(s.runtime.sleeping).toBe(1)
    await s.runtime.advance(20_000)
    expect(s.begun).toEqual(['a@2000', 'b@3000', 'late@9000'])
  })

  it('runs a waiting key now when somebody adds it without a delay, and forgets the later time', async () => {
    const s = story()
    void s.start()
    s.queue.add('a', { after: 60_000 })
    await s.runtime.advance(10)
    s.queue.add('a')
    await s.runtime.advance(120_000)
    expect(s.begun).toEqual(['a@10'])
  })

  it('comes again after what the work asked for', async () => {
    const s = story({ verdict: () => ({ kind: 'again', afterMs: 5_000 }) })
    void s.start()
    s.queue.add('a')
    await s.runtime.advance(12_000)
    expect(s.begun).toEqual(['a@0', 'a@5000', 'a@10000'])
  })

  it('keeps a delayed add that came while the key ran', async () => {
    const s = story({ byHand: true })
    void s.start()
    s.queue.add('a')
    await s.runtime.settle()
    s.queue.add('a', { after: 5_000 })
    await s.runtime.advance(1_000)
    await s.end('a')
    await s.runtime.advance(10_000)
    expect(s.begun).toEqual(['a@0', 'a@5000'])
  })
})

describe('priorities', () => {
  it('hands out the higher first, and in the order of arrival within one', async () => {
    const s = story({ concurrency: 1 })
    s.queue.add('resync-1', { priority: -10 })
    s.queue.add('resync-2', { priority: -10 })
    s.queue.add('user-1')
    s.queue.add('urgent', { priority: 5 })
    s.queue.add('user-2')
    void s.start()
    await s.runtime.settle()
    expect(s.begun.map(b => b.replace('@0', ''))).toEqual(['urgent', 'user-1', 'user-2', 'resync-1', 'resync-2'])
  })

  it('raises a waiting key when it is added again with more', async () => {
    const s = story({ concurrency: 1 })
    for (const key of ['a', 'b', 'c']) s.queue.add(key, { priority: -10 })
    s.queue.add('c')
    s.queue.add('b', { priority: -20 })
    void s.start()
    await s.runtime.settle()
    expect(s.items.map(item => [item.key, item.priority])).toEqual([
      ['c', 0],
      ['a', -10],
      ['b', -10],
    ])
  })

  it('keeps the priority of a key over its retries', async () => {
    const s = story({ verdict: item => (item.attempt === 0 ? failed : done) })
    s.queue.add('a', { priority: -10 })
    void s.start()
    await s.runtime.advance(1_000)
    expect(s.items.map(item => item.priority)).toEqual([-10, -10])
  })
})

describe('failures', () => {
  it('backs off from 200 ms, doubling, up to 5 minutes', async () => {
    const s = story({ verdict: () => failed })
    void s.start()
    s.queue.add('a')
    await s.runtime.advance(3_600_000)
    const times = s.begun.map(b => Number(b.split('@')[1]))
    const delays = times.slice(1).map((time, n) => time - (times[n] ?? 0))
    expect(delays.slice(0, 4)).toEqual([200, 400, 800, 1_600])
    expect(Math.max(...delays)).toBe(300_000)
    expect(s.items.map(item => item.attempt).slice(0, 3)).toEqual([0, 1, 2])
  })

  it('begins anew after a success', async () => {
    const verdicts: Verdict[] = [failed, failed, done, failed, done]
    const s = story({ verdict: () => verdicts.shift() ?? done })
    void s.start()
    s.queue.add('a')
    await s.runtime.advance(1_000)
    s.queue.add('a')
    await s.runtime.advance(1_000)
    expect(s.begun).toEqual(['a@0', 'a@200', 'a@600', 'a@1000', 'a@1200'])
    expect(s.items.map(item => item.attempt)).toEqual([0, 1, 2, 0, 1])
  })

  it('begins anew after a success too when more is to be done at once', async () => {
    const s = story({ byHand: true })
    void s.start()
    s.queue.add('a')
    await s.runtime.settle()
    await s.end('a', failed)
    await s.runtime.advance(200)
    s.queue.add('a')
    await s.end('a', done)
    await s.end('a', { kind: 'again', afterMs: 10 })
    await s.runtime.advance(10)
    expect(s.items.map(item => item.attempt)).toEqual([0, 1, 0, 0])
  })

  it('waits at least as long as the other side asked for', async () => {
    const s = story({ verdict: item => (item.attempt === 0 ? { ...failed, atLeastMs: 30_000 } : done) })
    void s.start()
    s.queue.add('a')
    await s.runtime.advance(60_000)
    expect(s.begun).toEqual(['a@0', 'a@30000'])
  })

  it('does not come back all at once: keys differ by jitter, and all retries share one bucket', async () => {
    const runtime = manualRuntime({ random: [0, 0.25, 0.75] })
    const retries = createTokenBucket({ clock: runtime.clock, perSecond: 1, burst: 3 })
    const delays: number[] = []
    const queue = createWorkQueue({
      name: 'test',
      runtime,
      metrics: createMetrics(),
      concurrency: 10,
      retries,
      work: item => Promise.resolve(item.attempt === 0 ? failed : done),
      onRetry: (_item, _verdict, delayMs) => delays.push(Math.round(delayMs)),
    })
    for (const key of ['a', 'b', 'c', 'd', 'e']) queue.add(key)
    void queue.run(new AbortController().signal)
    await runtime.settle()
    expect(delays).toEqual([160, 180, 220, 1_000, 2_000])
  })

  it('repeats a conflict within milliseconds, without counting it as a failure; a lasting one slows down', async () => {
    const s = story({ verdict: () => (s.items.length <= 3 ? conflict : done) })
    void s.start()
    s.queue.add('a')
    await s.runtime.advance(1_000)
    expect(s.begun).toEqual(['a@0', 'a@10', 'a@30', 'a@70'])
    expect(s.items.map(item => item.attempt)).toEqual([0, 0, 0, 0])
  })

  it('tells who asks when a key will be tried again', async () => {
    const told: unknown[] = []
    const s = story({
      verdict: item => (item.attempt === 0 ? failed : done),
      onRetry: (item, verdict, delayMs) => told.push([item.key, verdict.error, delayMs]),
    })
    void s.start()
    s.queue.add('a')
    await s.runtime.settle()
    expect(told).toEqual([['a', failed.kind === 'failed' && failed.error, 200]])
  })

  it("lets a user's change through at once although the key is backing off", async () => {
    const s = story({ verdict: item => (item.attempt < 10 && s.runtime.clock.monotonic() < 20_000 ? failed : done) })
    void s.start()
    s.queue.add('a')
    await s.runtime.advance(20_000)
    s.queue.add('a')
    await s.runtime.settle()
    expect(s.begun.at(-1)).toBe('a@20000')
  })
})

describe('the end', () => {
  it('starts nothing new once told to stop, and waits for what runs', async () => {
    const s = story({ byHand: true, concurrency: 1 })
    let over = false
    const running = s.start().then(() => (over = true))
    for (const key of ['a', 'b']) s.queue.add(key)
    s.queue.add('c', { after: 10 })
    await s.runtime.settle()
    s.stop.abort()
    s.queue.add('d')
    await s.runtime.advance(1_000)
    expect(over).toBe(false)
    await s.end('a', failed)
    await running
    await s.runtime.advance(600_000)
    expect(s.begun).toEqual(['a@0'])
    expect(s.runtime.sleeping).toBe(0)
  })

  it('does not begin a key that was handed out in the same turn in which it was told to stop', async () => {
    const s = story()
    const running = s.start()
    await s.runtime.settle()
    s.queue.add('a')
    s.stop.abort()
    await running
    expect(s.begun).toEqual([])
  })

  it('breaks loudly when the work rejects, which it never may', async () => {
    const runtime = manualRuntime()
    const queue = createWorkQueue({
      name: 'test',
      runtime,
      metrics: createMetrics(),
      concurrency: 1,
      work: () => Promise.reject(new Error('bug')),
    })
    queue.add('a')
    await expect(queue.run(new AbortController().signal)).rejects.toThrow('bug')
  })
})

it("counts under the field's names", async () => {
  const s = story({ byHand: true, concurrency: 1 })
  void s.start()
  s.queue.add('a')
  s.queue.add('b')
  await s.runtime.advance(2_000)
  s.queue.observe()
  let text = await s.metrics.text()
  expect(text).toContain('workqueue_depth{name="test"} 1')
  expect(text).toContain('workqueue_adds_total{name="test"} 2')
  expect(text).toContain('workqueue_unfinished_work_seconds{name="test"} 2')
  expect(text).toContain('workqueue_longest_running_processor_seconds{name="test"} 2')
  await s.end('a', failed)
  text = await s.metrics.text()
  expect(text).toContain('workqueue_depth{name="test"} 0')
  expect(text).toContain('workqueue_retries_total{name="test"} 1')
  expect(text).toContain('workqueue_queue_duration_seconds_sum{name="test"} 2')
  expect(text).toContain('workqueue_work_duration_seconds_sum{name="test"} 2')
})

it('runs after every add, and never one key twice at a time, whatever happens in which order', async () => {
  const key = fc.constantFrom('a', 'b', 'c')
  const step = fc.oneof(
    fc.record({ add: key, after: fc.constantFrom(0, 0, 5, 50), priority: fc.integer({ min: -2, max: 2 }) }),
    fc.record({ end: key, verdict: fc.constantFrom<Verdict>(done, failed, conflict, { kind: 'again', afterMs: 20 }) }),
    fc.record({ advance: fc.constantFrom(0, 5, 100, 1_000) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 3 }), async (steps, concurrency) => {
      const s = story({ byHand: true, concurrency })
      void s.start()
      const added = new Map<string, number>()
      const busy = new Map<string, number>()
      const check = () => {
        expect(new Set(s.queue.running).size).toBe(s.queue.running.length)
        expect(s.queue.running.length).toBeLessThanOrEqual(concurrency)
      }
      for (const now of steps) {
        if ('add' in now) {
          s.queue.add(now.add, now)
          added.set(now.add, s.begun.length)
        } else if ('end' in now) await s.end(now.end, now.verdict)
        else await s.runtime.advance(now.advance)
        check()
      }
      // Everything that still runs ends well, until nothing is left to do.
      for (let turn = 0; turn < 20; turn++) {
        await s.runtime.advance(600_000)
        for (const running of s.queue.running) await s.end(running)
      }
      expect(s.queue.running).toEqual([])
      for (const [wanted, since] of added) busy.set(wanted, s.begun.slice(since).filter(b => b.startsWith(`${wanted}@`)).length)
      for (const [wanted, runs] of busy) expect(runs, `runs of ${wanted} after its last add`).toBeGreaterThan(0)
    }),
    { numRuns: 60 },
  )
})
