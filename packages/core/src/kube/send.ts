import { type Clock, DeadlineExceeded, type Duration, durationMs, withDeadline } from '../runtime/index.ts'
import { TransportError } from './errors.ts'
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
  /** All requests pass those that are not. Default false. */
  readonly urgent?: boolean
  readonly metrics?: Counters | undefined
}

/**
 * One request, one answer that is not a refusal.
 * @throws ApiError when the server refuses; TransportError when no answer came, within the deadline or at all.
 */
export type Send = (request: Omit<KubeRequest, 'signal'>, signal?: AbortSignal) => Promise<KubeResponse>

export const createSend = (options: SendOptions): Send => {
  const { transport, clock, urgent = false } = options
  const userAgent = options.userAgent ?? 'kube-node'
  const deadlineMs = durationMs(options.deadline ?? '60s')
  const answers = options.metrics?.counter('rest_client_requests_total', 'Requests by method and status code', ['method', 'code'])

  return async (request, signal) => {
    const { method, path } = request
    const what = `${method} ${path}`
    const headers = { 'user-agent': userAgent, accept: 'application/json', ...request.headers }
    let limit: AbortSignal | undefined
    let response: KubeResponse
    try {
      response = await withDeadline({ clock, ms: deadlineMs, what, ...(signal === undefined ? {} : { signal }) }, within => {
        limit = within
        return transport.request({ ...request, headers, ...(urgent && { urgent }), signal: within })
      })
    } catch (error) {
      answers?.add(1, { method, code: '<error>' })
      throw limit?.aborted ? ended(what, limit.reason) : error
    }
    answers?.add(1, { method, code: String(response.status) })
    if (response.status >= 400) throw refusal(request, response)
    return response
  }
}

/** A transport only knows that it was aborted. That it was by our deadline is what helps the reader. */
const ended = (what: string, reason: unknown): TransportError =>
  new TransportError(DeadlineExceeded.is(reason) ? reason.message : `${what}: aborted`, { cause: reason })
