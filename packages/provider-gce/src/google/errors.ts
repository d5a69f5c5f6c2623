import { type ErrorFacts, ProviderError, type Scope } from '@kube-node/core/provider'
import { type Meaning, meanings } from './families.ts'

/** Google answered, and not with what was asked for. Holds nothing of the request: it carries a token. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly 'kube-node.dev/GoogleRefusal' = 1 as const
  readonly status: number
  readonly reason: string
  readonly retryAfter: string | undefined

  constructor(status: number, body: unknown, retryAfter?: string) {
    const { message, reason } = readRefusal(body)
    super(message)
    this.status = status
    this.reason = reason
    this.retryAfter = retryAfter
  }

  /** By brand, never `instanceof`: a package may carry its own copy of this class. */
  static is(error: unknown): error is Refusal {
    return typeof error === 'object' && error !== null && 'kube-node.dev/GoogleRefusal' in error
  }
}

interface ErrorBody {
  readonly error?: {
    readonly message?: string
    readonly status?: string
    readonly errors?: readonly { readonly reason?: string; readonly message?: string }[]
    readonly details?: readonly { readonly '@type'?: string; readonly reason?: string }[]
  }
}

/** Compute Engine says a reason in `errors`, others in an ErrorInfo of `details`, all of them a status. */
const readRefusal = (body: unknown): { readonly reason: string; readonly message: string } => {
  // The border: an answer of Google, or of whoever answered in its place.
  const { error } = typeof body === 'object' && body !== null ? (body as ErrorBody) : {}
  if (typeof error !== 'object' || error === null) return { reason: '', message: '' }
  const reasons = [error.errors?.[0]?.reason, error.details?.find(each => each['@type']?.endsWith('ErrorInfo'))?.reason, error.status]
  const known = reasons.find(reason => reason !== undefined && meanings.has(reason))
  return { reason: known ?? reasons.find(reason => reason !== undefined) ?? '', message: error.message ?? '' }
}

/** What one operation came to. */
export interface OperationError {
  readonly code?: string
  readonly message?: string
}

/** Pure: what Google's reason means; by its HTTP status where nobody has seen the reason. One that proves nothing otherwise. */
export const meaningOf = (reason: string, status: number | undefined): Meaning => {
  const known = meanings.get(reason)
  if (known) return known
  if (status === 401) return { code: 'Unauthorized', outcome: 'none' }
  if (status === 429) return { code: 'RateLimited', outcome: 'none' }
  if (reason !== '' && status === 404) return { code: 'NotFound' }
  return { code: status === undefined || status >= 500 ? 'Unavailable' : 'Internal' }
}

/** @param scope where it happened, told only of a stockout. */
export const toProviderError = (operation: string, error: unknown, scope?: Scope): ProviderError => {
  if (ProviderError.is(error)) return error
  if (Refusal.is(error)) return fromRefusal(operation, error, scope)
  const message = error instanceof Error ? firstLine(error.message) : String(error)
  if (isWithoutCredentials(message)) {
    const advice = 'name a Secret in the class, or give the controller a service account'
    return new ProviderError('Unauthorized', `Google ${operation}: ${message}: ${advice}`, { outcome: 'none' })
  }
  // The library's errors carry the request, and with it a token: no cause.
  return new ProviderError('Unavailable', `Google ${operation}: no answer (${message})`)
}

/** Of google-auth-library: nothing was sent. */
const isWithoutCredentials = (message: string): boolean =>
  /could not load the default credentials|invalid_grant|invalid_client|DECODER routines|unable to detect a project id/i.test(message)

const fromRefusal = (operation: string, refusal: Refusal, scope: Scope | undefined): ProviderError => {
  const { status, reason, message, retryAfter } = refusal
  const meaning = meaningOf(reason, status)
  const said = [reason, firstLine(message)].filter(part => part !== '').join(': ')
  return new ProviderError(meaning.code, `Google ${operation}: ${said === '' ? `HTTP ${status}, in words that are not Google's` : said}`, {
    ...factsOf(meaning, scope),
    ...(retryAfter !== undefined && /^\d+$/.test(retryAfter) && { retryAfterMs: Number(retryAfter) * 1_000 }),
    cause: refusal,
  })
}

/** The end of an operation that was accepted. It will not go on: what it left, if anything, can be looked for. */
export class OperationFailure extends Error {
  override readonly name = 'OperationFailure'
  readonly 'kube-node.dev/GoogleOperationFailure' = 1 as const

  /** By brand, as a refusal. */
  static is(error: unknown): error is OperationFailure {
    return typeof error === 'object' && error !== null && 'kube-node.dev/GoogleOperationFailure' in error
  }
}

/** An operation that was accepted, and failed later. */
export const operationFailed = (operation: string, { code = '', message = '' }: OperationError, scope?: Scope): ProviderError => {
  const meaning = meaningOf(code, undefined)
  // Failed is not unanswered: what nobody has seen may have left something.
  const told = meanings.has(code) ? meaning : ({ code: 'Internal' } as const)
  return new ProviderError(told.code, `Google ${operation}: ${code}: ${firstLine(message)}`, {
    ...factsOf(told, scope),
    cause: new OperationFailure(code),
  })
}

const factsOf = ({ code, outcome }: Meaning, scope: Scope | undefined): ErrorFacts => ({
  ...(outcome && { outcome }),
  ...(code === 'InsufficientCapacity' && scope && { scope }),
})

const mostCharacters = 500

const firstLine = (message: string): string => {
  const [line = ''] = message.split('\n')
  return line.length > mostCharacters ? `${line.slice(0, mostCharacters)}...` : line
}
