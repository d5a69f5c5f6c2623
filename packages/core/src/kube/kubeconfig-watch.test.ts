import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { ApiError, TransportError } from './errors.ts'
import { failureOf, get, kubeConfigFor, loopback } from './loopback.fake.ts'
import { nodeAt, statusFor } from './transport.fake.ts'
import type { Json } from './transport.ts'

const { plain, transportTo, closeAll } = loopback()
afterEach(closeAll)

describe('watches', () => {
  const line = (version: number): string => `${JSON.stringify({ type: 'MODIFIED', object: nodeAt('ä', version) })}\n`
  const watching = (version: number): Json => ({ type: 'MODIFIED', object: nodeAt('ä', version) as unknown as Json })

  it('bring one event at a time, wherever the network cuts them', async () => {
    const bytes = Buffer.from(line(1) + line(2) + line(3))
    const { url } = await plain(async (_, response) => {
      // Seven bytes cut lines, and the two bytes of an ä.
      for (let i = 0; i < bytes.length; i += 7) {
        response.write(bytes.subarray(i, i + 7))
        await new Promise(resolve => setImmediate(resolve))
      }
      response.end()
    })
    const stream = await transportTo(kubeConfigFor(url)).watch(get('/api/v1/nodes', { query: { watch: '1' } }))
    expect([await stream.next(), await stream.next(), await stream.next(), await stream.next()]).toEqual([
      watching(1),
      watching(2),
      watching(3),
      undefined,
    ])
  })

  it('read no faster than events are asked for', async () => {
    let written = 0
    const many = line(1).repeat(1_000)
    let drained = Promise.resolve()
    const { url } = await plain((_, response) => {
      const write = (): void => {
        while (written < 200 && response.write(many)) written++
        if (written < 200)
          drained = once(response, 'drain').then(() => {
            written++
            write()
          })
        else response.end()
      }
      write()
    })
    const stream = await transportTo(kubeConfigFor(url)).watch(get('/api/v1/nodes'))
    await stream.next()
    for (let i = 0; i < 200; i++) await new Promise(resolve => setImmediate(resolve))
    expect(written).toBeLessThan(200)
    let events = 1
    while (await stream.next()) events++
    expect(events).toBe(200_000)
    await drained
  })

  it('do not keep requests from their connections', async () => {
    const { url, open } = await plain((request, response) => {
      if (request.url === '/watch') response.write(line(1))
      else response.end('ok')
    })
    const transport = transportTo(kubeConfigFor(url))
    const streams = await Promise.all(Array.from({ length: 40 }, () => transport.watch(get('/watch'))))
    expect(await transport.request(get('/'))).toMatchObject({ body: 'ok' })
    expect(open()).toBe(41)
    await Promise.all(streams.map(stream => stream[Symbol.asyncDispose]()))
    while (open() > 1) await new Promise(resolve => setImmediate(resolve))
  })

  it('that are refused throw what the server said', async () => {
    const { url } = await plain((_, response) =>
      response.writeHead(410, { 'content-type': 'application/json' }).end(JSON.stringify(statusFor(410, 'Expired'))),
    )
    const error = await failureOf(transportTo(kubeConfigFor(url)).watch(get('/api/v1/nodes')))
    expect(ApiError.is(error)).toBe(true)
    expect(error).toMatchObject({ code: 410, reason: 'Expired', message: 'GET /api/v1/nodes: Expired, says the server' })
  })

  it('end with an error when the connection breaks, between events or within one', async () => {
    for (const last of ['', line(2).slice(0, 20)]) {
      const { url } = await plain(async (request, response) => {
        response.write(line(1))
        response.write(last)
        await new Promise(resolve => setImmediate(resolve))
        request.socket.destroy()
      })
      const stream = await transportTo(kubeConfigFor(url)).watch(get('/api/v1/nodes'))
      expect(await stream.next()).toEqual(watching(1))
      expect(TransportError.is(await failureOf(stream.next()))).toBe(true)
    }
  })

  it('end with an error when the server ends within an event, and quote nothing of it', async () => {
    for (const text of ['{"type":"ADDED","object":{"data":"hunter2"', 'hunter2\n', '{"type":"hunter2"}\n']) {
      const { url } = await plain((_, response) => response.end(text))
      const stream = await transportTo(kubeConfigFor(url)).watch(get('/api/v1/secrets'))
      const error = await failureOf(stream.next())
      expect(TransportError.is(error)).toBe(true)
      expect(JSON.stringify([error.message, error.cause])).not.toContain('hunter2')
    }
  })

  it('end with their signal, with their transport, or when they are disposed of', async () => {
    const { url, open } = await plain((_, response) => response.write(line(1)))
    const transport = transportTo(kubeConfigFor(url))
    const stop = new AbortController()
    const [aborted, disposed, closed] = await Promise.all([
      transport.watch(get('/', { signal: stop.signal })),
      transport.watch(get('/')),
      transport.watch(get('/')),
    ])
    expect([await aborted?.next(), await disposed?.next(), await closed?.next()]).toEqual([watching(1), watching(1), watching(1)])
    const failures = [aborted, disposed, closed].map(stream => failureOf(stream?.next() ?? Promise.resolve()))
    stop.abort(new Error('enough'))
    expect(await failures[0]).toMatchObject({ message: 'watch /: aborted', cause: new Error('enough') })
    await disposed?.[Symbol.asyncDispose]()
    expect(TransportError.is(await failures[1])).toBe(true)
    await transport[Symbol.asyncDispose]()
    expect(TransportError.is(await failures[2])).toBe(true)
    while (open() > 0) await new Promise(resolve => setImmediate(resolve))
  })
})
