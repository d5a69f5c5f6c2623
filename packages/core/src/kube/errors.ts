/** `Status`, as an API server answers when it refuses. */
export interface Status {
  readonly reason?: string
  readonly message?: string
  readonly code?: number
  readonly details?: {
    readonly name?: string
    readonly kind?: string
    readonly retryAfterSeconds?: number
    readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[]
  }
}

/** The API server answered, and the answer is no. `reason` is the field's own word: NotFound, Conflict, AlreadyExists, Invalid, ... */
export class ApiError extends Error {
  readonly 'kube-node.dev/ApiError' = 1 as const
  override readonly name = 'ApiError'
  readonly code: number
  readonly reason: string
  readonly status: Status
  /** From `Retry-After` or the status, in milliseconds. */
  readonly retryAfterMs: number | undefined

  constructor(code: number, status: Status, what: string, retryAfterMs?: number) {
    super(`${what}: ${status.message ?? status.reason ?? `HTTP ${code}`}`)
    this.code = code
    this.reason = status.reason ?? reasonOf(code)
    this.status = status
    const seconds = status.details?.retryAfterSeconds
    this.retryAfterMs = retryAfterMs ?? (seconds === undefined ? undefined : seconds * 1_000)
  }

  /** By brand, never `instanceof`: two installed copies of core are normal. */
  static is(error: unknown): error is ApiError {
    return typeof error === 'object' && error !== null && 'kube-node.dev/ApiError' in error
  }
}

/** No answer came. A read may be repeated; what a write did is unknown until somebody looks. */
export class TransportError extends Error {
  readonly 'kube-node.dev/TransportError' = 1 as const
  override readonly name = 'TransportError'

  constructor(message: string, options: { readonly cause: unknown }) {
    super(message, options)
  }

  static is(error: unknown): error is TransportError {
    return typeof error === 'object' && error !== null && 'kube-node.dev/TransportError' in error
  }
}

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Expired',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
}
const reasonOf = (code: number): string => reasons[code] ?? 'Unknown'

const hasReason = (error: unknown, ...wanted: readonly string[]): boolean => ApiError.is(error) && wanted.includes(error.reason)
export const isNotFound = (error: unknown): boolean => hasReason(error, 'NotFound')
/** Somebody wrote in between (or a uid precondition failed): read again, decide again. */
export const isConflict = (error: unknown): boolean => hasReason(error, 'Conflict')
export const isAlreadyExists = (error: unknown): boolean => hasReason(error, 'AlreadyExists')
/** The resourceVersion or continue token is too old: list again. */
export const isExpired = (error: unknown): boolean => hasReason(error, 'Expired', 'Gone') || (ApiError.is(error) && error.code === 410)

/** The server's cache (or the server) is behind the version that was asked for (1.37: 504 with this cause). */
export const isFromTheFuture = (error: unknown): boolean =>
  ApiError.is(error) && (error.status.details?.causes ?? []).some(({ reason }) => reason === 'ResourceVersionTooLarge')
