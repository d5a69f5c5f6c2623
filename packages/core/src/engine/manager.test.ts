import { describe, expect, it } from 'vitest'
import { type KubeObject, type Resource, nameOf, resource } from '../api/index.ts'
import { ApiError, type KubeRequest } from '../kube/index.ts'
import { type ManualRuntime, manualRuntime, untilAborted } from '../runtime/index.ts'
import { type Fate, type FakeCluster, fakeCluster } from './cluster.fake.ts'
import { defineController, index, watch } from './define.ts'
import type { Controller, ControllerDefinition, ManagerContext, Reconcile } from './definition.ts'
import { ControllerFailed, LeaseLost } from './errors.ts'
import { createManager } from './manager.ts'
import type { ManagerOptions } from './manager.types.ts'

interface Widget extends KubeObject {
  readonly spec?: { readonly size?: number; readonly config?: string }
  readonly status?: { readonly seen?: number }
}
const Widgets: Resource<Widget> = resource<Widget>({ group: 'x.io', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true })
const Parts: Resource<KubeObject> = resource({ group: 'x.io', version: 'v1', kind: 'Part', plural: 'parts', namespaced: true })
const Configs: Resource<KubeObject> = resource({ group: '', version: 'v1', kind: 'Config', plural: 'configs', namespaced: false })

const widgets = '/apis/x.io/v1/namespaces/shop/widgets'
const parts = '/apis/x.io/v1/namespaces/shop/parts'
const leasePath = '/apis/coordination.k8s.io/v1/namespaces/system/leases/kube-node'

interface Story {
  readonly runtime: ManualRuntime
  readonly cluster: FakeCluster
  readonly lines: string[]
}

const world = (): Story => ({ runtime: manualRuntime(), cluster: fakeCluster(), lines: [] })

/** One life of a manager in that world. */
const live = (s: Story, controllers: readonly Controller[], options: Partial<ManagerOptions> = {}, name = 'm') => {
  const log = (level: string, message: string, fields = {}) => s.lines.push(`${name} ${level}: ${message} ${JSON.stringify(fields)}`)
  const manager = createManager({ cluster: s.cluster, runtime: s.runtime, log, frozen: true, ...options })
  for (const controller of controllers) manager.add(controller)
  const stop = new AbortController()
  const life = { manager, stop, outcome: 'running' as unknown, ready: false }
  const settle = (outcome: unknown): void => void (life.outcome = outcome)
  void manager.ready.then(
    () => (life.ready = true),
    () => (life.ready = false),
  )
  manager.run({ signal: stop.signal }).then(() => settle('stopped'), settle)
  return life
}

type Definition = ControllerDefinition<Widget>
const widgetController = (reconcile: Definition['reconcile'], more: Partial<Definition> = {}): Controller =>
  defineController<Widget>({ name: 'widget', for: Widgets, reconcile, ...more })

/** A controller that only writes down what it is called with. */
const recording = (more: Partial<Definition> = {}) => {
  const seen: string[] = []
  const told = (object: Widget | undefined): string => (object ? `size ${object.spec?.size}` : 'gone')
  return { seen, controller: widgetController(async ({ key, object }) => void seen.push(`${key.name} ${told(object)}`), more) }
}

const lines = async (life: ReturnType<typeof live>, path: string): Promise<string> => {
  const { status, body } = await life.manager.handle(path)
  return `${status}\n${body}`
}

describe('reconciling', () => {
  it('runs each object that is there once, and again whenever it changes or goes', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, { spec: { size: 1 } })
    const { seen, controller } = recording()
    const life = live(s, [controller])
    await s.runtime.settle()
    expect(life.ready).toBe(true)
    expect(seen).toEqual(['a size 1'])
    s.cluster.put(`${widgets}/a`, { spec: { size: 2 } })
    s.cluster.put(`${widgets}/b`, { spec: { size: 7 } })
    await s.runtime.settle()
    s.cluster.put(`${widgets}/a`, undefined)
    await s.runtime.settle()
    expect(seen).toEqual(['a size 1', 'a size 2', 'b size 7', 'a gone'])
    await s.runtime.advance(3_600_000)
    expect(seen).toHaveLength(4)
  })

  it('sees its own write in the store at once, though the watch has not brought it yet', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, { spec: { size: 1 } })
    const after: unknown[] = []
    live(s, [
      widgetController(async ({ key, object, client, store }) => {
        if (object?.status?.seen === object?.spec?.size) return
        await client.patch(Widgets, key, { merge: { status: { seen: object?.spec?.size ?? 0 } } })
        after.push(store(Widgets).get(key)?.status?.seen)
      }),
    ])
    await s.runtime.settle()
    expect(after).toEqual([1])
    expect(s.cluster.requests.filter(r => r.startsWith('PATCH'))).toHaveLength(1)
  })

  it('wakes the owner of what it owns, and the keys that a watch names, also for what was there before', async () => {
    const s = world()
    const owner = { apiVersion: 'x.io/v1', kind: 'Widget', name: 'a', uid: 'u', controller: true }
    s.cluster.put(`${widgets}/a`, { spec: { size: 1, config: 'blue' } })
    s.cluster.put(`${widgets}/b`, { spec: { size: 2, config: 'blue' } })
    const { seen, controller } = recording({
      owns: [Parts],
      watches: [
        watch(Configs, (config, _old, { store }) =>
          store(Widgets)
            .by('config', nameOf(config))
            .map(widget => ({ namespace: 'shop', name: nameOf(widget) })),
        ),
      ],
      indexes: [index<Widget>({ resource: Widgets, name: 'config', values: widget => [widget.spec?.config ?? ''] })],
    })
    live(s, [controller])
    await s.runtime.settle()
    seen.length = 0
    s.cluster.put(`${parts}/p`, { metadata: { ownerReferences: [owner] } })
    await s.runtime.settle()
    expect(seen).toEqual(['a size 1'])
    s.cluster.put(`${parts}/p`, { metadata: { ownerReferences: [] } })
    await s.runtime.settle()
    expect(seen).toEqual(['a size 1', 'a size 1'])
    s.cluster.put(`${parts}/q`, {
      metadata: {
        ownerReferences: [
          { ...owner, controller: false },
          { ...owner, kind: 'Other' },
        ],
      },
    })
    await s.runtime.settle()
    expect(seen).toHaveLength(2)
    s.cluster.put('/api/v1/configs/blue', {})
    await s.runtime.settle()
    expect(seen.slice(2)).toEqual(['a size 1', 'b size 2'])
  })

  it('lets a source wake keys until the manager stops', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, { spec: { size: 1 } })
    const { seen, controller } = recording({
      sources: [
        {
          async run({ enqueue, runtime, signal }) {
            for (;;) {
              await runtime.clock.sleep(1_000, signal)
              enqueue({ namespace: 'shop', name: 'a' })
            }
          },
        },
      ],
    })
    const life = live(s, [controller])
    await s.runtime.advance(3_000)
    expect(seen).toHaveLength(4)
    life.stop.abort()
    await s.runtime.advance(5_000)
    expect(seen).toHaveLength(4)
    expect(life.outcome).toBe('stopped')
  })

  it('runs everything now and then though nothing changed, behind all else', async () => {
    const s = world()
    for (const name of ['a', 'b', 'c']) s.cluster.put(`${widgets}/${name}`, { spec: { size: 1 } })
    const { seen, controller } = recording({ resync: '1h' })
    live(s, [controller])
    await s.runtime.advance(3_500_000)
    expect(seen).toHaveLength(3)
    await s.runtime.advance(500_000)
    expect(seen).toHaveLength(6)
  })

  it('puts what somebody has just changed before what was there at the start', async () => {
    const s = world()
    for (const name of ['a', 'b', 'c']) s.cluster.put(`${widgets}/${name}`, {})
    const order: string[] = []
    const first = Promise.withResolvers<void>()
    live(s, [
      widgetController(
        async ({ key }) => {
          order.push(key.name)
          await first.promise
        },
        { workers: 1 },
      ),
    ])
    await s.runtime.settle()
    s.cluster.put(`${widgets}/c`, { spec: { size: 2 } })
    await s.runtime.settle()
    first.resolve()
    await s.runtime.settle()
    expect(order).toEqual(['a', 'c', 'b'])
  })

  it('refuses a store that no controller named', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, {})
    live(s, [widgetController(async ({ store }) => void store(Parts).list())])
    await s.runtime.settle()
    expect(s.lines.join('\n')).toContain('no controller of this manager names parts (x.io/v1) in for, owns, watches, reads or indexes')
  })

  it('refuses a second controller of one name, and one that comes too late', async () => {
    const s = world()
    const { controller } = recording()
    const life = live(s, [controller])
    expect(() => life.manager.add(recording().controller)).toThrow('comes too late')
    const other = createManager({ cluster: s.cluster, runtime: s.runtime })
    other.add(controller)
    expect(() => other.add(recording().controller)).toThrow('a controller named widget already')
    await expect(life.manager.run({ signal: life.stop.signal })).rejects.toThrow('has run already')
  })
})

describe('errors', () => {
  it('tells each failure with key, attempt and the next try, counts it, and comes back', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, {})
    const attempts: number[] = []
    const life = live(s, [
      widgetController(async ({ attempt }) => {
        attempts.push(attempt)
        if (attempt < 2) throw new Error('the cloud said no')
      }),
    ])
    await s.runtime.advance(10_000)
    expect(attempts).toEqual([0, 1, 2])
    const told = s.lines.filter(line => line.includes('reconcile failed'))
    expect(told).toHaveLength(2)
    expect(told[0]).toContain('m error: reconcile failed: the cloud said no ')
    expect(told[0]).toContain('{"controller":"widget","key":"shop/a","attempt":0,"retryInMs":200')
    const metrics = await lines(life, '/metrics')
    expect(metrics).toContain('controller_runtime_reconcile_errors_total{controller="widget"} 2')
    expect(metrics).toContain('controller_runtime_reconcile_total{controller="widget",result="error"} 2')
    expect(metrics).toContain('controller_runtime_reconcile_total{controller="widget",result="success"} 1')
    expect(metrics).toContain('workqueue_retries_total{name="widget"} 2')
  })

  it('takes a conflict for what it is: somebody was faster', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, {})
    const runs: number[] = []
    const life = live(s, [
      widgetController(async ({ attempt }) => {
        runs.push(attempt)
        if (runs.length === 1) throw new ApiError(409, { reason: 'Conflict' }, 'PUT widget')
      }),
    ])
    await s.runtime.advance(50)
    expect(runs).toEqual([0, 0])
    expect(s.lines.filter(line => line.includes('error:'))).toEqual([])
    expect(await lines(life, '/metrics')).toContain('controller_runtime_reconcile_errors_total{controller="widget"} 0')
  })

  it('waits as long as the API server asks', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, {})
    let runs = 0
    live(s, [
      widgetController(async () => {
        if (++runs === 1) throw new ApiError(429, { reason: 'TooManyRequests' }, 'GET', 30_000)
      }),
    ])
    await s.runtime.advance(29_000)
    expect(runs).toBe(1)
    await s.runtime.advance(2_000)
    expect(runs).toBe(2)
  })

  it('ends when a source throws, because nobody would hear of that otherwise', async () => {
    const s = world()
    const life = live(s, [recording({ sources: [{ run: () => Promise.reject(new Error('no inventory')) }] }).controller])
    await s.runtime.advance(1_000)
    expect(ControllerFailed.is(life.outcome)).toBe(true)
    expect(String(life.outcome)).toContain('controller widget failed: no inventory')
    expect(await lines(life, '/healthz')).toContain('503\n[-]manager failed: controller widget failed: no inventory')
  })
})

describe('starting', () => {
  it('starts controllers when the stores are full and before the first reconcile, and closes them after the last one', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, { spec: { size: 1 } })
    const story: string[] = []
    const controller: Controller = {
      ...widgetController(async () => void story.push('reconcile')),
      async start({ store }: ManagerContext) {
        story.push(`start with ${store(Widgets).list().length}`)
        return { [Symbol.asyncDispose]: async () => void story.push('closed') }
      },
    }
    const life = live(s, [controller])
    await s.runtime.settle()
    life.stop.abort()
    await s.runtime.settle()
    expect(story).toEqual(['start with 1', 'reconcile', 'closed'])
    expect(life.outcome).toBe('stopped')
    expect(s.runtime.sleeping).toBe(0)
  })

  it('tries a start again that an API server refused, and fails on any other error', async () => {
    const s = world()
    let starts = 0
    const flaky: Controller = {
      ...recording().controller,
      async start() {
        if (++starts < 3) throw new ApiError(403, { message: 'namespaces "kube-system" is forbidden' }, 'GET namespace')
        return undefined
      },
    }
    const life = live(s, [flaky])
    await s.runtime.settle()
    const problem = 'controller widget cannot start: GET namespace: namespaces "kube-system" is forbidden'
    expect(await lines(life, '/readyz')).toContain(`[-]manager failed: ${problem}`)
    await s.runtime.advance(10_000)
    expect(life.ready).toBe(true)

    const broken = live(s, [{ ...recording().controller, start: () => Promise.reject(new TypeError('bug')) }])
    await s.runtime.settle()
    expect(ControllerFailed.is(broken.outcome)).toBe(true)
    await expect(broken.manager.ready).rejects.toThrow('controller widget cannot start: bug')
  })

  it.each<[string, Fate, string]>([
    ['unreachable', 'unreachable', 'connection refused'],
    ['forbidden', { status: 403, reason: 'Forbidden', message: 'widgets.x.io is forbidden: User "bob" cannot list' }, '"bob" cannot list'],
    ['without the CRD', { status: 404, reason: 'NotFound', message: 'the server could not find the requested resource' }, 'could not find'],
  ])('waits out an API server that is %s, says so in the log and in /readyz, and recovers by itself', async (_name, fate, message) => {
    const s = world()
    s.cluster.put(`${widgets}/a`, { spec: { size: 1 } })
    s.cluster.fate = () => fate
    const { seen, controller } = recording()
    const life = live(s, [controller])
    await s.runtime.advance(300_000)
    const readyz = await lines(life, '/readyz')
    expect(readyz).toContain('503\n[+]manager ok\n[-]informer widgets failed: ')
    expect(readyz).toContain(message)
    expect(await lines(life, '/healthz')).toContain('200')
    expect(s.lines.filter(line => line.startsWith('m warn') && line.includes(message)).length).toBeGreaterThan(0)
    expect(s.lines.length).toBeLessThan(30)
    s.cluster.fate = () => 'works'
    await s.runtime.advance(120_000)
    expect(seen).toEqual(['a size 1'])
    expect(await lines(life, '/readyz')).toBe('200\n[+]manager ok\n[+]informer widgets ok\nok\n')
  })

  it('can be stopped while it waits', async () => {
    const s = world()
    s.cluster.fate = () => 'unreachable'
    const life = live(s, [recording().controller])
    await s.runtime.advance(10_000)
    life.stop.abort()
    await s.runtime.settle()
    expect(life.outcome).toBe('stopped')
    await expect(life.manager.ready).rejects.toThrow('the manager is stopping')
  })

  it('does nothing at all when told to stop before it runs', async () => {
    const s = world()
    const manager = createManager({ cluster: s.cluster, runtime: s.runtime, log: () => undefined })
    manager.add(recording().controller)
    expect((await manager.handle('/readyz')).body).toContain('it does not run yet')
    await manager.run({ signal: AbortSignal.abort() })
    expect(s.cluster.requests).toEqual([])
  })
})

describe('stopping', () => {
  /** A reconcile that ends when the test says so, or when it is aborted and heeds that. */
  const slow = (heeds: boolean) => {
    const end = Promise.withResolvers<void>()
    const log: string[] = []
    const controller = widgetController(async ({ signal, client, key }) => {
      log.push('begun')
      await (heeds ? Promise.race([end.promise, untilAborted(signal)]) : end.promise)
      await client.patch(Widgets, key, { merge: { status: { seen: 1 } } })
      log.push('written')
    })
    return { controller, log, end }
  }
  const electing = { leaderElection: { namespace: 'system' } }

  it('lets what runs finish, then gives the lease back', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, {})
    const { controller, log, end } = slow(true)
    const life = live(s, [controller], electing)
    await s.runtime.settle()
    life.stop.abort()
    s.cluster.put(`${widgets}/b`, {})
    await s.runtime.advance(15_000)
    expect(life.outcome).toBe('running')
    expect(s.cluster.object(leasePath)?.spec).toHaveProperty('holderIdentity')
    expect(await lines(life, '/readyz')).toContain('[-]manager failed: it is stopping')
    end.resolve()
    await s.runtime.settle()
    expect(life.outcome).toBe('stopped')
    expect(log).toEqual(['begun', 'written'])
    expect(s.cluster.object(leasePath)?.spec).not.toHaveProperty('holderIdentity')
    expect(s.runtime.sleeping).toBe(0)
  })

  it('aborts what takes too long', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, {})
    const { controller, log } = slow(true)
    const life = live(s, [controller], { ...electing, stopWithin: '10s' })
    await s.runtime.settle()
    life.stop.abort()
    await s.runtime.advance(9_999)
    expect(life.outcome).toBe('running')
    await s.runtime.advance(1)
    expect(life.outcome).toBe('stopped')
    expect(log).toEqual(['begun'])
    expect(s.cluster.object(leasePath)?.spec).not.toHaveProperty('holderIdentity')
    expect(s.lines.filter(line => line.includes('aborting what still runs after 10 s'))).toEqual([expect.stringContaining('shop/a')])
  })

  it('does not wait for ever for what heeds no signal: it can write no more, and the lease is left to run out', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, {})
    const { controller, log, end } = slow(false)
    const life = live(s, [controller], { ...electing, stopWithin: '10s' })
    await s.runtime.settle()
    life.stop.abort()
    await s.runtime.advance(15_000)
    expect(life.outcome).toBe('stopped')
    expect(s.cluster.object(leasePath)?.spec).toHaveProperty('holderIdentity')
    const before = s.cluster.requests.length
    end.resolve()
    await s.runtime.settle()
    expect(log).toEqual(['begun'])
    expect(s.cluster.requests).toHaveLength(before)
  })
})

describe('without an election', () => {
  it('writes nothing either once it has ended', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, {})
    const end = Promise.withResolvers<void>()
    const errors: unknown[] = []
    const life = live(s, [
      widgetController(async ({ client, key }) => {
        await end.promise
        await client.patch(Widgets, key, { merge: {} }).catch((error: unknown) => errors.push(error))
      }),
    ])
    await s.runtime.settle()
    life.stop.abort()
    await s.runtime.advance(30_000)
    expect(life.outcome).toBe('stopped')
    end.resolve()
    await s.runtime.settle()
    expect(String(errors[0])).toContain('the manager has stopped')
    expect(s.cluster.requests.filter(r => r.startsWith('PATCH'))).toEqual([])
  })

  it('does not let events that can not be written hold up its end', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, {})
    s.cluster.fate = ({ path }) => (path.endsWith('/events') ? 'unreachable' : 'works')
    const life = live(s, [widgetController(async ({ event }) => event('Normal', 'Seen', 'hello'))])
    await s.runtime.advance(2_000)
    life.stop.abort()
    await s.runtime.advance(2_000)
    expect(life.outcome).toBe('stopped')
    expect(s.runtime.sleeping).toBe(0)
  })
})

describe('two managers on one cluster', () => {
  const electing = (identity: string) => ({ leaderElection: { namespace: 'system', identity } })

  it('let one act at a time; the other is ready, says whom it waits for, and takes over at once when that one leaves', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, { spec: { size: 1 } })
    const [one, two] = [recording(), recording()]
    const first = live(s, [one.controller], electing('one'), 'first')
    await s.runtime.settle()
    const second = live(s, [two.controller], electing('two'), 'second')
    await s.runtime.advance(60_000)
    expect([one.seen, two.seen]).toEqual([['a size 1'], []])
    expect(await lines(second, '/readyz')).toMatch(/^200\n[^]*leader-election ok: standing by: lease system\/kube-node is held by one_/)
    expect(s.lines.filter(line => line.startsWith('second info: waiting for the lease system/kube-node, held by one_'))).toHaveLength(1)
    expect(await lines(first, '/metrics')).toContain('leader_election_master_status{name="kube-node"} 1')
    expect(await lines(second, '/metrics')).toContain('leader_election_master_status{name="kube-node"} 0')
    first.stop.abort()
    await s.runtime.advance(3_000)
    expect(first.outcome).toBe('stopped')
    expect(two.seen).toEqual(['a size 1'])
  })

  it('ask about the lease before all else, however much work they have under way', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, { spec: { size: 1 } })
    const urgent: string[] = []
    const others: string[] = []
    s.cluster.fate = request => {
      ;(request.urgent ? urgent : others).push(request.path)
      return 'works'
    }
    const writing = widgetController(async ({ client, key, object }) => {
      if (object?.status === undefined) await client.patch(Widgets, key, { merge: { status: { seen: 1 } } })
    })
    const life = live(s, [writing], electing('one'))
    await s.runtime.advance(10_000)
    life.stop.abort()
    await s.runtime.settle()
    expect(life.outcome).toBe('stopped')
    expect(urgent.length).toBeGreaterThan(5)
    expect(urgent.every(path => path.includes('/leases'))).toBe(true)
    expect(others).toContain(`${widgets}/a`)
    expect(others.filter(path => path.includes('/leases'))).toEqual([])
  })

  it('never act both: a leader cut off from the API server has stopped before the other begins', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, { spec: { size: 1 } })
    const working = (r: Reconcile<Widget>, who: string, log: string[]): Promise<{ after: number }> => {
      log.push(`${who} ${r.runtime.clock.monotonic() / 1_000}`)
      return Promise.resolve({ after: 1_000 })
    }
    const log: string[] = []
    const first = live(s, [widgetController(r => working(r, 'one', log))], electing('one'))
    await s.runtime.settle()
    const second = live(s, [widgetController(r => working(r, 'two', log))], electing('two'))
    await s.runtime.advance(20_000)
    const cutOff = (request: KubeRequest): Fate =>
      request.method === 'PUT' && JSON.stringify(request.body).includes('"holderIdentity":"one_') ? 'hangs' : 'works'
    s.cluster.fate = cutOff
    await s.runtime.advance(60_000)
    expect(LeaseLost.is(first.outcome)).toBe(true)
    expect(second.ready).toBe(true)
    const lastOfOne = Math.max(...log.filter(line => line.startsWith('one')).map(line => Number(line.split(' ')[1])))
    const firstOfTwo = Math.min(...log.filter(line => line.startsWith('two')).map(line => Number(line.split(' ')[1])))
    expect(lastOfOne).toBeLessThanOrEqual(30)
    expect(firstOfTwo - lastOfOne).toBeGreaterThanOrEqual(5)
  })

  it('a leader that loses its lease aborts what runs at once, whatever its stop allows', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, { spec: { size: 1 } })
    const life = live(s, [widgetController(({ signal }) => untilAborted(signal))], { ...electing('one'), stopWithin: '10m' })
    await s.runtime.settle()
    s.cluster.put(leasePath, { spec: { holderIdentity: 'thief', leaseDurationSeconds: 15 } })
    await s.runtime.advance(2_000)
    expect(LeaseLost.is(life.outcome)).toBe(true)
    expect(s.runtime.sleeping).toBe(0)
  })

  it('a thawed leader writes nothing, not even what it was about to write when it froze', async () => {
    const s = world()
    s.cluster.put(`${widgets}/a`, { spec: { size: 1 } })
    const thaw = Promise.withResolvers<void>()
    const life = live(
      s,
      [
        widgetController(async ({ key, client, fence }) => {
          await thaw.promise
          expect(fence).toThrow(LeaseLost)
          await client.patch(Widgets, key, { merge: { status: { seen: 1 } } })
        }),
      ],
      electing('one'),
    )
    await s.runtime.settle()
    s.runtime.jump(30_000)
    thaw.resolve()
    await s.runtime.settle()
    expect(s.cluster.requests.filter(r => r.startsWith('PATCH'))).toEqual([])
    expect(LeaseLost.is(life.outcome)).toBe(true)
    expect(s.lines.filter(line => line.includes('reconcile failed'))).toEqual([])
  })

  it('a new leader looks at the whole cluster again before it acts', async () => {
    const s = world()
    const life = live(s, [recording().controller], electing('one'))
    await s.runtime.settle()
    expect(life.ready).toBe(true)
    const taken = s.cluster.requests.indexOf(`POST ${leasePath.replace('/kube-node', '')}`)
    expect(taken).toBeGreaterThan(0)
    expect(s.cluster.requests.slice(taken)).toContain('GET /apis/x.io/v1/widgets')
  })
})

it("records events of objects under the controller's name", async () => {
  const s = world()
  s.cluster.put(`${widgets}/a`, {})
  const life = live(s, [widgetController(async ({ event }) => event('Warning', 'TooSmall', 'make it bigger'))])
  await s.runtime.settle()
  life.stop.abort()
  await s.runtime.settle()
  expect(s.cluster.list('/api/v1/namespaces/shop/events')).toMatchObject([
    {
      involvedObject: { apiVersion: 'x.io/v1', kind: 'Widget', namespace: 'shop', name: 'a', uid: 'uid-100' },
      source: { component: 'widget' },
      reason: 'TooSmall',
    },
  ])
})

it('answers anything else with 404', async () => {
  const s = world()
  const life = live(s, [])
  expect((await life.manager.handle('/')).status).toBe(404)
})
