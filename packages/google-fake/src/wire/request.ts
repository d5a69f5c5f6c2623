import type { IncomingMessage } from 'node:http'

export type Json = Readonly<Record<string, unknown>>

/** The border: what was sent, as far as it is an object. */
export const asJson = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}

/** Empty for what is no text. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : '')

/** By key, what is text. */
export const asTexts = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(asJson(value)).map(([key, text]) => [key, asText(text)]))

/** One request, read whole. */
export interface Request {
  readonly method: string
  /** Below `/compute/v1/` or `/v1/`, in parts, decoded. */
  readonly path: readonly string[]
  readonly query: URLSearchParams
  readonly body: Json
  /** The bearer token. */
  readonly token: string
  /** Fires when whoever asked has gone. */
  readonly gone: AbortSignal
}

export const readRequest = async (incoming: IncomingMessage, gone: AbortSignal): Promise<Request> => {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const url = new URL(incoming.url ?? '/', 'http://google')
  const text = Buffer.concat(chunks).toString()
  const body: unknown = text === '' ? {} : JSON.parse(text)
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname
      .replace(/^\/(compute\/v1|v1)\//, '')
      .split('/')
      .map(decodeURIComponent),
    query: url.searchParams,
    body: asJson(body),
    token: /^Bearer (.+)$/.exec(incoming.headers.authorization ?? '')?.[1] ?? '',
    gone,
  }
}
