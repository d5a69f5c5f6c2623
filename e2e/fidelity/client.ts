import { Agent as PlainAgent, request as plain } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { Agent as SecureAgent, request as secure } from 'node:https'

/** An API server as a client sees it. */
export interface Endpoint {
  readonly url: string
  readonly caPem?: string
  readonly token?: string
}

/** Several values of one name are sent as so many lines; one of `undefined` is not sent at all. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

export interface Ask {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers?: Headers
  readonly body?: string
}

export interface Reply {
  readonly status: number
  readonly contentType: string
  readonly warnings: readonly string[]
  /** Parsed where it is JSON, otherwise text. */
  readonly body: unknown
}

export interface OpenWatch {
  /** What was answered instead of a stream. */
  readonly refused?: Reply
  /** Parsed lines so far. */
  readonly events: readonly unknown[]
  /** The server has ended it. */
  ended(): boolean
  close(): void
}

export interface Client {
  ask(request: Ask): Promise<Reply>
  watch(request: Omit<Ask, 'method' | 'body'>): Promise<OpenWatch>
  close(): void
}

const sent = (headers: Headers): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : [...value]]],
    ),
  )

/** Keeps its connections. Nothing is retried and nothing interpreted. */
export const createClient = ({ url, caPem, token }: Endpoint): Client => {
  const isSecure = url.startsWith('https:')
  const agent = isSecure ? new SecureAgent({ keepAlive: true, ca: caPem }) : new PlainAgent({ keepAlive: true })
  const open = ({ method, path, headers = {}, body }: Ask): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const options = {
        method,
        agent,
        headers: sent({
          'user-agent': 'fidelity/1',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        }),
      }
      const request = (isSecure ? secure : plain)(new URL(path, url), options, resolve)
      request.on('error', reject)
      request.end(body)
    })
  const replyOf = async (response: IncomingMessage): Promise<Reply> => {
    let text = ''
    response.setEncoding('utf8')
    for await (const chunk of response) text += String(chunk)
    const contentType = response.headers['content-type'] ?? ''
    return {
      status: response.statusCode ?? 0,
      contentType,
      // Several may share a line.
      warnings: (response.headersDistinct['warning'] ?? []).flatMap(line => line.split(/, (?=299 - )/)),
      body: contentType.startsWith('application/json') && text !== '' ? (JSON.parse(text) as unknown) : text,
    }
  }
  return {
    ask: async request => replyOf(await open(request)),
    watch: async request => {
      const response = await open({ ...request, method: 'GET' })
      if (response.statusCode !== 200) return { refused: await replyOf(response), events: [], ended: () => true, close: () => undefined }
      const events: unknown[] = []
      let rest = ''
      let ended = false
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) if (line !== '') events.push(JSON.parse(line))
      })
      response.on('close', () => {
        ended = true
      })
      // A stream that is broken off by us says so; its events are what counts.
      response.on('error', () => {
        ended = true
      })
      return { events, ended: () => ended, close: () => response.destroy() }
    },
    close: () => agent.destroy(),
  }
}
