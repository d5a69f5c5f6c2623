import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, expect, it } from 'vitest'
import { type HealthServer, serveHealth } from './http.ts'
import type { HealthAnswer } from './manager.types.ts'

const open: HealthServer[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server[Symbol.asyncDispose]()
})

const serve = async (handle: (path: string) => Promise<HealthAnswer>, lines: string[] = []): Promise<number> => {
  const server = await serveHealth({ handle }, { port: 0, host: '127.0.0.1', log: (_level, message) => lines.push(message) })
  open.push(server)
  return server.port
}

const ask = async (port: number, path: string, method = 'GET'): Promise<{ status: number | undefined; body: string }> => {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method }, resolve).on('error', reject).end()
  })
  return { status: response.statusCode, body: await text(response) }
}

const echo = async (path: string): Promise<HealthAnswer> => ({ status: path === '/readyz' ? 503 : 200, headers: {}, body: `path ${path}` })

it('hands GETs to the manager, by their path alone', async () => {
  const port = await serve(echo)
  expect(await ask(port, '/readyz?verbose=1')).toEqual({ status: 503, body: 'path /readyz' })
  expect(await ask(port, '/healthz', 'HEAD')).toEqual({ status: 200, body: '' })
  expect((await ask(port, '/healthz', 'POST')).status).toBe(405)
  expect((await ask(port, '//', 'GET')).status).toBe(200)
})

it('answers 500, and tells, when the manager can not answer', async () => {
  const lines: string[] = []
  const port = await serve(() => Promise.reject(new Error('bug')), lines)
  expect((await ask(port, '/metrics')).status).toBe(500)
  expect(lines).toEqual(['cannot answer /metrics: bug'])
})

it('says why it can not listen', async () => {
  const port = await serve(echo)
  await expect(serveHealth({ handle: echo }, { port, host: '127.0.0.1', log: () => undefined })).rejects.toThrow('EADDRINUSE')
})
