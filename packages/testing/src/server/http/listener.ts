import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { stringify } from 'yaml'
import { TransportError } from '@kube-node/core/kube'
import type { Json, KubeRequest, KubeResponse } from '@kube-node/core/kube'
import type { Log } from '@kube-node/core/runtime'
import type { Door } from '../faults/index.ts'
import type { ServedStream } from '../handler/index.ts'
import type { User } from '../request/index.ts'
import { Failure } from '../status/index.ts'
import { parseBody, readBody } from './body.ts'

export interface Listener {
  /** `http://127.0.0.1:port`. */
  readonly url: string
  /** Stops listening and drops all connections, watches included. */
  close(): Promise<void>
}

export interface ListenOptions {
  readonly door: Door
  /** @throws Failure 401 */
  authenticate(headers: Readonly<Record<string, string>>): User
  readonly log: Log
  /** 0 takes any that is free. */
  readonly port: number
}

/**
 * The server on a loopback socket: parses, frames, and asks the same handler as everybody else.
 * @throws the socket's error (EADDRINUSE) when it cannot listen.
 */
export const listen = async ({ authenticate, door, log, port }: ListenOptions): Promise<Listener> => {
  const server: Server = createServer((request, response) => {
    serve(door, authenticate, request, response).catch((error: unknown) => {
      // An answer that was lost on purpose, or whose client has gone: it sees the connection break.
      if (TransportError.is(error)) return void response.destroy()
      log('warn', 'a connection to the embedded API server broke', { error: error instanceof Error ? error.message : String(error) })
      response.destroy()
    })
  })
  // kubectl holds watches open for as long as it likes.
  server.requestTimeout = 0
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  // Border: a server on TCP has an address with a port.
  const address = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const serve = async (
  door: Door,
  authenticate: ListenOptions['authenticate'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const headers = headersOf(request)
  let body: unknown
  let asker: User
  try {
    asker = authenticate(headers)
    body = parseBody(request.method ?? '', await readBody(request), headers['content-type'] ?? '')
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    // Border: a Status is JSON.
    return respond(response, { status: error.code, headers: { 'content-type': 'application/json' }, body: error.status() as Json })
  }
  const gone = new AbortController()
  response.on('close', () => gone.abort(new Error('the client has gone')))
  const answer = await door(
    {
      // Border: what is no verb of Kubernetes' is refused by the handler with 405.
      method: (request.method ?? 'GET') as KubeRequest['method'],
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers,
      ...(body === undefined ? {} : { body }),
    },
    asker,
    gone.signal,
  )
  if (answer.type === 'response') respond(response, answer.response, headers['accept'])
  else await stream(answer.stream, response)
}

/** Repeated headers as one, joined by commas; node has lower-cased the names. */
const headersOf = (request: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(request.headersDistinct).map(([name, values = []]) => [name, values.join(', ')]))

const respond = (response: ServerResponse, { status, headers, body }: KubeResponse, accept = ''): void => {
  const asYaml = typeof body !== 'string' && /^\s*application\/yaml/.test(accept)
  const text = typeof body === 'string' ? body : asYaml ? stringify(body) : `${JSON.stringify(body)}\n`
  const type = asYaml ? { 'content-type': 'application/yaml' } : {}
  response.writeHead(status, { ...headers, ...type, 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

/** One line of JSON an event; the next one is asked for when the client has taken this one. */
const stream = async (events: ServedStream, response: ServerResponse): Promise<void> => {
  response.on('close', () => events.break(new TransportError('the client has gone', { cause: undefined })))
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  try {
    for (let event = await events.next(); event !== undefined; event = await events.next()) {
      if (!response.write(`${JSON.stringify(event)}\n`)) await Promise.race([once(response, 'drain'), once(response, 'close')])
    }
    response.end()
  } catch (error) {
    if (!TransportError.is(error)) throw error
    response.destroy()
  }
}
