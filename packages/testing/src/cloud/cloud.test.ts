import type { Call, Machine, MachineConnection, OpaqueConfig } from '@kube-node/core/provider'
import { type ManualRuntime, manualRuntime } from '@kube-node/core/runtime'
import { describe, expect, test } from 'vitest'
import { callOf, connect, listed, owner, parsed, refusal, request } from './connection.fixture.ts'
import { type SimulatedCloud, type SimulatedCloudOptions, type SimulatedProviderOptions, simulatedCloud } from './index.ts'

interface World extends AsyncDisposable {
  readonly runtime: ManualRuntime
  readonly cloud: SimulatedCloud
  readonly connection: MachineConnection<OpaqueConfig>
  readonly call: Call
}

const world = (options: Omit<SimulatedCloudOptions, 'runtime'> & { readonly provider?: SimulatedProviderOptions } = {}): World => {
  const runtime = manualRuntime()
  const cloud = simulatedCloud({ runtime, ...options })
  const call = callOf(runtime)
  const connection = connect(cloud.provider(options.provider), call)
  return {
    runtime,
    cloud,
    call,
    connection,
    async [Symbol.asyncDispose]() {
      await connection[Symbol.asyncDispose]()
      await cloud[Symbol.asyncDispose]()
    },
  }
}

describe('a machine of the simulated cloud', () => {
  test('starts, runs, is deleted, stays listed as gone for a while, and then is no more', async () => {
    await using w = world({ bootTime: '20s', stopTime: '5s', goneVisible: '1m' })
    const seen: string[] = []
    const states = ['starting', 'running', 'stopping', 'gone'] as const
    for (const state of states) w.cloud.on(state, m => seen.push(`${m.owner?.nodeName} ${m.state}`))

    const machine = await w.connection.create(request('a'), w.call)
    expect(machine).toMatchObject({
      state: 'starting',
      owner: owner('a'),
      zone: 'local-a',
      instanceType: 'small',
      providerID: `simulated:///local-a/${machine.id}`,
    })
    await w.runtime.advance(20_000)
    expect(await listed(w)).toMatchObject([
      { id: machine.id, state: 'running', addresses: [{ type: 'InternalIP', address: '10.0.0.1' }, { type: 'Hostname' }] },
    ])

    await w.connection.delete(machine, w.call)
    await w.connection.delete(machine, w.call)
    expect(await w.connection.get?.(machine, w.call)).toMatchObject({ state: 'stopping' })
    await w.runtime.advance(5_000)
    expect(await listed(w)).toMatchObject([{ state: 'gone' }])
    await w.runtime.advance(60_000)
    expect(await listed(w)).toEqual([])
    await w.connection.delete(machine, w.call)
    expect(w.cloud.machines()).toMatchObject([{ id: machine.id, state: 'gone' }])
    expect(seen).toEqual(['node-a starting', 'node-a running', 'node-a stopping', 'node-a gone'])
  })

  test('boots as fast as its config says', async () => {
    await using w = world({ bootTime: '20s' })
    await w.connection.create(request('a', { bootTime: '1s' }), w.call)
    await w.runtime.advance(1_000)
    expect(w.cloud.machines()).toMatchObject([{ state: 'running' }])
  })

  test('dies by itself, or is only powered off', async () => {
    await using w = world()
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(claim => w.connection.create(request(claim), w.call)))
    await w.runtime.advance(10_000)
    w.cloud.kill(a!.id)
    w.cloud.kill(b!.id, { as: 'stopped' })
    w.cloud.kill(c!.id, { listed: false })
    expect((await listed(w)).map(m => `${m.owner?.claim} ${m.state}`)).toEqual(['a gone', 'b stopped'])
    await w.connection.delete(b!, w.call)
    await w.runtime.advance(10_000)
    expect(w.cloud.machine(b!.id)?.state).toBe('gone')
  })

  test('that somebody else made stands in the list without an owner', async () => {
    await using w = world()
    w.cloud.createForeign()
    w.cloud.createForeign({ owner: { ...owner('x'), cluster: 'another' } })
    expect((await listed(w)).map(m => m.owner?.cluster)).toEqual([undefined, 'another'])
  })
})

describe('a repeated create', () => {
  test('with the same token answers the same machine, also when the first answers got lost or both run at once', async () => {
    await using w = world({ latency: '10ms' })
    w.cloud.faults.loseAnswers(1)
    w.cloud.faults.loseAnswers(1, { executed: false })
    const lost = [refusal(w.connection.create(request('a'), w.call)), refusal(w.connection.create(request('a'), w.call))]
    await w.runtime.advance(10)
    for (const error of await Promise.all(lost)) expect(error).toMatchObject({ code: 'Unavailable', facts: { outcome: 'unknown' } })
    expect(w.cloud.machines()).toHaveLength(1)

    const both = Promise.all([w.connection.create(request('a'), w.call), w.connection.create(request('a'), w.call)])
    await w.runtime.advance(10)
    const [one, two] = await both
    expect(one).toEqual(two)
    expect(w.cloud.machines()).toHaveLength(1)
  })

  test('with the same token and another request is refused, and makes nothing', async () => {
    await using w = world()
    await w.connection.create(request('a'), w.call)
    const error = await refusal(w.connection.create({ ...request('a'), bootstrap: { kind: 'none' } }, w.call))
    expect(error).toMatchObject({ code: 'InvalidConfig', message: 'token a-1 was used for a different request' })
    expect(w.cloud.machines()).toHaveLength(1)
  })

  test('with the token of a dead machine answers that it is gone', async () => {
    await using w = world()
    const machine = await w.connection.create(request('a'), w.call)
    w.cloud.kill(machine.id)
    expect(await w.connection.create(request('a'), w.call)).toMatchObject({ id: machine.id, state: 'gone' })
    expect(await w.connection.create(request('a', {}, 2), w.call)).toMatchObject({ state: 'starting' })
  })

  test('by unique names answers the machine of the same attempt, and refuses the name to anyone else', async () => {
    await using w = world({ provider: { idempotency: 'unique-name' } })
    const first = await w.connection.create(request('a'), w.call)
    expect(await w.connection.create(request('a'), w.call)).toEqual(first)
    const error = await refusal(w.connection.create({ ...request('b'), name: 'node-a-1' }, w.call))
    expect(error).toMatchObject({ code: 'InvalidConfig', message: 'the name node-a-1 is taken', facts: { outcome: 'none' } })
    w.cloud.kill(first.id)
    expect((await w.connection.create(request('a'), w.call)).id).not.toBe(first.id)
  })

  test('with nothing to tell it by makes a second machine: that is what core must prevent', async () => {
    await using w = world({ provider: { idempotency: 'lookup' } })
    await w.connection.create(request('a'), w.call)
    await w.connection.create(request('a'), w.call)
    expect(w.cloud.machines()).toHaveLength(2)
  })
})

describe('a list', () => {
  test('comes in pages that together hold every machine once, although machines come and go in between', async () => {
    await using w = world({ provider: { pageSize: 2 }, goneVisible: '0s' })
    const machines: Machine[] = []
    for (const claim of ['a', 'b', 'c', 'd', 'e']) machines.push(await w.connection.create(request(claim), w.call))
    const pages: string[][] = []
    for await (const page of w.connection.list(w.call)) {
      pages.push(page.items.map(m => m.owner?.claim ?? ''))
      if (pages.length === 1) w.cloud.kill(machines[0]!.id, { listed: false })
    }
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  })

  test('shows a new machine late, while get shows it at once', async () => {
    await using w = world({ listDelay: '30s', provider: { consistencyWindow: '30s' } })
    const machine = await w.connection.create(request('a'), w.call)
    expect(await listed(w)).toEqual([])
    expect(await w.connection.get?.(machine, w.call)).toMatchObject({ id: machine.id })
    await w.runtime.advance(30_000)
    expect(await listed(w)).toHaveLength(1)
  })

  test('says which zone could not be asked', async () => {
    await using w = world()
    const a = await w.connection.create(request('a', { zones: ['local-a'] }), w.call)
    await w.connection.create(request('b', { zones: ['local-b'] }), w.call)
    w.cloud.faults.zoneOutage('local-a', true)
    const pages = []
    for await (const page of w.connection.list(w.call)) pages.push(page)
    expect(pages).toMatchObject([{ items: [{ owner: { claim: 'b' } }], missing: [{ zone: 'local-a' }] }])
    expect(await refusal(w.connection.delete(a, w.call))).toMatchObject({ code: 'Unavailable' })
    w.cloud.faults.zoneOutage('local-a', false)
    expect(await listed(w)).toHaveLength(2)
  })

  test('can lie that there is nothing', async () => {
    await using w = world()
    await w.connection.create(request('a'), w.call)
    w.cloud.faults.emptyLists(true)
    expect(await listed(w)).toEqual([])
  })
})

describe('a create that cannot be had', () => {
  test('is out of stock in a zone, and goes elsewhere when told to avoid it', async () => {
    await using w = world()
    using stockout = w.cloud.faults.stockout({ zone: 'local-a', instanceType: 'small' })
    const error = await refusal(w.connection.create(request('a', { zones: ['local-a'] }), w.call))
    const scope = { zone: 'local-a', instanceType: 'small', capacityType: 'on-demand' }
    expect(error).toMatchObject({ code: 'InsufficientCapacity', facts: { scope, outcome: 'none' } })
    for (const claim of ['b', 'c', 'd', 'e']) {
      const elsewhere = { ...request(claim, { zones: ['local-a', 'local-b'] }), avoid: [error.facts.scope!] }
      expect(await w.connection.create(elsewhere, w.call)).toMatchObject({ zone: 'local-b' })
    }
    expect(await w.connection.create(request('f', { zones: ['local-a'], instanceType: 'large' }), w.call)).toMatchObject({
      zone: 'local-a',
    })
    stockout[Symbol.dispose]()
    expect(await w.connection.create(request('a', { zones: ['local-a'] }), w.call)).toMatchObject({ zone: 'local-a' })
  })

  test('is over quota until a machine has gone', async () => {
    await using w = world({ quota: 1 })
    const machine = await w.connection.create(request('a'), w.call)
    expect(await refusal(w.connection.create(request('b'), w.call))).toMatchObject({ code: 'QuotaExceeded', facts: { outcome: 'none' } })
    await w.connection.delete(machine, w.call)
    await w.runtime.advance(1_000)
    expect(await w.connection.create(request('b'), w.call)).toMatchObject({ state: 'starting' })
  })

  test('names a type that does not exist', async () => {
    await using w = world()
    const error = await refusal(w.connection.create(request('a', { instanceType: 'huge' }), w.call))
    expect(error).toMatchObject({ code: 'InvalidConfig', message: 'there is no instance type huge; there are small, medium, large' })
  })

  test('is throttled, or finds nobody', async () => {
    await using w = world()
    w.cloud.faults.throttle(1, { retryAfterMs: 3_000 })
    expect(await refusal(w.connection.create(request('a'), w.call))).toMatchObject({
      code: 'RateLimited',
      facts: { retryAfterMs: 3_000, outcome: 'none' },
    })
    w.cloud.faults.unavailable(true)
    expect(await refusal(w.connection.create(request('a'), w.call))).toMatchObject({ code: 'Unavailable', facts: { outcome: 'unknown' } })
    w.cloud.faults.clear()
    expect(await w.connection.create(request('a'), w.call)).toMatchObject({ state: 'starting' })
  })

  test('is carried out although its caller has given up', async () => {
    await using w = world({ latency: '10s' })
    const controller = new AbortController()
    const answer = w.connection.create(request('a'), callOf(w.runtime, controller.signal)).then(
      () => 'answered',
      (e: unknown) => e,
    )
    await w.runtime.advance(1_000)
    controller.abort('too late')
    expect(await answer).toBe('too late')
    expect(w.cloud.machines()).toHaveLength(0)
    await w.runtime.advance(10_000)
    expect(w.cloud.machines()).toHaveLength(1)
  })

  test('hangs until its caller gives up', async () => {
    await using w = world()
    w.cloud.faults.loseAnswers(call => call.owner?.claim === 'a', { how: 'hang', operation: 'create' })
    const controller = new AbortController()
    const answer = w.connection.create(request('a'), callOf(w.runtime, controller.signal)).then(
      () => 'answered',
      (e: unknown) => e,
    )
    await w.connection.create(request('b'), w.call)
    controller.abort('too late')
    expect(await answer).toBe('too late')
    expect(w.cloud.machines().map(m => m.owner?.claim)).toEqual(['a', 'b'])
  })
})

describe('the provider', () => {
  test('checks its config and says where it is wrong', async () => {
    const { definition } = simulatedCloud({ runtime: manualRuntime() }).provider()
    expect(await definition.config['~standard'].validate({})).toMatchObject({ value: parsed })
    expect(await definition.config['~standard'].validate({ instanceTyp: 'small' })).toMatchObject({
      issues: [{ message: expect.stringContaining('instanceTyp') }],
    })
    expect(definition.config['~standard'].jsonSchema.input({ target: 'openapi-3.0' })).toMatchObject({ type: 'object' })
  })

  test('opens the account that its credentials belong to, and none without', async () => {
    const runtime = manualRuntime()
    await using cloud = simulatedCloud({ runtime, tokens: { 'secret-1': 'main', 'secret-2': 'other' } })
    const call = callOf(runtime)
    const provider = cloud.provider()
    expect(provider.definition.credentials).toBeDefined()
    const machine = await connect(provider, call, { token: 'secret-1' }).create(request('a'), call)
    expect(await listed({ connection: connect(provider, call, { token: 'secret-1' }), call })).toHaveLength(1)
    expect(await listed({ connection: connect(provider, call, { token: 'secret-2' }), call })).toHaveLength(0)
    const other = connect(provider, call, { token: 'secret-2' })
    expect(await other.get?.(machine, call)).toBeUndefined()
    await other.delete(machine, call)
    expect(cloud.machine(machine.id)?.state).toBe('starting')
    const stranger = connect(provider, call, { token: 'guess' })
    expect(await refusal(stranger.create(request('b'), call))).toMatchObject({ code: 'Unauthorized', facts: { outcome: 'none' } })
  })

  test('with resolve answers the newest image of a family, and each other image as it is', async () => {
    await using w = world({ provider: { resolve: true } })
    const imageOf = async (image: string): Promise<unknown> => (await w.connection.resolve?.({ ...parsed, image }, w.call))?.['image']
    expect(await imageOf('debian-13')).toBe('debian-13')
    w.cloud.release('debian-13', 'debian-13.1')
    w.cloud.release('debian-13', 'debian-13.2')
    expect(await imageOf('debian-13')).toBe('debian-13.2')
    expect(await imageOf('debian-13.1')).toBe('debian-13.1')
    expect(w.cloud.calls.newestImage).toBe(3)
  })

  test('is heard by the cloud each time it asks for a machine, as it asked', async () => {
    await using w = world()
    const heard: unknown[] = []
    const watch = w.cloud.onCreate(({ owner: { claim }, image }) => heard.push([claim, image]))
    await w.connection.create(request('a'), w.call)
    await refusal(w.connection.create(request('a', { image: 'debian-14' }), w.call))
    watch[Symbol.dispose]()
    await w.connection.create(request('b'), w.call)
    expect(heard).toEqual([
      ['a', 'debian-13'],
      ['a', 'debian-14'],
    ])
  })

  test('makes and deletes several at once when it offers that, with an answer for each', async () => {
    await using w = world({ provider: { batches: true } })
    const made = await w.connection.createMany!([request('a'), request('b', { instanceType: 'huge' })], w.call)
    expect(made).toMatchObject([{ value: { state: 'starting' } }, { error: { code: 'InvalidConfig' } }])
    const [machine] = await listed(w)
    const deleted = await w.connection.deleteMany!([machine!, { ...machine!, id: 'i-none' }], w.call)
    expect(deleted).toEqual([{ value: undefined }, { value: undefined }])
    expect(w.cloud.calls).toMatchObject({ createMany: 1, deleteMany: 1, create: 0 })
  })

  test('refuses to work after it was disposed', async () => {
    await using w = world()
    await w.connection[Symbol.asyncDispose]()
    expect(await refusal(w.connection.create(request('a'), w.call))).toMatchObject({ code: 'Internal' })
  })
})

describe('chance', () => {
  test('loses answers as often as it was told, before or after the work', async () => {
    const runtime = manualRuntime({ random: [0.1, 0.9, 0.1, 0.9, 0.9] })
    const cloud = simulatedCloud({ runtime })
    const call = callOf(runtime)
    const connection = connect(cloud.provider(), call)
    cloud.faults.chance({ lostBefore: 0.5, lostAfter: 0.5 })
    const outcomes = []
    for (const claim of ['a', 'b', 'c'])
      outcomes.push(
        await connection.create(request(claim), call).then(
          () => 'ok',
          () => 'lost',
        ),
      )
    expect(outcomes).toEqual(['lost', 'lost', 'ok'])
    expect(cloud.machines().map(m => m.owner?.claim)).toEqual(['b', 'c'])
  })
})
