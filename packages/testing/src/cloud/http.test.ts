import type { Call, MachineConnection, OpaqueConfig } from '@kube-node/core/provider'
import { type ManualRuntime, manualRuntime } from '@kube-node/core/runtime'
import { describe, expect, test } from 'vitest'
import { callOf, connect, listed, refusal, request } from './connection.fixture.ts'
import { type ServedCloud, type SimulatedCloud, remoteCloudProvider, serveCloud, simulatedCloud } from './index.ts'

interface World extends AsyncDisposable {
  readonly runtime: ManualRuntime
  readonly cloud: SimulatedCloud
  readonly served: ServedCloud
  readonly connection: MachineConnection<OpaqueConfig>
  readonly call: Call
}

const world = async (): Promise<World> => {
  const runtime = manualRuntime()
  const cloud = simulatedCloud({ runtime })
  const served = await serveCloud(cloud)
  const call = callOf(runtime)
  return {
    runtime,
    cloud,
    served,
    call,
    connection: connect(remoteCloudProvider({ url: served.url, batches: true, pageSize: 2 }), call),
    async [Symbol.asyncDispose]() {
      await served[Symbol.asyncDispose]()
      await cloud[Symbol.asyncDispose]()
    },
  }
}

describe('a cloud at the other end of a wire', () => {
  test('does all that it does in the same process', async () => {
    await using w = await world()
    const bytes = Uint8Array.of(0, 255, 10, 128)
    const machine = await w.connection.create({ ...request('a'), bootstrap: { kind: 'user-data', bytes } }, w.call)
    expect(w.cloud.machine(machine.id)).toMatchObject({ state: 'starting', userData: bytes })
    const [, second] = await w.connection.createMany!([request('b'), request('c'), request('d', { instanceType: 'huge' })], w.call)
    expect(second).toMatchObject({ value: { owner: { claim: 'c' } } })
    await w.runtime.advance(10_000)
    expect((await listed(w)).map(m => `${m.owner?.claim} ${m.state}`)).toEqual(['a running', 'b running', 'c running'])
    await w.connection.delete(machine, w.call)
    await w.connection.deleteMany!([machine], w.call)
    await w.runtime.advance(10_000)
    expect(await w.connection.get!(machine, w.call)).toMatchObject({ state: 'gone' })
  })

  test('refuses in the same words', async () => {
    await using w = await world()
    w.cloud.faults.stockout({ instanceType: 'small' })
    expect(await refusal(w.connection.create(request('a'), w.call))).toMatchObject({
      code: 'InsufficientCapacity',
      facts: { outcome: 'none', scope: { zone: 'local-a', instanceType: 'small', capacityType: 'on-demand' } },
    })
  })

  test('breaks the connection when an answer gets lost, after the work or before', async () => {
    await using w = await world()
    w.cloud.faults.loseAnswers(1)
    expect(await refusal(w.connection.create(request('a'), w.call))).toMatchObject({ code: 'Unavailable', facts: { outcome: 'unknown' } })
    w.cloud.faults.loseAnswers(1, { executed: false })
    expect(await refusal(w.connection.create(request('b'), w.call))).toMatchObject({ code: 'Unavailable', facts: { outcome: 'unknown' } })
    expect(w.cloud.machines().map(m => m.owner?.claim)).toEqual(['a'])
    expect(await w.connection.create(request('a'), w.call)).toMatchObject({ id: w.cloud.machines()[0]!.id })
  })

  test('goes on with what its caller no longer waits for', async () => {
    await using w = await world()
    w.cloud.faults.loseAnswers(1, { how: 'hang' })
    const made = new Promise<string>(resolve => w.cloud.on('starting', m => resolve(m.id)))
    const controller = new AbortController()
    const answer = w.connection.create(request('a'), callOf(w.runtime, controller.signal)).then(
      () => 'answered',
      (e: unknown) => e,
    )
    const id = await made
    controller.abort('too late')
    expect(await answer).toBe('too late')
    expect(await w.connection.create(request('a'), w.call)).toMatchObject({ id })
  })

  test('is unavailable when nobody serves it', async () => {
    const w = await world()
    await w[Symbol.asyncDispose]()
    const error = await refusal(w.connection.create(request('a'), w.call))
    expect(error).toMatchObject({ code: 'Unavailable', facts: { outcome: 'unknown' } })
    expect(error.message).toContain(`no answer from the simulated cloud at ${w.served.url}`)
  })

  test('tells who speaks nonsense to it', async () => {
    await using w = await world()
    const post = async (path: string, body: string): Promise<number> => {
      const { status } = await fetch(`${w.served.url}${path}`, { method: 'POST', body })
      return status
    }
    expect(await post('/explode', '{}')).toBe(404)
    expect(await post('/create', '{"request": {}}')).toBe(400)
    expect(await post('/create', 'nonsense')).toBe(400)
    expect(w.cloud.machines()).toEqual([])
  })
})
