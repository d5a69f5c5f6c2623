import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { Server } from '../src/api.ts'
import type { Refusal } from '../src/errors.ts'

/** A server with what only Brook knows of it. */
interface Kept extends Server {
  readonly key?: string
  readonly request?: string
  readonly userData?: string | undefined
}

type Operation = 'create' | 'list' | 'delete'
type Reply = readonly [status: number, body: unknown]

export interface FakeBrook extends AsyncDisposable {
  readonly url: string
  readonly servers: ReadonlyMap<string, Kept>
  /** Makes a server as another customer's tool would. */
  add(labels?: Readonly<Record<string, string>>): Kept
  /** Every call is refused like this, while it is set. */
  refusal: ((operation: Operation) => readonly [status: number, error: Refusal] | undefined) | undefined
  /** What happens to the connection of the next such call, after it was carried out or (`hang`) before. */
  next: { readonly operation: Operation; readonly fate: 'cut' | 'hang' } | undefined
  /** Nobody gets an answer. */
  down: boolean
  /** A proxy answers everything with a page. */
  proxied: boolean
}

export const token = 'brk_0f8d2a61c79b'
export const pageSize = 2

/** Brook's API as far as a provider needs it, on 127.0.0.1, with the faults that a real cloud has too seldom for a test. */
export const fakeBrook = async (): Promise<FakeBrook> => {
  const servers = new Map<string, Kept>()
  let numbers = 0

  const fake: FakeBrook = {
    url: '',
    servers,
    refusal: undefined,
    next: undefined,
    down: false,
    proxied: false,
    add: labels => keep({ name: 'someone', location: 'ber1', type: 'b2', labels: labels ?? {} }),
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>(resolve => http.close(() => resolve()))
      http.closeAllConnections()
      await closed
    },
  }

  const keep = (wanted: Pick<Kept, 'name' | 'location' | 'type' | 'labels'> & Partial<Kept>): Kept => {
    const id = `srv-${++numbers}`
    const server: Kept = { ...wanted, id, status: 'active', created: '2026-01-01T00:00:00Z', private_ip: `10.0.0.${numbers}` }
    servers.set(id, server)
    return server
  }

  const create = (key: string, text: string): Reply => {
    const made = [...servers.values()].find(server => server.key === key)
    if (made && made.request !== text) return [409, { error: { code: 'idempotency_conflict', message: 'this key made another server' } }]
    if (made) return [200, { server: shown(made) }]
    const { user_data: userData, ...wanted } = JSON.parse(text) as Kept & { readonly user_data?: string }
    if (!/^b[248]$/.test(wanted.type)) return [422, { error: { code: 'invalid_input', message: `there is no type ${wanted.type}` } }]
    return [201, { server: shown(keep({ ...wanted, key, request: text, userData })) }]
  }

  const list = (query: URLSearchParams): Reply => {
    const [label = '', value] = query.get('label')?.split(':') ?? []
    const found = [...servers.values()].filter(
      server => server.status !== 'deleted' && server.location === query.get('location') && server.labels[label] === value,
    )
    const from = Number(query.get('from') ?? 0)
    const rest = new URLSearchParams({ ...Object.fromEntries(query), from: String(from + pageSize) })
    const next = from + pageSize < found.length ? { next: `/v1/servers?${rest.toString()}` } : {}
    return [200, { servers: found.slice(from, from + pageSize).map(shown), ...next }]
  }

  const remove = (id: string): Reply => {
    const server = servers.get(id)
    if (!server || server.status === 'deleted') return notFound(id)
    // The second look finds it gone.
    servers.set(id, { ...server, status: server.status === 'deleting' ? 'deleted' : 'deleting' })
    setImmediate(() => servers.set(id, { ...server, status: 'deleted' }))
    return [202, {}]
  }

  const reply = (operation: Operation, { headers }: IncomingMessage, id: string, query: URLSearchParams, text: string): Reply => {
    if (headers.authorization !== `Bearer ${token}`) return [401, { error: { code: 'unauthorized', message: 'unknown token' } }]
    const refusal = fake.refusal?.(operation)
    if (refusal) return [refusal[0], { error: refusal[1] }]
    if (operation === 'create') return create(String(headers['idempotency-key']), text)
    if (operation === 'delete') return remove(id)
    if (id === '') return list(query)
    const server = servers.get(id)
    return server ? [200, { server: shown(server) }] : notFound(id)
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://fake')
    const id = pathname.replace('/v1/servers', '').slice(1)
    const operation = request.method === 'POST' ? 'create' : request.method === 'DELETE' ? 'delete' : 'list'
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += String(chunk)

    if (fake.down) return void request.socket.destroy()
    if (fake.proxied) return void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>')
    const fate = fake.next?.operation === operation ? fake.next.fate : undefined
    if (fate) fake.next = undefined
    if (fate === 'hang') return
    const [status, body] = reply(operation, request, id, searchParams, text)
    if (fate === 'cut') return void request.socket.destroy()
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

  const http = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  const address = http.address()
  return Object.assign(fake, { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` })
}

const shown = ({ key: _key, request: _request, userData: _userData, ...server }: Kept): Server => server
const notFound = (id: string): Reply => [404, { error: { code: 'not_found', message: `there is no server ${id}` } }]
