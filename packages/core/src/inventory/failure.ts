import { type ErrorCode, type ErrorFacts, type Machine, ProviderError, errorCodes } from '../provider/index.ts'
import { DeadlineExceeded } from '../runtime/index.ts'

const codes: ReadonlySet<string> = new Set(errorCodes)

/** The codes with which a provider turns a request away before it makes anything. */
const madeNothing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'InvalidConfig',
  'Unauthorized',
  'InsufficientCapacity',
  'QuotaExceeded',
  'RateLimited',
])

/** Only this allows a new attempt. An explicit `outcome` of the provider wins over what its code suggests. */
export const provesNothingMade = (error: ProviderError): boolean =>
  error.facts.outcome === undefined ? madeNothing.has(error.code) : error.facts.outcome === 'none'

/**
 * Whatever a provider threw, as one of ours: codes of a newer contract and foreign errors read as `Internal`, and every
 * known secret is struck out of the message. The cause is dropped where it could carry one.
 */
export const toProviderError = (error: unknown, secrets: readonly string[] = []): ProviderError => {
  const known = ProviderError.is(error)
  const message = scrub(error instanceof Error ? error.message : String(error), secrets)
  const code = known ? (codes.has(error.code) ? error.code : 'Internal') : DeadlineExceeded.is(error) ? 'Unavailable' : 'Internal'
  const facts: ErrorFacts = known ? error.facts : {}
  const { cause: _cause, ...rest } = facts
  return new ProviderError(code, message, secrets.length > 0 ? rest : { ...rest, cause: facts.cause ?? error })
}

/** Values shorter than this are no secrets worth the name, and striking them out would garble every message. */
const shortestSecret = 4

/** A machine of whose problem no known secret is told. */
export const withoutSecrets = (machine: Machine, secrets: readonly string[]): Machine =>
  machine.problem === undefined ? machine : { ...machine, problem: scrub(machine.problem, secrets) }

/** The text without the known secrets. */
export const scrub = (message: string, secrets: readonly string[]): string =>
  secrets.filter(secret => secret.length >= shortestSecret).reduce((text, secret) => text.replaceAll(secret, '[redacted]'), message)
