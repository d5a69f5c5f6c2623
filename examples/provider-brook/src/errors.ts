import { type ErrorCode, ProviderError } from '@kube-node/core/provider'

/** What Brook answers with every status of 400 and above. */
export interface Refusal {
  readonly code?: string
  readonly message?: string
  readonly location?: string
  readonly type?: string
  readonly retry_after_ms?: number
}

const codes: Readonly<Record<string, ErrorCode>> = {
  unauthorized: 'Unauthorized',
  not_found: 'NotFound',
  invalid_input: 'InvalidConfig',
  idempotency_conflict: 'InvalidConfig',
  sold_out: 'InsufficientCapacity',
  quota_exceeded: 'QuotaExceeded',
  rate_limited: 'RateLimited',
}

/** Brook's words in those of the contract. Core decides by the code whether to wait, to look elsewhere or to ask for help. */
export const refused = (status: number, { code = '', message, location, type, retry_after_ms }: Refusal): ProviderError =>
  new ProviderError(codes[code] ?? (status >= 500 ? 'Unavailable' : 'Internal'), `Brook: ${message ?? `status ${status}`}`, {
    ...(code === 'sold_out' && { scope: { ...(location && { zone: location }), ...(type && { instanceType: type }) } }),
    ...(retry_after_ms !== undefined && { retryAfterMs: retry_after_ms }),
    // That key has made a server before, for another request. InvalidConfig alone would read as "made nothing".
    ...(code === 'idempotency_conflict' && { outcome: 'unknown' }),
  })

/** No answer of Brook's came. Whether the request was carried out nobody knows, and so says an outcome that is left out. */
export const unanswered = (cause: unknown): ProviderError => new ProviderError('Unavailable', 'no answer from Brook', { cause })
