import { type Server, createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type Client, createClient } from './client.ts'
import { Unanswered } from './unanswered.ts'

type Behaviour = (asked: number, socket: Socket) => 'answer' | 'break' | 'keep silent' | 'stream and break' | Refusal

/** A 429 with a message, and the seconds after which one may come again. */
interface Refusal {
  readonly message: string
  readonly seconds: string
}

const opened: { readonly server: Server; readonly client: Client }[] = []
afterEach(() => {
  for (const { client, server } of opened.splice(0)) {
    client.close()
    server.closeAllConnections()
    server.close()
  }
})

/** A server that does as told with each request, and a client of it that waits for 300 ms. */
const start = async (behave: Behaviour): Promise<{ readonly client: Client; readonly asked: () => number }> => {
  let asked = 0
  const server = createServer((request, response) => {
    const what = behave((asked += 1), request.socket)
    if (what === 'keep silent') return
    if (what === 'break') return void request.socket.resetAndDestroy()
    if (typeof what === 'object') {
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': what.seconds })
      return void response.end(JSON.stringify({ kind: 'Status', message: what.message }))
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    if (what === 'answer') return void response.end('{"asked":true}')
    response.write('{"event":1}\n', () => setImmediate(() => request.socket.resetAndDestroy()))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // Border: a TCP server has such an address.
  const { port } = server.address() as AddressInfo
  const client = createClient({ url: `http://127.0.0.1:${port}` }, 300)
  opened.push({ server, client })
  return { client, asked: () => asked }
}

const get = { method: 'GET', path: '/' }
const post = { method: 'POST', path: '/', body: '{}' }

test('A read whose connection broke is asked again, once, on a connection of its own', async () => {
  const sockets: Socket[] = []
  const { client, asked } = await start((n, socket) => {
    sockets.push(socket)
    return n === 2 ? 'break' : 'answer'
  })
  expect((await client.ask(get)).status).toBe(200)
  expect((await client.ask(get)).body).toEqual({ asked: true })
  expect(asked()).toBe(3)
  expect(sockets[1]).toBe(sockets[0])
  expect(sockets[2]).not.toBe(sockets[0])
})

test('A read that breaks twice has no answer', async () => {
  const { client, asked } = await start(() => 'break')
  await expect(client.ask(get)).rejects.toBeInstanceOf(Unanswered)
  expect(asked()).toBe(2)
})

test('A write is never asked twice, since nobody knows whether it was done', async () => {
  const { client, asked } = await start(() => 'break')
  await expect(client.ask(post)).rejects.toMatchObject({ name: 'Unanswered', late: false })
  expect(asked()).toBe(1)
})

test('Silence ends in time, for answers and for streams', async () => {
  const { client, asked } = await start(() => 'keep silent')
  await expect(client.ask(get)).rejects.toMatchObject({ name: 'Unanswered', late: true })
  expect(asked()).toBe(1)
  await expect(client.watch({ path: '/' })).rejects.toMatchObject({ name: 'Unanswered', late: true })
})

test('A stream that breaks is lost, and one that we close is not', async () => {
  const { client } = await start(() => 'stream and break')
  const watch = await client.watch({ path: '/' })
  await expect.poll(() => watch.ended()).toBe(true)
  expect(watch.lost()).toBe(true)
  expect(watch.events).toEqual([{ event: 1 }])

  const quiet = await start(() => 'answer')
  const closed = await quiet.client.watch({ path: '/' })
  closed.close()
  await expect.poll(() => closed.ended()).toBe(true)
  expect(closed.lost()).toBe(false)
})

test('A read that comes while a cache is built anew is asked again when the server says so, also the beginning of a watch', async () => {
  const unready = { message: 'storage is (re)initializing', seconds: '0' }
  const { client, asked } = await start(n => (n % 3 === 0 ? 'answer' : unready))
  expect((await client.ask(get)).status).toBe(200)
  expect(asked()).toBe(3)
  const watch = await client.watch({ path: '/' })
  expect(watch.refused).toBeUndefined()
  watch.close()
  expect(asked()).toBe(6)
})

test('A cache that is not ready in time is told as it is, and so is any other refusal at once', async () => {
  const unready = await start(() => ({ message: 'storage is (re)initializing', seconds: '1' }))
  expect((await unready.client.ask(get)).status).toBe(429)
  expect(unready.asked()).toBe(1)
  const refused = await start(() => ({ message: 'Cannot evict pod', seconds: '0' }))
  expect((await refused.client.ask(get)).status).toBe(429)
  expect((await refused.client.watch({ path: '/' })).refused?.status).toBe(429)
  expect(refused.asked()).toBe(2)
})
