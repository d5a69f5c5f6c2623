import { isDeepStrictEqual } from 'node:util'
import type { Agent, Dispatcher } from 'undici'
import { TransportError } from './errors.ts'
import { refusal } from './refusal.ts'
import type { Json, KubeRequest, KubeResponse, KubeStream, KubeTransport } from './transport.ts'
import { unreachable } from './unreachable.ts'
import { watchEvents } from './watch-lines.ts'

/**
 * What is used of @kubernetes/client-node's KubeConfig. Structural, as that class has private members: two installed copies of it
 * are two types.
 */
export interface KubeConfigLike {
  getCurrentCluster(): { readonly server: string; readonly proxyUrl?: string | undefined } | null
  /** Fills in certificates and headers, from files, tokens, exec plugins or OIDC; caches and refreshes them itself. */
  applyToHTTPSOptions(options: object): Promise<void>
}

interface TlsTerms {
  ca?: Buffer | string
  cert?: Buffer | string
  key?: Buffer | string
  pfx?: Buffer | string
  passphrase?: string
  rejectUnauthorized?: boolean
  servername?: string
}

/** What KubeConfig puts into the options of node:https that it is given, as far as it is used. */
interface HttpsOptions extends TlsTerms {
  headers?: Readonly<Record<string, string>>
  /** `user:password`. */
  auth?: string
}

interface Connections {
  /** What they were made for: other certificates need other connections. */
  readonly terms: TlsTerms
  readonly requests: Dispatcher
  readonly urgent: Dispatcher
  readonly watches: Dispatcher
}

/**
 * HTTP/1.1 on purpose. Measured against kube-apiserver 1.37 with ten watches open: one request after the other takes as long by
 * both (1.5 ms); 1,000 at once take 0.3 to 0.8 s on one HTTP/2 connection and 0.9 to 1.5 s on 16 of HTTP/1.1, which is more than
 * a controller ever has under way. Against that, undici's HTTP/2 client had requests that never settle, uncaught errors of dead
 * sessions, and an abort of the whole process (nodejs/undici 5089, nodejs/node 64850, both of 2026).
 */
const protocol = { allowH2: false }
/** Requests share these; a watch holds one of its own for as long as it lives. */
const requestConnections = 16
/**
 * And what is urgent these: a lease that waits for its turn behind five thousand deletions, or behind sixteen requests that an admission
 * webhook holds, is lost. One for the renewal, one for what asks while it hangs.
 */
const urgentConnections = 2
/** As client-go: shorter than what load balancers in front of API servers allow a silent connection. */
const keepAlive = { keepAlive: true, keepAliveInitialDelay: 30_000 }
const idleMs = 30_000

/**
 * The way to the current cluster of a kubeconfig. Connections are shared by all requests and made anew when certificates change;
 * tokens are asked of the KubeConfig for each request. Dispose of it to close them.
 * @throws Error when the kubeconfig has no current cluster, or its server is no URL.
 */
export const fromKubeConfig = (kubeConfig: KubeConfigLike): KubeTransport => {
  const cluster = kubeConfig.getCurrentCluster()
  if (cluster === null) throw new Error('the kubeconfig has no current cluster: check its current-context')
  const url = new URL(cluster.server)
  const server = url.origin
  /** A server behind a path, as Rancher's proxy has it. */
  const prefix = url.pathname.replace(/\/$/, '')
  let connections: Connections | undefined
  let credentials: Promise<HttpsOptions> | undefined
  /** All that are open: those in use, and those that replaced certificates have left to end. */
  const dispatchers = new Set<Dispatcher>()
  let closed = false

  /** Asked for once at a time: an exec plugin must not be started by each of a hundred requests. */
  const authenticate = (): Promise<HttpsOptions> =>
    (credentials ??= askFor(kubeConfig, url).finally(() => {
      credentials = undefined
    }))

  const connect = async (terms: TlsTerms): Promise<Connections> => {
    const { Agent, ProxyAgent } = await import('undici')
    if (closed) throw new TransportError('this connection to the cluster was closed', { cause: undefined })
    if (connections !== undefined && isDeepStrictEqual(connections.terms, terms)) return connections
    const open = (limits: Agent.Options): Dispatcher => {
      const options = { ...protocol, ...limits, keepAliveTimeout: idleMs }
      const dispatcher =
        cluster.proxyUrl === undefined
          ? new Agent({ ...options, connect: { ...keepAlive, ...terms } })
          : new ProxyAgent({ ...options, uri: cluster.proxyUrl, requestTls: terms, connect: keepAlive })
      dispatchers.add(dispatcher)
      return dispatcher
    }
    // What is under way on the old ones may end; watches do within ten minutes.
    for (const old of dispatchers) old.close(() => dispatchers.delete(old))
    connections = {
      terms,
      requests: open({ connections: requestConnections }),
      urgent: open({ connections: urgentConnections }),
      watches: open({ bodyTimeout: 0 }),
    }
    return connections
  }

  const send = async (request: KubeRequest, kind: 'requests' | 'urgent' | 'watches'): Promise<Dispatcher.ResponseData> => {
    const { method, path, query = {}, body, signal } = request
    const options = await authenticate()
    const dispatcher = (await connect(termsOf(options)))[kind]
    const search = new URLSearchParams(query).toString()
    return dispatcher.request({
      origin: server,
      path: `${prefix}${path}${search === '' ? '' : `?${search}`}`,
      method,
      signal,
      // Without this undici closes the connection after a DELETE that has a body: a handshake for each node that goes.
      ...(method === 'DELETE' && { reset: false }),
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...request.headers, ...headersOf(options) },
      body: body === undefined ? null : asGo(JSON.stringify(body)),
    })
  }

  return {
    async request(request) {
      const what = `${request.method} ${request.path}`
      try {
        return await read(await send(request, request.urgent ? 'urgent' : 'requests'), what)
      } catch (error) {
        throw unreachable(server, what, error, request.signal)
      }
    },

    async watch(request) {
      const what = `watch ${request.path}`
      const failed = (error: unknown): TransportError => unreachable(server, what, error, request.signal)
      let response: KubeResponse
      try {
        const opened = await send(request, 'watches')
        if (opened.statusCode < 400) return streamOf(opened.body, failed)
        response = await read(opened, what)
      } catch (error) {
        throw failed(error)
      }
      throw refusal(request, response)
    },

    async [Symbol.asyncDispose]() {
      closed = true
      await Promise.all(Array.from(dispatchers, each => each.destroy()))
      dispatchers.clear()
    },
  }
}

/** The kubeconfig as kubectl would read it: `file`, else KUBECONFIG, ~/.kube/config, or the service account of the pod. */
export const loadKubeConfig = async (options: { readonly file?: string; readonly context?: string } = {}): Promise<KubeConfigLike> => {
  // Half a second, which only those pay who need it.
  const { KubeConfig } = await import('@kubernetes/client-node')
  const kubeConfig = new KubeConfig()
  if (options.file === undefined) kubeConfig.loadFromDefault()
  else kubeConfig.loadFromFile(options.file)
  if (options.context !== undefined) kubeConfig.setCurrentContext(options.context)
  return kubeConfig
}

const askFor = async (kubeConfig: KubeConfigLike, url: URL): Promise<HttpsOptions> => {
  const options: HttpsOptions = {}
  try {
    await kubeConfig.applyToHTTPSOptions(options)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    // client-node 2.0 refuses http:// after it has filled in everything. To this machine itself nothing is exposed.
    const refusesHttp = url.protocol === 'http:' && text.startsWith('HTTP protocol is not allowed')
    if (refusesHttp && isLoopback(url.hostname)) return options
    if (refusesHttp) throw new TransportError(`${url.origin} would see credentials unencrypted: use https://`, { cause: undefined })
    // An exec plugin's standard error may help; a parser's message quotes its output, which holds the token.
    const why = error instanceof SyntaxError ? 'what the credential plugin printed is not JSON' : (text.split('\n')[0] ?? '').slice(0, 200)
    throw new TransportError(`no credentials for ${url.origin}: ${why}`, { cause: undefined })
  }
  return options
}

/**
 * JSON as Go writes it. kube-apiserver compares what a JSON patch tests with what it has itself written, byte by byte
 * (github.com/evanphx/json-patch, v4): `a & b` is not `a \u0026 b` there.
 */
const asGo = (json: string): string =>
  json.replaceAll(/[<>&\u2028\u2029]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)

const termNames = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'rejectUnauthorized', 'servername'] as const

const termsOf = (options: HttpsOptions): TlsTerms =>
  Object.fromEntries(termNames.flatMap(name => (options[name] === undefined ? [] : [[name, options[name]]])))

const headersOf = ({ headers = {}, auth }: HttpsOptions): Record<string, string> => ({
  ...(auth === undefined ? {} : { authorization: `Basic ${Buffer.from(auth).toString('base64')}` }),
  ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
})

const read = async ({ statusCode, headers, body }: Dispatcher.ResponseData, what: string): Promise<KubeResponse> => {
  const text = await body.text()
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) flat[name] = String(value)
  return { status: statusCode, headers: flat, body: /\bjson\b/.test(flat['content-type'] ?? '') ? parse(text, what) : text }
}

const parse = (text: string, what: string): Json => {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which may be a Secret.
    throw new TransportError(`${what}: the answer is not the JSON that it claims to be`, { cause: undefined })
  }
}

const streamOf = (body: Dispatcher.ResponseData['body'], failed: (error: unknown) => TransportError): KubeStream => {
  body.setEncoding('utf8')
  // Errors reach who calls next(). Without any listener, one that comes between two calls would end the process.
  body.on('error', () => undefined)
  const events = watchEvents(body)
  return {
    async next() {
      try {
        return (await events.next()).value
      } catch (error) {
        throw failed(error)
      }
    },
    async [Symbol.asyncDispose]() {
      body.destroy()
    },
  }
}
