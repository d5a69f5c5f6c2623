import { describe, expect, it } from 'vitest'
import type { Lease } from '../api/index.ts'
import { type KubeRequest, createClient } from '../kube/index.ts'
import { type ManualRuntime, manualRuntime } from '../runtime/index.ts'
import { createCandidate } from './candidate.ts'
import { type Fate, fakeCluster } from './cluster.fake.ts'
import { LeaseLost } from './errors.ts'
import { fencedClient } from './fence.ts'
import { type ElectionContext, type Leadership, lead } from './leadership.ts'
import { type LeaderElection, microTime, termsOf } from './lease.ts'

const leases = '/apis/coordination.k8s.io/v1/namespaces/system/leases'
const path = `${leases}/kube-node`

/** One cluster and several processes that want to lead there, all on one clock. */
const story = () => {
  const runtime: ManualRuntime = manualRuntime()
  const cluster = fakeCluster()
  const lines: string[] = []
  const spec = (): Lease['spec'] => cluster.object(path)?.spec as Lease['spec']
  const join = (name: string, election: Partial<LeaderElection> = {}) => {
    const stop = new AbortController()
    const context = {
      client: createClient({ transport: cluster, clock: runtime.clock }),
      runtime,
      log: (level: string, message: string) => lines.push(`${name} ${level}: ${message}`),
      terms: termsOf({ namespace: 'system', identity: name, ...election }, runtime),
    }
    const candidate = createCandidate(context)
    const process: { leadership: Leadership | undefined } = { leadership: undefined }
    const acquired = candidate.acquire(stop.signal).then(won => (process.leadership = lead(context, won)))
    acquired.catch((error: unknown) => lines.push(`${name} ended: ${String(error)}`))
    return {
      candidate,
      stop,
      identity: context.terms.identity,
      get leads() {
        return process.leadership !== undefined && !process.leadership.lost.aborted
      },
      get leadership(): Leadership {
        if (!process.leadership) throw new Error(`${name} does not lead`)
        return process.leadership
      },
    }
  }
  return { runtime, cluster, join, lines, spec }
}

/** The fate of requests of one method; everything else works. */
const only =
  (method: KubeRequest['method'], fate: Fate) =>
  (request: KubeRequest): Fate =>
    request.method === method ? fate : 'works'

describe('taking the lease', () => {
  it('creates it, and renews it every two seconds with MicroTime of six digits', async () => {
    const s = story()
    const a = s.join('a')
    await s.runtime.settle()
    expect(a.leads).toBe(true)
    expect(a.candidate.waiting).toBe('')
    expect(s.spec()).toEqual({
      holderIdentity: a.identity,
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    })
    await s.runtime.advance(60_000)
    expect(a.leads).toBe(true)
    const [acquireTime, renewTime] = ['2026-01-01T00:00:00.000000Z', '2026-01-01T00:01:00.000000Z']
    expect(s.spec()).toMatchObject({ acquireTime, renewTime, leaseTransitions: 0 })
    expect(s.cluster.requests.filter(r => r.startsWith('PUT'))).toHaveLength(30)
  })

  it('stands by while another holds it, and says who', async () => {
    const s = story()
    const a = s.join('a')
    await s.runtime.settle()
    const b = s.join('b')
    await s.runtime.advance(600_000)
    expect([a.leads, b.leads]).toEqual([true, false])
    expect(b.candidate.waiting).toBe(`standing by: lease system/kube-node is held by ${a.identity}`)
    expect(b.candidate.standby).toBe(true)
    expect(s.lines.filter(line => line.startsWith('b'))).toEqual([`b info: waiting for the lease system/kube-node, held by ${a.identity}`])
  })

  it("takes over a silent leader's lease only after the full duration since it saw it change, whatever times stand in it", async () => {
    const s = story()
    s.cluster.put(path, {
      spec: { holderIdentity: 'dead', leaseDurationSeconds: 15, renewTime: '1999-01-01T00:00:00.000000Z', leaseTransitions: 4 },
    })
    await s.runtime.advance(100_000)
    const b = s.join('b')
    await s.runtime.advance(14_999)
    expect(b.leads).toBe(false)
    await s.runtime.advance(2_500)
    expect(b.leads).toBe(true)
    expect(s.spec()).toMatchObject({ holderIdentity: b.identity, leaseTransitions: 5 })
  })

  it('notes on it when nobody led, for its successors too', async () => {
    const s = story()
    const a = s.join('a')
    await s.runtime.advance(60_000)
    expect(a.leadership.vacancies).toEqual([])
    a.stop.abort()
    await a.leadership.end({ release: false })
    await s.runtime.advance(600_000)
    const b = s.join('b')
    await s.runtime.advance(20_000)
    const [vacancy, ...others] = b.leadership.vacancies
    expect(others).toEqual([])
    expect(vacancy?.from).toBe(Date.parse('2026-01-01T00:01:00Z'))
    expect(vacancy?.to).toBe(Date.parse(s.spec()?.acquireTime ?? ''))
    await b.leadership.end({ release: true })
    const c = s.join('c')
    await s.runtime.advance(20_000)
    expect(c.leadership.vacancies).toEqual([vacancy])
  })

  it('notes it also when its own lease comes back as it was long ago, as with a backup', async () => {
    const s = story()
    const a = s.join('a')
    await s.runtime.advance(60_000)
    const backup = s.cluster.object(path)
    await s.runtime.advance(120_000)
    s.cluster.put(path, backup)
    await s.runtime.advance(20_000)
    expect(a.leads).toBe(true)
    expect(a.leadership.vacancies).toMatchObject([{ from: Date.parse('2026-01-01T00:01:00Z') }])
  })

  it('waits out a lease that somebody deleted: its holder may not know yet', async () => {
    const s = story()
    s.cluster.put(path, { spec: { holderIdentity: 'x', leaseDurationSeconds: 15, leaseTransitions: 0 } })
    const b = s.join('b')
    await s.runtime.advance(5_000)
    s.cluster.put(path, undefined)
    await s.runtime.advance(14_000)
    expect(b.leads).toBe(false)
    await s.runtime.advance(6_000)
    expect(b.leads).toBe(true)
  })

  it('waits out a deleted lease whose last holder it never saw: what it saw before had run out', async () => {
    const s = story()
    s.cluster.put(path, { spec: { holderIdentity: 'x', leaseDurationSeconds: 15, leaseTransitions: 0 } })
    const b = s.join('b')
    await s.runtime.advance(10_000)
    s.cluster.fate = () => 'unreachable'
    await s.runtime.advance(10_000)
    s.cluster.put(path, undefined)
    s.cluster.fate = () => 'works'
    await s.runtime.advance(10_000)
    expect(b.leads).toBe(false)
    await s.runtime.advance(20_000)
    expect(b.leads).toBe(true)
  })

  it('is won by one of two who ask at once', async () => {
    const s = story()
    const [a, b] = [s.join('a'), s.join('b')]
    await s.runtime.advance(60_000)
    expect([a.leads, b.leads].filter(Boolean)).toHaveLength(1)
  })

  it('recognises its own name after a lost answer, and makes sure by writing again', async () => {
    const s = story()
    s.cluster.fate = only('POST', 'answer lost')
    const a = s.join('a')
    await s.runtime.settle()
    expect(a.leads).toBe(false)
    await s.runtime.advance(5_000)
    expect(a.leads).toBe(true)
    expect(s.spec()).toMatchObject({ holderIdentity: a.identity, leaseTransitions: 0 })
  })

  it.each([
    ['unreachable', 'unreachable', 'connection refused'],
    ['forbidden', { status: 403, reason: 'Forbidden', message: 'leases is forbidden: User "x" cannot get' }, 'User "x" cannot get'],
    ['silent', 'hangs', 'no answer within'],
  ] as const)('says what is wrong (API server %s), asks ever more seldom, recovers by itself', async (_name, fate, message) => {
    const s = story()
    s.cluster.fate = () => fate
    const a = s.join('a')
    await s.runtime.advance(600_000)
    expect(a.candidate.waiting).toContain(message)
    expect(a.candidate.standby).toBe(false)
    expect(s.cluster.requests.length).toBeLessThan(30)
    s.cluster.fate = () => 'works'
    await s.runtime.advance(60_000)
    expect(a.leads).toBe(true)
  })

  it('gives up asking when told to stop', async () => {
    const s = story()
    s.cluster.fate = () => 'unreachable'
    const a = s.join('a')
    await s.runtime.settle()
    a.stop.abort(new Error('stop'))
    await s.runtime.settle()
    expect(s.lines.at(-1)).toBe('a ended: Error: stop')
    expect(s.runtime.sleeping).toBe(0)
  })
})

describe('losing it', () => {
  it.each(['unreachable', 'hangs'] as const)('stops acting 10 s after its last renewal, 5 s before others may (%s)', async fate => {
    const s = story()
    const a = s.join('a')
    await s.runtime.settle()
    const b = s.join('b')
    await s.runtime.advance(20_000)
    // The last renewal was sent at 20 s.
    s.cluster.fate = () => fate
    await s.runtime.advance(9_999)
    expect(a.leads).toBe(true)
    await s.runtime.advance(1)
    expect(a.leads).toBe(false)
    expect(LeaseLost.is(a.leadership.lost.reason)).toBe(true)
    expect(String(a.leadership.lost.reason)).toContain('not renewed within 10 s')
    expect(() => a.leadership.fence()).toThrow('leadership lost')
    s.cluster.fate = () => 'works'
    await s.runtime.advance(4_000)
    expect(b.leads).toBe(false)
    await s.runtime.advance(60_000)
    expect([a.leads, b.leads]).toEqual([false, true])
  })

  it('counts from when a renewal was sent: others may count from any moment after that', async () => {
    const s = story()
    const slow = createClient({ transport: s.cluster, clock: s.runtime.clock })
    const context = {
      client: {
        ...slow,
        update: async (...request: Parameters<typeof slow.update>) => {
          const answer = await slow.update(...request)
          await s.runtime.clock.sleep(4_000)
          return answer
        },
      },
      runtime: s.runtime,
      log: () => undefined,
      terms: termsOf({ namespace: 'system' }, s.runtime),
    } as ElectionContext
    const leadership = lead(context, await createCandidate(context).acquire(new AbortController().signal))
    // Sent at 2 s and answered at 6 s; the next one, sent at 8 s, never is.
    await s.runtime.advance(7_000)
    s.cluster.fate = () => 'hangs'
    await s.runtime.advance(4_999)
    expect(leadership.lost.aborted).toBe(false)
    await s.runtime.advance(1)
    expect(leadership.lost.aborted).toBe(true)
  })

  it('survives lost answers and conflicts, by reading back what is there', async () => {
    const s = story()
    const a = s.join('a')
    await s.runtime.advance(2_000)
    s.cluster.fate = only('PUT', 'answer lost')
    await s.runtime.advance(6_000)
    s.cluster.fate = () => 'works'
    s.cluster.put(path, { ...s.cluster.object(path), metadata: { labels: { touched: 'yes' } } })
    await s.runtime.advance(30_000)
    expect(a.leads).toBe(true)
    expect(s.spec()).toMatchObject({ holderIdentity: a.identity, leaseTransitions: 0, renewTime: '2026-01-01T00:00:38.000000Z' })
    expect(s.cluster.object(path)?.metadata).toMatchObject({ labels: { touched: 'yes' } })
  })

  it('is not kept by a renewal whose answer never comes: only what is confirmed counts', async () => {
    const s = story()
    const a = s.join('a')
    await s.runtime.settle()
    s.cluster.fate = only('PUT', 'answer lost')
    await s.runtime.advance(10_000)
    expect(a.leads).toBe(false)
  })

  it('ends at once when another holds the lease', async () => {
    const s = story()
    const a = s.join('a')
    await s.runtime.settle()
    s.cluster.put(path, { spec: { holderIdentity: 'thief', leaseDurationSeconds: 15 } })
    await s.runtime.advance(2_000)
    expect(a.leads).toBe(false)
    expect(String(a.leadership.lost.reason)).toContain('held by thief')
    await s.runtime.advance(60_000)
    expect(s.spec()?.holderIdentity).toBe('thief')
  })

  it('puts back a lease that somebody deleted, while its time runs', async () => {
    const s = story()
    const a = s.join('a')
    await s.runtime.settle()
    s.cluster.put(path, undefined)
    await s.runtime.advance(10_000)
    expect(a.leads).toBe(true)
    expect(s.spec()?.holderIdentity).toBe(a.identity)
  })
})

describe('a leader that was frozen', () => {
  it('writes nothing after its thaw, not even before its first timer fires', async () => {
    const s = story()
    const a = s.join('a')
    await s.runtime.settle()
    const client = fencedClient(createClient({ transport: s.cluster, clock: s.runtime.clock }), () => a.leadership.fence())
    s.runtime.jump(60_000)
    expect(a.leadership.lost.aborted).toBe(false)
    const before = s.cluster.requests.length
    const Widgets = { group: '', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: false }
    const on = { uid: 'u' }
    await expect(client.create(Widgets, { metadata: { name: 'w' } })).rejects.toSatisfy(LeaseLost.is)
    await expect(client.update(Widgets, { metadata: { name: 'w' } })).rejects.toSatisfy(LeaseLost.is)
    await expect(client.patch(Widgets, { name: 'w' }, { merge: {} }, { on })).rejects.toSatisfy(LeaseLost.is)
    await expect(client.delete(Widgets, { name: 'w' }, on)).rejects.toSatisfy(LeaseLost.is)
    await expect(client.evict({ namespace: 'n', name: 'p' })).rejects.toSatisfy(LeaseLost.is)
    expect(s.cluster.requests).toHaveLength(before)
    expect(a.leadership.lost.aborted).toBe(true)
  })

  it('does not renew a lease that has run out, though nobody has taken it', async () => {
    const s = story()
    const a = s.join('a')
    await s.runtime.settle()
    s.runtime.jump(60_000)
    await s.runtime.advance(10_000)
    expect(a.leads).toBe(false)
    expect(s.spec()?.renewTime).toBe('2026-01-01T00:00:00.000000Z')
  })

  it('notices a sleep of the machine, during which the monotonic clock stood still', async () => {
    const runtime = manualRuntime()
    let suspended = 0
    const machine = { ...runtime, clock: { ...runtime.clock, now: () => runtime.clock.now() + suspended } }
    const terms = termsOf({ namespace: 'system' }, runtime)
    const client = createClient({ transport: fakeCluster(), clock: runtime.clock })
    const context = { client, runtime: machine, log: () => undefined, terms }
    const leadership = lead(context, await createCandidate(context).acquire(new AbortController().signal))
    leadership.fence()
    suspended = 11_000
    expect(() => leadership.fence()).toThrow(LeaseLost)
  })
})

describe('the end', () => {
  it('gives the lease back, so that another need not wait', async () => {
    const s = story()
    const a = s.join('a')
    await s.runtime.settle()
    const b = s.join('b')
    await s.runtime.advance(10_000)
    await a.leadership.end({ release: true })
    expect(s.spec()?.holderIdentity).toBeUndefined()
    expect(() => a.leadership.fence()).toThrow('given back')
    expect(a.leadership.lost.aborted).toBe(false)
    await s.runtime.advance(2_500)
    expect(b.leads).toBe(true)
    expect(s.spec()).toMatchObject({ holderIdentity: b.identity, leaseTransitions: 1 })
  })

  it('keeps the lease until it runs out when not everything has stopped', async () => {
    const s = story()
    const a = s.join('a')
    await s.runtime.settle()
    await a.leadership.end({ release: false })
    expect(s.spec()?.holderIdentity).toBe(a.identity)
    expect(s.runtime.sleeping).toBe(0)
  })

  it('gives it back although a renewal was under way', async () => {
    const s = story()
    const a = s.join('a')
    await s.runtime.settle()
    s.cluster.fate = only('PUT', 'hangs')
    await s.runtime.advance(3_000)
    s.cluster.fate = () => 'works'
    await a.leadership.end({ release: true })
    expect(s.spec()?.holderIdentity).toBeUndefined()
  })

  it("never takes back what is another's by now, and never hangs on a dead API server", async () => {
    const s = story()
    const [a] = [s.join('a')]
    await s.runtime.settle()
    s.cluster.put(path, { spec: { holderIdentity: 'thief', leaseDurationSeconds: 15 } })
    await a.leadership.end({ release: true })
    expect(s.spec()?.holderIdentity).toBe('thief')

    const other = story()
    const b = other.join('b')
    await other.runtime.settle()
    other.cluster.fate = () => 'hangs'
    let ended = false
    void b.leadership.end({ release: true }).then(() => (ended = true))
    await other.runtime.advance(5_000)
    expect(ended).toBe(true)
    expect(other.lines.at(-1)).toContain('could not give the lease back')
  })
})

describe('terms', () => {
  it('refuses times that can not work', () => {
    const runtime = manualRuntime()
    expect(() => termsOf({ namespace: 'n', leaseDuration: '10s' }, runtime)).toThrow('leaseDuration > renewDeadline')
    expect(() => termsOf({ namespace: 'n', leaseDuration: '15500ms' }, runtime)).toThrow('whole seconds')
  })

  it('are never the same for two lives of one pod', () => {
    const runtime = manualRuntime()
    const [one, two] = [termsOf({ namespace: 'n', identity: 'pod-0' }, runtime), termsOf({ namespace: 'n', identity: 'pod-0' }, runtime)]
    expect(one.identity).toMatch(/^pod-0_/)
    expect(one.identity).not.toBe(two.identity)
  })

  it('write times with six digits', () => {
    expect(microTime(1_767_225_600_123)).toBe('2026-01-01T00:00:00.123000Z')
  })
})
