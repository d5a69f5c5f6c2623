import { type ErrorCode, ProviderError, type Scope } from '@kube-node/core/provider'

/** What drivers say, in the words of the contract. The first that fits counts. */
const meanings: readonly (readonly [RegExp, ErrorCode])[] = [
  [/AuthFailure|UnauthorizedOperation|InvalidClientTokenId|SignatureDoesNotMatch/i, 'Unauthorized'],
  [/401 Unauthorized|403 Forbidden|permission denied \(publickey|unable to authenticate|handshake failed: ssh/i, 'Unauthorized'],
  [/Insufficient\w*Capacity|out of capacity|ZONE_RESOURCE_POOL_EXHAUSTED/i, 'InsufficientCapacity'],
  [/resource_unavailable|sold out|SkuNotAvailable/i, 'InsufficientCapacity'],
  [/Throttling|rate limit|too many requests|RequestLimit/i, 'RateLimited'],
  [/LimitExceeded|quota/i, 'QuotaExceeded'],
  [/connection refused|no route to host|i\/o timeout|connection reset|network is unreachable/i, 'Unavailable'],
  [/too many retries waiting for SSH|no space left on device/i, 'Unavailable'],
  [/flag provided but not defined|driver "[^"]*" not found|not found in PATH|invalid value/i, 'InvalidConfig'],
]

/** The program's exit code for a check that failed before anything was made. */
const preCreateCheck = 3

export const codeOf = (exit: number, output: string): ErrorCode =>
  meanings.find(([words]) => words.test(output))?.[1] ?? (exit === preCreateCheck ? 'InvalidConfig' : 'Internal')

/** What plugins say about themselves, in the middle of everything. */
const chatter = /^\(.*\) (Calling|Closing|Found binary path|Launching plugin|Plugin server|Using API Version|Making call)|^$/

const mostLines = 12
const mostCharacters = 1_000

/**
 * The last lines of an output, without the plugin's chatter: what people read as the reason. Lines are whole, since of a secret that is cut
 * nothing would be known again.
 */
export const reasonOf = (output: string): string => {
  const lines = output.split('\n').filter(line => !chatter.test(line.trim()))
  const last = lines.slice(-mostLines)
  const from = last.findIndex((_, i) => i === last.length - 1 || last.slice(i).join('\n').length <= mostCharacters)
  return last.slice(from).join('\n').trim() || 'it said nothing'
}

/** Takes every secret out of a text. Short values would strike out half of it: they are no secrets. */
export const redactor = (secrets: readonly string[]): ((text: string) => string) => {
  const parts = secrets.flatMap(secret => [secret, ...secret.split('\n')]).filter(part => part.trim().length >= shortestSecret)
  const sorted = [...new Set(parts)].toSorted((a, b) => b.length - a.length)
  return text => sorted.reduce((left, part) => left.replaceAll(part, '***'), text)
}

const shortestSecret = 6

/** The same, and then no more of it than people read. In this order. */
export const teller = (secrets: readonly string[]): ((text: string) => string) => {
  const redact = redactor(secrets)
  return text => {
    const redacted = redact(text)
    return redacted.length <= mostTold ? redacted : `${redacted.slice(0, toldBefore)} ... ${redacted.slice(-mostCharacters)}`
  }
}

const mostTold = 2_000
const toldBefore = 200

export const failedProgram = (
  what: string,
  exit: number,
  output: string,
  facts: { readonly outcome?: 'none'; readonly scope?: Scope } = {},
): ProviderError => new ProviderError(codeOf(exit, output), `${what} ended with ${exit}: ${reasonOf(output)}`, facts)
