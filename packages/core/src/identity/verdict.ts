import type { BootstrapToken } from './token.ts'

/** Why a request of ours is approved, in one word. */
export type Approval = 'FirstJoin' | 'Rejoin' | 'ClientRenewal' | 'Serving'

/** Why a request waits, in one word. */
export type Waiting = 'AddressesUnknown' | 'NodeNameUnknown' | 'RecordBroken'

/** Why a request is not approved, in one word: the reason of its event, and a label of the metric. */
export type Refusal =
  | 'MalformedRequest'
  | 'WrongSubject'
  | 'UnexpectedContent'
  | 'KeyRefused'
  | 'BadSignature'
  | 'WrongUsages'
  | 'WrongLifetime'
  | 'NamesNotAllowed'
  | 'NamesOfOthers'
  | 'NodeNameShared'
  | 'NodeNameTaken'
  | 'TokenUnknown'
  | 'TokenExpired'
  | 'TokenSpent'
  | 'ClaimGone'
  | 'ClaimDeleting'
  | 'ClaimMovedOn'
  | 'AlreadyJoined'

export type Verdict =
  /** `bind`: first the token must be bound to this key, durably; then the approval may be written. */
  | {
      readonly verdict: 'approve'
      readonly reason: Approval
      readonly message: string
      readonly bind?: { readonly token: BootstrapToken; readonly key: string }
    }
  /** Nothing is wrong, and something is not known yet. */
  | { readonly verdict: 'wait'; readonly reason: Waiting; readonly message: string }
  /** Ours and wrong. It stays pending: people and other approvers may know better. */
  | { readonly verdict: 'refuse'; readonly reason: Refusal; readonly message: string }
  /** Somebody else's, or decided already. */
  | { readonly verdict: 'not ours' }

export interface Refused {
  readonly verdict: 'refuse'
  readonly reason: Refusal
  readonly message: string
}

export const refuse = (reason: Refusal, message: string): Refused => ({ verdict: 'refuse', reason, message })

const longestQuote = 80

/** What somebody else wrote, for a message: no more than a line of it, and nothing that a terminal would act on. */
export const quote = (text: string): string => JSON.stringify(text.length > longestQuote ? `${text.slice(0, longestQuote)}...` : text)
