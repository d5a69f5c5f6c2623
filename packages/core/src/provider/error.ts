/**
 * What went wrong, in the words that core's policy is written in:
 * - `NotFound`: there is no such thing at the provider. As the answer of a delete it is success.
 * - `InvalidConfig`: the request can never work as it is; core waits for a change of the class.
 * - `Unauthorized`: credentials are missing, wrong or too weak; core waits for a change of the Secret, and tries seldom.
 * - `InsufficientCapacity`: a stockout in `scope`; core keeps away from that scope for a while.
 * - `QuotaExceeded`: an account's limit; seldom tried again.
 * - `RateLimited`: too many calls; the whole connection slows down.
 * - `Busy`: one operation at a time, and it is not our turn.
 * - `Unavailable`: the provider or the way to it is down.
 * - `Internal`: anything else, bugs included.
 */
export type ErrorCode = (typeof errorCodes)[number]

/** All of them, for those who check a code that came over a wire. */
export const errorCodes = [
  'NotFound',
  'InvalidConfig',
  'Unauthorized',
  'InsufficientCapacity',
  'QuotaExceeded',
  'RateLimited',
  'Busy',
  'Unavailable',
  'Internal',
] as const

/** Where something is out of stock or could not be asked. Absent parts mean "whatever". */
export interface Scope {
  readonly zone?: string
  readonly instanceType?: string
  /** `spot`, `on-demand`, ... in the provider's words. */
  readonly capacityType?: string
}

/** Is that place, or that machine, within the scope? A part that the scope names and the place does not know is outside. */
export const covers = (scope: Scope, place: { readonly [Part in keyof Scope]: Scope[Part] | undefined }): boolean =>
  (scope.zone === undefined || scope.zone === place.zone) &&
  (scope.instanceType === undefined || scope.instanceType === place.instanceType) &&
  (scope.capacityType === undefined || scope.capacityType === place.capacityType)

export interface ErrorFacts {
  readonly scope?: Scope
  /** How long the provider asked us to wait. */
  readonly retryAfterMs?: number
  /**
   * What became of the thing that was to be made: `none` only when it is proven that nothing was made, and that no copy of the request is
   * left that could make it later: a client that repeats requests by itself must be told not to. Default: what the code says, and
   * unknown for those that say nothing (`NotFound`, `Busy`, `Unavailable`, `Internal`). Core looks before it makes another one.
   */
  readonly outcome?: 'none' | 'unknown'
  readonly cause?: unknown
}

/** The one error of the contract. Anything else that a provider throws reads as `Internal`, outcome unknown. */
export class ProviderError extends Error {
  readonly 'kube-node.dev/ProviderError' = 1 as const
  override readonly name = 'ProviderError'
  readonly code: ErrorCode
  readonly facts: ErrorFacts

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, { cause: facts.cause })
    this.code = code
    this.facts = facts
  }

  /** By brand, never `instanceof`: a provider may carry its own copy of this class. */
  static is(error: unknown): error is ProviderError {
    return typeof error === 'object' && error !== null && 'kube-node.dev/ProviderError' in error
  }
}
