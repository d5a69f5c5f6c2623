import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { type CloudApi, type Operation, LostAnswer } from './api.ts'
import type { SimulatedCloud } from './cloud.types.ts'
import { isOperation, parseCall, parseRequest } from './wire.ts'

export interface ServedCloud extends AsyncDisposable {
  /** For `remoteCloudProvider`. */
  readonly url: string
}

/**
 * Serves the cloud's API on 127.0.0.1, so that the machines outlive a controller that is killed in another process.
 * A lost answer is a broken connection there. Default port: any free one.
 * @throws the socket's error when the port is taken.
 */
export const serveCloud = async (cloud: Pick<SimulatedCloud, 'api'>, options: { readonly port?: number } = {}): Promise<ServedCloud> => {
  const { port = 0 } = options
  const server = createServer((request, response) => {
    answer(cloud.api, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the simulated cloud listens on no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve, reject) => server.close(error => (error ? reject(error) : resolve())))
      server.closeAllConnections()
      await closed
    },
  }
}

const answer = async (api: CloudApi, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const reply = (status: number, body: unknown): void => {
    const text = JSON.stringify(body)
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
  }
  const gone = new AbortController()
  response.once('close', () => gone.abort(new Error('the caller has gone')))
  const operation = (request.url ?? '').slice(1)
  if (request.method !== 'POST' || !isOperation(operation)) return reply(404, { message: `there is no ${request.method} ${request.url}` })
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
  try {
    reply(200, await carryOut(api, operation, text, gone.signal))
  } catch (error) {
    if (error instanceof LostAnswer) request.socket.destroy()
    else if (!gone.signal.aborted) reply(400, { message: error instanceof Error ? error.message : String(error) })
  }
}

const carryOut = async <O extends Operation>(api: CloudApi, operation: O, text: string, signal: AbortSignal): ReturnType<CloudApi> => {
  const { request, credential } = parseCall(JSON.parse(text))
  return api(operation, parseRequest(operation, request), { credential, signal })
}
