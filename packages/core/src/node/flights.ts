import type { Words } from '../claim/index.ts'
import type { BootstrapToken } from '../identity/index.ts'
import type { Runtime } from '../runtime/index.ts'
import type { Failure, Flight, Refusal, Said } from './facts.ts'

interface Memory {
  /** The attempt that this life has asked to have recorded, until it is known to be. */
  beginning: number | undefined
  inherited: boolean
  firstSeenAt: number
  sent: boolean
  failure: Failure | undefined
  removalFailure: Failure | undefined
  failuresInARow: number
  unknownSince: number | undefined
  createdAt: number | undefined
  readonly deletions: Map<string, number>
  missingSince: number | undefined
  token: BootstrapToken | undefined
  document: Flight['document']
  runningSince: number | undefined
  recovery: string | undefined
  configuredAt: number | undefined
  readonly refusals: Map<string, Refusal>
  readonly said: Map<string, Said>
  drainedAt: number | undefined
  goneAt: number | undefined
}

/** One life's memory of its calls, by claim UID. Dies with leadership; nothing here is needed to be correct, only to be quick. */
export interface Flights {
  of(claim: string): Flight
  /** How often in a row a call for this claim has failed. */
  failuresInARow(claim: string): number
  /** Its record has proven that no life has sent anything of the recorded attempt: this one is the first. */
  unsent(claim: string): void
  /** A create is about to leave. */
  sending(claim: string): void
  createFailed(claim: string, failure: Failure): void
  /** Out of stock at one of several places: nothing was made, and no failure to wait longer for each time. */
  turnedAside(claim: string, failure: Failure): void
  /** As after a create that failed, but for what is known of creates. */
  configureFailed(claim: string, failure: Failure): void
  removalFailed(claim: string, failure: Failure): void
  deletionAccepted(claim: string, machine: string): void
  /** The newest complete list began at `listedAt` and does, or does not, show the recorded machine. */
  looked(claim: string, present: boolean, listedAt: number): void
  /** The newest list shows the recorded machine as one that runs, or does not. */
  ran(claim: string, runs: boolean): void
  /** A recovery by this token is to be recorded, or was found recorded: of what it delivers nothing is known yet. */
  recovering(claim: string, token: string): void
  /** An attempt is about to be recorded; the ones before it are proven to have left nothing. */
  beginning(claim: string, attempt: number): void
  /** Its record is of that attempt: one of whose write no answer came, and which has taken effect, has begun. */
  recorded(claim: string, attempt: number): void
  /** A new attempt was recorded. */
  begun(claim: string): void
  created(claim: string): void
  /** The token with the document of the recorded attempt. */
  keep(claim: string, token: BootstrapToken): void
  /** It is gone: what was sent can't be sent again. */
  documentLost(claim: string): void
  /** Has a secret in it, which is why it is not a part of the facts. */
  documentOf(claim: string): BootstrapToken | undefined
  configured(claim: string): void
  /** The API server took the eviction of this pod (by UID). */
  evicted(claim: string, pod: string): void
  refused(claim: string, pod: string, refusal: Refusal): void
  /** A condition was written just now, in these words. */
  said(claim: string, words: Words): void
  drained(claim: string): void
  /** The Node says that its machine is out of service. */
  outOfService(claim: string): void
  forget(claim: string): void
  /** What stands on the Nodes is another past than the one that these calls were made in: every claim is as one that was there before. */
  disown(): void
}

/** `inherited`: UIDs of the claims that were there when this life began to lead. */
export const createFlights = (runtime: Runtime, inherited: ReadonlySet<string>): Flights => {
  const { clock } = runtime
  const memories = new Map<string, Memory>()
  let disowned = false

  const memory = (claim: string): Memory => {
    const known = memories.get(claim)
    if (known) return known
    const now = clock.monotonic()
    const isInherited = disowned || inherited.has(claim)
    const fresh: Memory = {
      beginning: undefined,
      inherited: isInherited,
      firstSeenAt: now,
      sent: false,
      failure: undefined,
      removalFailure: undefined,
      failuresInARow: 0,
      unknownSince: isInherited ? now : undefined,
      createdAt: undefined,
      deletions: new Map(),
      missingSince: undefined,
      token: undefined,
      document: undefined,
      runningSince: undefined,
      recovery: undefined,
      configuredAt: undefined,
      refusals: new Map(),
      said: new Map(),
      drainedAt: undefined,
      goneAt: undefined,
    }
    memories.set(claim, fresh)
    return fresh
  }

  const flights: Flights = {
    of: memory,
    failuresInARow: claim => memory(claim).failuresInARow,
    unsent(claim) {
      const m = memory(claim)
      m.inherited = false
      m.unknownSince = undefined
    },
    sending(claim) {
      memory(claim).sent = true
    },
    createFailed(claim, failure) {
      const m = memory(claim)
      m.failure = failure
      m.failuresInARow += 1
      if (!failure.madeNothing) m.unknownSince = clock.monotonic()
    },
    turnedAside(claim, failure) {
      const m = memory(claim)
      m.failure = failure
      if (!failure.madeNothing) m.unknownSince = clock.monotonic()
    },
    configureFailed(claim, failure) {
      const m = memory(claim)
      m.failure = failure
      m.failuresInARow += 1
    },
    removalFailed(claim, failure) {
      const m = memory(claim)
      m.removalFailure = failure
      m.failuresInARow += 1
    },
    deletionAccepted(claim, machine) {
      const m = memory(claim)
      m.deletions.set(machine, clock.monotonic())
      m.removalFailure = undefined
      m.failuresInARow = 0
    },
    looked(claim, present, listedAt) {
      const m = memory(claim)
      m.missingSince = present ? undefined : (m.missingSince ?? listedAt)
    },
    ran(claim, runs) {
      const m = memory(claim)
      m.runningSince = runs ? (m.runningSince ?? clock.monotonic()) : undefined
    },
    recovering(claim, token) {
      const m = memory(claim)
      m.recovery = token
      m.token = undefined
      m.document = undefined
      m.configuredAt = undefined
      m.failure = undefined
      m.failuresInARow = 0
    },
    beginning(claim, attempt) {
      memory(claim).beginning = attempt
    },
    recorded(claim, attempt) {
      if (memory(claim).beginning === attempt) flights.begun(claim)
    },
    begun(claim) {
      const m = memory(claim)
      m.beginning = undefined
      m.inherited = false
      m.firstSeenAt = clock.monotonic()
      m.sent = false
      m.unknownSince = undefined
      m.createdAt = undefined
      m.failure = undefined
      m.removalFailure = undefined
      m.missingSince = undefined
      m.token = undefined
      m.document = undefined
      m.configuredAt = undefined
      m.deletions.clear()
    },
    created(claim) {
      const m = memory(claim)
      m.createdAt = clock.monotonic()
      m.failure = undefined
      m.failuresInARow = 0
    },
    keep(claim, token) {
      const m = memory(claim)
      m.token = token
      m.document = { kind: 'kept', expiresAt: token.expiresAt }
    },
    documentLost(claim) {
      const m = memory(claim)
      m.token = undefined
      m.document = { kind: 'lost' }
    },
    documentOf: claim => memory(claim).token,
    configured(claim) {
      memory(claim).configuredAt = clock.now()
    },
    evicted(claim, pod) {
      memory(claim).refusals.delete(pod)
    },
    refused(claim, pod, refusal) {
      memory(claim).refusals.set(pod, refusal)
    },
    said(claim, words) {
      memory(claim).said.set(words.type, { words, at: clock.monotonic() })
    },
    drained(claim) {
      memory(claim).drainedAt ??= clock.monotonic()
    },
    outOfService(claim) {
      memory(claim).goneAt ??= clock.monotonic()
    },
    forget: claim => void memories.delete(claim),
    disown() {
      disowned = true
      memories.clear()
    },
  }
  return flights
}
