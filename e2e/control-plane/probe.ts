import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

const TIMEOUT_MS = 5_000

export interface ProbeOptions {
  readonly caPem?: string
  readonly token?: string
  readonly signal?: AbortSignal | undefined
}

/** Returns undefined when the address answers 200, else what happened instead. Throws only when the signal fires. */
export async function probe(url: string, options: ProbeOptions = {}): Promise<string | undefined> {
  options.signal?.throwIfAborted()
  const request = url.startsWith('https:') ? httpsRequest : httpRequest
  const headers = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }
  const outcome = await new Promise<string | undefined>(resolve => {
    // No agent: a connection that is kept alive would outlast a restart of the server.
    const outgoing = request(url, { agent: false, headers, ca: options.caPem, timeout: TIMEOUT_MS, signal: options.signal }, response => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
      })
      response.on('error', error => resolve(`${url}: ${error.message}`))
      response.on('end', () => resolve(response.statusCode === 200 ? undefined : `${url}: ${response.statusCode} ${body.trim()}`))
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)))
    outgoing.on('error', error => resolve(`${url}: ${error.message}`))
    outgoing.end()
  })
  options.signal?.throwIfAborted()
  return outcome
}
