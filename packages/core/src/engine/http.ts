import { type Server, createServer } from 'node:http'
import { type Log, errorText } from '../runtime/index.ts'
import type { Manager } from './manager.types.ts'

export interface ServeHealthOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** Default: every address, as kubelet's probes and Prometheus come from outside of the pod. */
  readonly host?: string
  readonly log: Log
}

export interface HealthServer extends AsyncDisposable {
  readonly port: number
}

/**
 * Answers /healthz, /readyz and /metrics of a manager over HTTP until disposed.
 * @throws Error when it can not listen there, as Node says it (EADDRINUSE, EACCES, ...).
 */
export const serveHealth = async (manager: Pick<Manager, 'handle'>, options: ServeHealthOptions): Promise<HealthServer> => {
  const server = createServer((request, response) => {
    const [pathname = '/'] = (request.url ?? '/').split('?')
    const answered = request.method === 'GET' || request.method === 'HEAD' ? manager.handle(pathname) : Promise.resolve(notAllowed)
    answered.then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body),
      (error: unknown) => {
        options.log('error', `cannot answer ${pathname}: ${errorText(error)}`)
        response.writeHead(500).end()
      },
    )
  })
  await listen(server, options)
  const address = server.address()
  // A string only for pipes.
  const port = typeof address === 'object' && address ? address.port : options.port
  return { port, [Symbol.asyncDispose]: () => close(server) }
}

const notAllowed = { status: 405, headers: { allow: 'GET, HEAD' }, body: '' }

const listen = (server: Server, { port, host }: ServeHealthOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })

const close = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.close(error => (error ? reject(error) : resolve()))
    // Probes and scrapers keep their connections open between two questions.
    server.closeAllConnections()
  })
