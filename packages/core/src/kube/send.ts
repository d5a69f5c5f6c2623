import { type Clock, type Duration, describeMs, durationMs } from '../runtime/index.ts'
import { TransportError } from './errors.ts'
import { follow } from './follow.ts'
import type { Counters } from './metrics.types.ts'
import { refusal } from './refusal.ts'
import type { KubeRequest, KubeResponse, KubeTransport } from './transport.ts'

export interface SendOptions {
  readonly transport: KubeTransport
  readonly clock: Clock
  /** Who we say that we are. Default `kube-node`. */
  readonly userAgent?: string
  /** How long an answer may take. Default 60s: an unreachable server must not hold a reconcile for ever. */
  readonly deadline?: Duration | number
  readonly metrics?: Counters | undefined
}

/**
 * One request, one answer that is not a refusal.
 * @throws ApiError when the server refuses; TransportError when no answer came, within the deadline or at all.
 */
export type Send = (request: Omit<KubeRequest, 'signal'>, signal?: AbortSignal) => Promise<KubeResponse>

export const createSend = (options: SendOptions): Send => {
  const { transport, clock } = options
  const userAgent = options.userAgent ?? 'kube-node'
  const deadlineMs = durationMs(options.deadline ?? '60s')
  const answers = options.metrics?.counter('rest_client_requests_total', 'Requests by method and status code', ['method', 'code'])

  return async (request, signal) => {
    const { method, path } = request
    const scope = follow(signal)
    const answered = new AbortController()
    clock.sleep(deadlineMs, answered.signal).then(
      () => scope.abort(new TransportError(`${method} ${path}: no answer within ${describeMs(deadlineMs)}`, { cause: undefined })),
      () => undefined, // the answer came first
    )
    try {
      const headers = { 'user-agent': userAgent, accept: 'application/json', ...request.headers }
      const response = await transport.request({ ...request, headers, signal: scope.signal })
      answers?.add(1, { method, code: String(response.status) })
      if (response.status >= 400) throw refusal(request, response)
      return response
    } catch (error) {
      if (!TransportError.is(error)) throw error
      answers?.add(1, { method, code: '<error>' })
      // A transport only knows that it was aborted; that it was by our deadline is what helps the reader.
      throw TransportError.is(scope.signal.reason) ? scope.signal.reason : error
    } finally {
      answered.abort()
      scope[Symbol.dispose]()
    }
  }
}
