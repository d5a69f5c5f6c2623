import { Agent as PlainAgent, request as plain } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { Agent as SecureAgent, request as secure } from 'node:https'
import { whenReady } from './ready.ts'
import { Unanswered } from './unanswered.ts'

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
  /** Of a refusal that says when to come again. */
  readonly retryAfterSeconds?: number
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
  /** The connection broke: events may be missing. */
  lost(): boolean
  close(): void
}

export interface Client {
  /** @throws Unanswered */
  ask(request: Ask): Promise<Reply>
  /** @throws Unanswered when the stream does not begin. */
  watch(request: Omit<Ask, 'method' | 'body'>): Promise<OpenWatch>
  close(): void
}

const sent = (headers: Headers): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : [...value]]],
    ),
  )

/** More than the minute after which kube-apiserver itself gives up. */
const answerMs = 90_000

/**
 * Keeps its connections, and interprets nothing but that a cache is not ready. A read whose connection breaks is asked again, once, on
 * a connection of its own: a server may close one that was idle just when it is used again. What may have changed something is never
 * asked twice.
 */
export const createClient = ({ url, caPem, token }: Endpoint, limitMs: number = answerMs): Client => {
  const isSecure = url.startsWith('https:')
  const agent = isSecure ? new SecureAgent({ keepAlive: true, ca: caPem }) : new PlainAgent({ keepAlive: true })
  const open = ({ method, path, headers = {}, body }: Ask, signal: AbortSignal, ofItsOwn = false): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const options = {
        method,
        agent: ofItsOwn ? false : agent,
        signal,
        ...(caPem === undefined ? {} : { ca: caPem }),
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
  /** Breaks off what is under way when it takes too long. */
  const inTime = async <T>({ method, path }: Ask, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), limitMs)
    try {
      return await work(deadline.signal)
    } catch (cause) {
      throw new Unanswered(`${method} ${url}${path}`, cause, deadline.signal.aborted)
    } finally {
      clearTimeout(timer)
    }
  }
  const replyOf = async (response: IncomingMessage): Promise<Reply> => {
    let text = ''
    response.setEncoding('utf8')
    for await (const chunk of response) text += String(chunk)
    const contentType = response.headers['content-type'] ?? ''
    const retryAfter = response.headers['retry-after']
    return {
      status: response.statusCode ?? 0,
      contentType,
      // Several may share a line.
      warnings: (response.headersDistinct['warning'] ?? []).flatMap(line => line.split(/, (?=299 - )/)),
      ...(retryAfter === undefined ? {} : { retryAfterSeconds: Number(retryAfter) }),
      body: contentType.startsWith('application/json') && text !== '' ? (JSON.parse(text) as unknown) : text,
    }
  }
  const asked = (request: Ask, ofItsOwn: boolean): Promise<Reply> =>
    inTime(request, async signal => replyOf(await open(request, signal, ofItsOwn)))
  const askedOnce = async (request: Ask): Promise<Reply> => {
    try {
      return await asked(request, false)
    } catch (error) {
      if (!(error instanceof Unanswered) || error.late || request.method !== 'GET') throw error
      return await asked(request, true)
    }
  }
  interface Begun {
    readonly response: IncomingMessage
    readonly refused: Reply | undefined
  }
  const begin = (ask: Ask): Promise<Begun> =>
    inTime(ask, async signal => {
      const response = await open(ask, signal)
      return { response, refused: response.statusCode === 200 ? undefined : await replyOf(response) }
    })
  return {
    ask: request =>
      whenReady(
        limitMs,
        () => askedOnce(request),
        reply => reply,
      ),
    watch: async request => {
      const { response, refused } = await whenReady(
        limitMs,
        () => begin({ ...request, method: 'GET' }),
        begun => begun.refused,
      )
      if (refused !== undefined) return { refused, events: [], ended: () => true, lost: () => false, close: () => undefined }
      const events: unknown[] = []
      let rest = ''
      let ended = false
      let lost = false
      let closed = false
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) if (line !== '') events.push(JSON.parse(line))
      })
      response.on('close', () => {
        ended = true
      })
      // A stream that is broken off by us says so as well.
      response.on('error', () => {
        lost ||= !closed
        ended = true
      })
      const close = (): void => {
        closed = true
        response.destroy()
      }
      return { events, ended: () => ended, lost: () => lost, close }
    },
    close: () => agent.destroy(),
  }
}
