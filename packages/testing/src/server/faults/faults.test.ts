import { ApiError, TransportError } from '@kube-node/core/kube'
import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { clientOf } from '../client.fixture.ts'
import { createApiServer } from '../index.ts'

const start = () => {
  const runtime = manualRuntime()
  const server = createApiServer({ runtime })
  return { runtime, server, api: clientOf(server.transport()), stored: () => server.store.list(nodes).length }
}
const nodes = { group: '', plural: 'nodes' }
const path = '/api/v1/nodes'
const node = (name: string): object => ({ metadata: { name } })
const outcome = <T>(asked: Promise<T>): Promise<T | 'lost'> =>
  asked.catch((error: unknown) => {
    if (TransportError.is(error)) return 'lost' as const
    throw error
  })

test('A fault hits the requests that it names, so often as it says, and is taken back', async () => {
  const { api, server } = start()
  server.faults.add({ match: { verb: 'create', resource: 'nodes' }, status: 429, retryAfter: 3, times: 1 })
  expect(await api.post(path, node('a'))).toMatchObject({
    status: 429,
    headers: { 'retry-after': '3' },
    body: { reason: 'TooManyRequests', details: { retryAfterSeconds: 3 } },
  })
  expect((await api.post(path, node('a'))).status).toBe(201)
  {
    using _outage = server.faults.add({ match: { user: 'jane' }, status: 503 })
    const jane = clientOf(server.transport({ user: 'jane' }))
    expect([(await jane.get(path)).status, (await api.get(path)).status]).toEqual([503, 200])
  }
  expect((await clientOf(server.transport({ user: 'jane' })).get(path)).status).toBe(200)
})

test('An answer is lost before the request is carried out, or after: the client sees the same', async () => {
  const { api, server, stored } = start()
  server.faults.add({ loseAnswer: 'before', times: 1 })
  server.faults.add({ match: { name: 'b' }, loseAnswer: 'after' })
  expect([await outcome(api.post(path, node('a'))), stored()]).toEqual(['lost', 0])
  expect([(await api.post(path, node('b'))).status, stored()]).toEqual([201, 1])
  expect([await outcome(api.delete(`${path}/b`)), stored()]).toEqual(['lost', 0])
})

test('A request that hangs ends when its client gives up', async () => {
  const { runtime, server } = start()
  server.faults.add({ loseAnswer: 'before', how: 'hang' })
  const abort = new AbortController()
  const asked = server.transport().request({ method: 'GET', path, signal: abort.signal })
  await runtime.settle()
  abort.abort(new Error('enough'))
  await expect(asked).rejects.toSatisfy(TransportError.is)
})

test('A slow request is carried out late, on the clock of the server, or not at all when it was given up', async () => {
  const { api, runtime, server, stored } = start()
  server.faults.add({ match: { verb: 'create' }, latency: '2s' })
  const slow = api.post(path, node('a'))
  await runtime.advance(1_999)
  expect(stored()).toBe(0)
  await runtime.advance(1)
  expect((await slow).status).toBe(201)
  const abort = new AbortController()
  const given = server.transport().request({ method: 'POST', path, body: { metadata: { name: 'b' } }, signal: abort.signal })
  abort.abort(new Error('enough'))
  expect(await outcome(given)).toBe('lost')
  await runtime.advance(5_000)
  expect([stored(), runtime.sleeping]).toEqual([1, 0])
})

test('A chance is drawn from the runtime', async () => {
  const chances = [0.2, 0.9]
  const server = createApiServer({ runtime: manualRuntime({ random: () => chances.shift() ?? 0 }), faults: [{ chance: 0.5, status: 500 }] })
  const api = clientOf(server.transport())
  expect([(await api.get(path)).status, (await api.get(path)).status]).toEqual([500, 200])
})

test('A watch is refused, or breaks after some events, or after some time', async () => {
  const { api, runtime, server } = start()
  const refused = server.faults.add({ match: { verb: 'watch' }, status: 500, times: 1 })
  await expect(api.watch(path)).rejects.toSatisfy(error => ApiError.is(error) && error.code === 500)
  refused[Symbol.dispose]()
  server.faults.add({ match: { verb: 'watch' }, dropWatch: { afterEvents: 1 }, times: 1 })
  server.faults.add({ match: { verb: 'watch' }, dropWatch: { after: '1m' }, times: 2 })
  await api.post(path, node('a'))
  await api.post(path, node('b'))
  const counted = await api.watch(path)
  expect(await counted.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'a' } } })
  await expect(counted.next()).rejects.toSatisfy(TransportError.is)
  const timed = await api.watch(path)
  expect([await timed.next(), await timed.next()]).toMatchObject([{ type: 'ADDED' }, { type: 'ADDED' }])
  const waiting = outcome(timed.next())
  await runtime.advance(60_000)
  expect(await waiting).toBe('lost')
  expect(runtime.sleeping).toBe(0)
})

test('A stale watch tells everything in order, as much later as the fault says, however fast it is read', async () => {
  const { api, runtime, server } = start()
  server.faults.add({ match: { verb: 'watch' }, delayEvents: '10s' })
  const abort = new AbortController()
  const stream = await api.watch(path, {}, abort.signal)
  await api.post(path, node('a'))
  await runtime.advance(4_000)
  await api.post(path, node('b'))
  await runtime.settle()
  const heard: string[] = []
  const listen = async (): Promise<void> => {
    for (let event = await stream.next(); event !== undefined; event = await stream.next())
      heard.push(`${runtime.clock.monotonic()} ${JSON.stringify(event.object).includes('"a"') ? 'a' : 'b'}`)
  }
  const ended = outcome(listen())
  await runtime.advance(5_999)
  expect(heard).toEqual([])
  await runtime.advance(10_000)
  expect(heard).toEqual(['10000 a', '14000 b'])
  abort.abort(new Error('enough'))
  expect(await ended).toBe('lost')
  expect(runtime.sleeping).toBe(0)
})

test('A server that lags behind lists the past to those who take any version, and the truth to others', async () => {
  const { api, server } = start()
  await api.post(path, node('a'))
  await api.post(path, node('b'))
  server.faults.add({ match: { verb: 'list' }, staleBy: 1 })
  expect(api.names((await api.get(path, { resourceVersion: '0' })).body)).toEqual(['a'])
  expect(api.names((await api.get(path)).body)).toEqual(['a', 'b'])
})

test('Over HTTP a fault is the same', async () => {
  const { server, stored } = start()
  const { url } = await server.listen()
  server.faults.add({ status: 503, times: 1 })
  const ask = (name: string): Promise<Response> =>
    fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(node(name)), headers: { 'content-type': 'application/json' } })
  expect((await ask('a')).status).toBe(503)
  server.faults.add({ loseAnswer: 'after', times: 1 })
  await expect(ask('a')).rejects.toThrow(/fetch failed/)
  expect(stored()).toBe(1)
  await server[Symbol.asyncDispose]()
})

test('Refused requests are told to those who count them, and the server itself is spared', async () => {
  const { api, runtime, server } = start()
  const seen: string[] = []
  server.onRequest(({ resource, status, verb }) => seen.push(`${verb} ${resource} ${status}`))
  server.faults.add({ status: 500 })
  await api.get(path)
  expect(seen).toEqual(['list nodes 500'])
  server.faults.clear()
  await api.post('/api/v1/namespaces', { metadata: { name: 'n' } })
  await api.delete('/api/v1/namespaces/n')
  {
    using _outage = server.faults.add({ status: 500 })
    await runtime.advance(1_000)
  }
  expect((await api.get('/api/v1/namespaces/n')).status).toBe(404)
})
