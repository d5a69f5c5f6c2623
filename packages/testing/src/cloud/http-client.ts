import { Agent, request as httpRequest } from 'node:http'
import type { MachineProvider } from '@kube-node/core/provider'
import { type CloudApi, LostAnswer } from './api.ts'
import { type SimulatedProviderOptions, providerOf } from './provider.ts'
import { parseReply } from './wire.ts'

export interface RemoteCloudOptions extends SimulatedProviderOptions {
  /** Where `serveCloud` listens. */
  readonly url: string
}

/** The provider of a simulated cloud in another process. A broken connection is ProviderError Unavailable, outcome unknown. */
export const remoteCloudProvider = ({ url, ...options }: RemoteCloudOptions): MachineProvider => providerOf(remoteApi(url), options)

interface Received {
  readonly status: number
  readonly text: string
}

const remoteApi = (url: string): CloudApi => {
  const agent = new Agent({ keepAlive: true })

  const post = (path: string, text: string, signal: AbortSignal): Promise<Received> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
      const request = httpRequest(new URL(path, url), { method: 'POST', agent, headers, signal }, response => {
        let received = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (received += chunk))
        response.once('error', reject)
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text: received }))
      })
      request.once('error', reject)
      request.end(text)
    })

  return async (operation, request, { credential, signal }) => {
    const received = await post(operation, JSON.stringify({ request, credential }), signal).catch((error: unknown) => {
      if (signal.aborted) throw signal.reason
      const message = error instanceof Error ? error.message : String(error)
      throw new LostAnswer(`no answer from the simulated cloud at ${url}: ${message}`, { cause: error })
    })
    if (received.status !== 200) {
      return { refusal: { code: 'Internal', message: `the simulated cloud at ${url} answered ${received.status}: ${received.text}` } }
    }
    return parseReply(JSON.parse(received.text))
  }
}
