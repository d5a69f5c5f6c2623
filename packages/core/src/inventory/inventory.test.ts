import { describe, expect, it } from 'vitest'
import { type Machine, ProviderError, type Scope } from '../provider/index.ts'
import { type ManualRuntime, manualRuntime } from '../runtime/index.ts'
import { type Inventory, type Listing, createInventory } from './inventory.ts'

const machine = (id: string, claim: string | undefined, more: Partial<Machine> = {}): Machine => ({
  id,
  providerID: `test://${id}`,
  state: 'running',
  createdAt: '2026-01-01T00:00:00Z',
  ...(claim === undefined ? {} : { owner: { cluster: 'c', controller: 'k', claim, nodeName: `node-${claim}`, attempt: 1 } }),
  ...more,
})

interface World {
  readonly runtime: ManualRuntime
  readonly inventory: Inventory
  /** What its next lists answer, and how many there were. */
  readonly provider: { answer: () => Listing; lists: number; tookMs: number }
  readonly told: string[]
  stop(): Promise<void>
}

const world = (...machines: readonly Machine[]): World => {
  const runtime = manualRuntime()
  const stopping = new AbortController()
  const told: string[] = []
  const provider = { lists: 0, tookMs: 0, answer: (): Listing => all(...machines) }
  const inventory = createInventory({
    runtime,
    log: () => {},
    consistencyWindowMs: 10_000,
    refresh: { activeMs: 2_000, idleMs: 60_000 },
    list: async () => {
      provider.lists += 1
      if (provider.tookMs > 0) await runtime.clock.sleep(provider.tookMs)
      return provider.answer()
    },
  })
  inventory.onChange(({ claim }) => told.push(claim))
  const running = inventory.run(stopping.signal)
  return {
    runtime,
    inventory,
    told,
    provider,
    stop: async () => {
      stopping.abort()
      await running
      expect(runtime.sleeping).toBe(0)
    },
  }
}

const all = (...machines: readonly Machine[]): Listing => ({ machines, missing: [] })

describe('the mirror of machines', () => {
  it('lists at once, seldom at rest, often while somebody waits', async () => {
    const w = world()
    await w.runtime.settle()
    expect(w.provider.lists).toBe(1)
    await w.runtime.advance(59_000)
    expect(w.provider.lists).toBe(1)
    await w.runtime.advance(1_000)
    expect(w.provider.lists).toBe(2)
    w.provider.tookMs = 100
    w.inventory.expect('u', 'node-u')
    await w.runtime.advance(6_000)
    const lists = w.provider.lists
    expect(lists).toBeGreaterThan(4)
    w.inventory.settle('u')
    await w.runtime.advance(60_000)
    expect(w.provider.lists).toBe(lists + 1)
    await w.stop()
  })

  it.each([
    [0, 500],
    [30, 600],
    [99, 1_980],
    [250, 2_000],
    [5_000, 2_000],
  ])('lists that take %d ms follow one another after %d ms', async (tookMs, pauseMs) => {
    const w = world()
    await w.runtime.settle()
    w.inventory.expect('u', 'node-u')
    w.provider.tookMs = tookMs
    // The next one is as slow as that.
    await w.runtime.advance(500 + tookMs)
    const { lists } = w.provider
    await w.runtime.advance(10 * (tookMs + pauseMs))
    expect(w.provider.lists - lists).toBe(10)
    await w.stop()
  })

  it('files machines by claim, tells of changes, and forgets what is gone', async () => {
    const w = world(machine('m1', 'u'), machine('m2', undefined), machine('m3', 'v', { state: 'gone' }))
    await w.runtime.settle()
    expect(w.inventory.of('u').map(m => m.id)).toEqual(['m1'])
    expect(w.inventory.of('v')).toEqual([])
    expect(w.inventory.list()).toHaveLength(2)
    expect(w.inventory.isListed('m1')).toBe(true)
    expect(w.told).toEqual(['u'])
    w.provider.answer = () => all(machine('m2', undefined))
    await w.runtime.advance(60_000)
    expect(w.inventory.of('u')).toEqual([])
    expect(w.told).toEqual(['u', 'u'])
    expect(['m1', 'm3'].map(id => w.inventory.isGone(id))).toEqual([false, true])
    await w.stop()
  })

  it('tells when what there is to say of a machine changes', async () => {
    const w = world(machine('m1', 'u'))
    await w.runtime.settle()
    w.provider.answer = () => all(machine('m1', 'u', { problem: 'its disk is full' }))
    await w.runtime.advance(60_000)
    expect(w.told).toEqual(['u', 'u'])
    await w.runtime.advance(60_000)
    expect(w.told).toEqual(['u', 'u'])
    await w.stop()
  })

  it('files machines by the name that the cloud gives them, foreign ones too, and follows it', async () => {
    const named = (name: string): readonly string[] => w.inventory.named(name).map(({ id }) => id)
    const w = world(machine('m1', 'u', { nodeName: 'ip-1' }), machine('m2', undefined, { nodeName: 'ip-1' }), machine('m3', 'v'))
    await w.runtime.settle()
    expect(named('ip-1')).toEqual(['m1', 'm2'])
    w.provider.answer = () => all(machine('m1', 'u', { nodeName: 'ip-1' }), machine('m3', 'v', { nodeName: 'ip-3' }))
    await w.runtime.advance(60_000)
    expect([named('ip-1'), named('ip-3')]).toEqual([['m1'], ['m3']])
    w.provider.answer = () => all(machine('m1', 'u', { nodeName: 'ip-9' }))
    await w.runtime.advance(60_000)
    expect([named('ip-1'), named('ip-3'), named('ip-9')]).toEqual([[], [], ['m1']])
    await w.stop()
  })

  it('keeps what our own create answered until a list may be believed about it', async () => {
    const w = world()
    await w.runtime.settle()
    w.inventory.put(machine('m1', 'u'))
    w.inventory.expect('u', 'node-u')
    await w.runtime.advance(10_000)
    expect(w.inventory.of('u')).toHaveLength(1)
    expect(w.inventory.isListed('m1')).toBe(false)
    await w.runtime.advance(2_000)
    expect(w.inventory.of('u')).toEqual([])
    await w.stop()
  })

  it('believes a list that shows the end of a machine which none has shown alive', async () => {
    const w = world()
    await w.runtime.settle()
    w.inventory.put(machine('m1', 'u'))
    w.provider.answer = () => all(machine('m1', 'u', { state: 'gone' }))
    w.inventory.expect('u')
    await w.runtime.advance(2_000)
    expect([w.inventory.of('u'), w.inventory.isGone('m1'), w.told]).toEqual([[], true, expect.arrayContaining(['u'])])
    w.inventory.settle('u')
    await w.stop()
  })

  it('keeps machines in places that could not be asked, and such a list proves nothing', async () => {
    const w = world(machine('m1', 'u', { zone: 'a' }), machine('m2', 'v', { zone: 'b' }))
    await w.runtime.settle()
    const before = w.inventory.listedAt
    const missing: readonly Scope[] = [{ zone: 'a' }]
    w.provider.answer = () => ({ machines: [], missing })
    await w.runtime.advance(60_000)
    expect(w.inventory.of('u')).toHaveLength(1)
    expect(w.inventory.of('v')).toHaveLength(0)
    expect(w.inventory.listedAt).toBe(before)
    expect(w.inventory.unasked).toEqual(missing)
    await w.stop()
  })

  it('believes nothing of a list that failed, says why, and tries again with backoff', async () => {
    const w = world(machine('m1', 'u'))
    await w.runtime.settle()
    const before = w.inventory.listedAt
    w.provider.answer = () => {
      throw new ProviderError('Unavailable', 'down')
    }
    await w.runtime.advance(60_000)
    expect(w.inventory.problem?.message).toBe('down')
    expect(w.inventory.listedAt).toBe(before)
    expect(w.inventory.of('u')).toHaveLength(1)
    const failed = w.provider.lists
    await w.runtime.advance(3_000)
    expect(w.provider.lists).toBe(failed + 2)
    w.provider.answer = () => all()
    await w.runtime.advance(4_000)
    expect(w.inventory.problem).toBeUndefined()
    await w.stop()
  })
})
