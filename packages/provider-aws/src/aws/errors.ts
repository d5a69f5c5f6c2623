import { type ErrorFacts, ProviderError, type Scope } from '@kube-node/core/provider'
import { type Meaning, meanings } from './families.ts'

/** `InvalidSubnetID.NotFound`, `InvalidAMIID.Unavailable`, `InvalidKeyPair.Format`: what the class names is not there, or no such thing. */
const invalidThing = /^Invalid[A-Za-z]+(\.[A-Za-z]+)+$/
/** A profile that was made a moment ago reads like one that does not exist, for up to a minute. */
const notReadyYet = /invalid iam instance profile/i
const notReadyMs = 10_000

/** Auto Scaling has one code for all that it refuses; of these, only the words tell. */
const notThere = /^(AutoScalingGroup name|Instance Id) not found|^(Auto ?Scaling ?)?Group \S+ not found|No managed instance found/i
/** Somebody moved a limit of the group in between, or a machine: the next list shows it. */
const changedMeanwhile = /(above max|below min)(imum)? (value|size)|violates? group's (min|max) size|is not (in InService|part of)/i

const refusedByAutoScaling = (name: string, message: string): Meaning | undefined => {
  if (name !== 'ValidationError') return undefined
  if (notThere.test(message)) return { code: 'NotFound' }
  return changedMeanwhile.test(message) ? { code: 'Busy', outcome: 'none' } : undefined
}

/** Pure: what AWS's code and words mean. A code that nobody has seen proves nothing. */
export const meaningOf = (name: string, message: string): Meaning => {
  if (notReadyYet.test(message) && name.startsWith('InvalidParameter')) {
    return { code: 'Unavailable', outcome: 'none', retryAfterMs: notReadyMs }
  }
  const known = refusedByAutoScaling(name, message) ?? meanings.get(name)
  if (known) return known
  return invalidThing.test(name) ? { code: 'InvalidConfig', outcome: 'none' } : { code: 'Internal' }
}

/** What the SDK throws for an answer of AWS, and for none. */
interface SdkError {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly $fault?: 'client' | 'server'
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number }
}

/** @param scope where it happened, told only of a stockout. */
export const toProviderError = (operation: string, error: unknown, scope?: Scope): ProviderError => {
  if (ProviderError.is(error)) return error
  if (!(error instanceof Error)) return new ProviderError('Internal', `AWS ${operation}: ${String(error)}`)
  const { name, message, code: errno, $metadata: { httpStatusCode: status } = {} }: SdkError = error
  const known = meaningOf(name, message)
  const meaning = known.code === 'Internal' && isNoAnswer(status) ? noAnswer : known
  const facts: ErrorFacts = {
    cause: error,
    ...(meaning.outcome && { outcome: meaning.outcome }),
    ...(meaning.retryAfterMs !== undefined && { retryAfterMs: meaning.retryAfterMs }),
    ...(meaning.code === 'InsufficientCapacity' && scope && { scope }),
  }
  const said = status === undefined ? `no answer (${errno ?? firstLine(message)})` : `${name}: ${firstLine(message)}`
  return new ProviderError(meaning.code, `AWS ${operation}: ${said}${adviceFor(name)}`, facts)
}

/** A broken connection, or a proxy that answered in AWS's place. */
const isNoAnswer = (status: number | undefined): boolean => status === undefined || status >= 500
const noAnswer: Meaning = { code: 'Unavailable' }

const mostCharacters = 500

/** A refused signature is followed by all that was signed, session token included, and a refused action by a page of base64. */
export const firstLine = (message: string): string => {
  const [line = ''] = message.split('\n')
  const [told = ''] = line.split(/\s*Encoded authorization failure message:/)
  return told.length > mostCharacters ? `${told.slice(0, mostCharacters)}...` : told
}

const adviceFor = (name: string): string => {
  if (name === 'OperationNotPermitted') return ': if termination protection is on, take it off (disableApiTermination)'
  if (name === 'CredentialsProviderError') return ': name a Secret in the class, or give the controller a role'
  if (name === 'RequestExpired') return ': is the clock of the controller right?'
  return ''
}
