import { once } from 'node:events'
import { type IncomingMessage, type RequestListener, type Server, type ServerResponse, createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { KubeConfig } from '@kubernetes/client-node'
import * as certificates from './certificates.fake.ts'
import { type KubeConfigLike, fromKubeConfig } from './kubeconfig.ts'
import type { KubeRequest, KubeTransport } from './transport.ts'

/** A server on loopback, for the tests of this folder. */
export interface Running {
  readonly url: string
  readonly server: Server
  /** Connections made so far. */
  readonly connections: () => number
  /** Connections open now. */
  readonly open: () => number
}

export interface Loopback {
  plain(handler: Handler): Promise<Running>
  /** With TLS, asking clients for their certificates. */
  secure(handler: Handler): Promise<Running>
  /** Closed at the end of the test. */
  transportTo(kubeConfig: KubeConfigLike): KubeTransport
  /** For afterEach. */
  closeAll(): Promise<void>
}

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

export const loopback = (): Loopback => {
  const cleanups: (() => Promise<unknown>)[] = []

  const listening = async (server: Server, scheme: string): Promise<Running> => {
    let made = 0
    const sockets = new Set<object>()
    server.on(scheme === 'https' ? 'secureConnection' : 'connection', socket => {
      made++
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      // Those that the test breaks.
      socket.on('error', () => undefined)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    cleanups.push(async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    })
    const { port } = server.address() as AddressInfo
    return { url: `${scheme}://127.0.0.1:${port}`, server, connections: () => made, open: () => sockets.size }
  }

  return {
    plain: handler =>
      listening(
        createServer((request, response) => void handler(request, response)),
        'http',
      ),
    secure(handler) {
      const { serverCertificate: cert, serverKey: key, authorityCertificate: ca } = certificates
      const server = createTlsServer({ cert, key, ca, requestCert: true }, (request, response) => void handler(request, response))
      return listening(server, 'https')
    },
    transportTo(kubeConfig) {
      const transport = fromKubeConfig(kubeConfig)
      cleanups.push(async () => transport[Symbol.asyncDispose]())
      return transport
    },
    async closeAll() {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    },
  }
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** client-node's own KubeConfig, as users have it. */
export const kubeConfigFor = (server: string, user: object = {}, cluster: object = {}): KubeConfig => {
  const kubeConfig = new KubeConfig()
  kubeConfig.loadFromString(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server, ...cluster } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  )
  return kubeConfig
}

export const trusted: object = { 'certificate-authority-data': base64(certificates.authorityCertificate) }
export const firstClient: object = {
  'client-certificate-data': base64(certificates.firstClientCertificate),
  'client-key-data': base64(certificates.firstClientKey),
}

export const get = (path: string, more: Partial<KubeRequest> = {}): KubeRequest => ({
  method: 'GET',
  path,
  signal: new AbortController().signal,
  ...more,
})

/** Says what it was asked. */
export const echo: RequestListener = (request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
  request.on('end', () => {
    const peer = 'getPeerCertificate' in request.socket ? (request.socket as TLSSocket).getPeerCertificate().subject?.CN : undefined
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body, peer }))
  })
}

export const failureOf = async (promise: Promise<unknown>): Promise<Error> => {
  const error: unknown = await promise.then(
    () => 'no failure',
    caught => caught,
  )
  if (error instanceof Error) return error
  throw new Error(`expected an error, not ${String(error)}`)
}
