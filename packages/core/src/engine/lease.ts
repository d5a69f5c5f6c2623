import { type Lease, Leases, apiVersionOf } from '../api/index.ts'
import { type Duration, type Runtime, durationMs } from '../runtime/index.ts'

/** One manager of several acts; the others stand by with warm stores. */
export interface LeaderElection {
  /** Where the Lease lives. */
  readonly namespace: string
  /** Default: kube-node. Managers that share it exclude each other. */
  readonly name?: string
  /** What people recognise this process by, as the pod's name. A random part is always added, so that no two lives are one. */
  readonly identity?: string
  /** How long others wait after the last sign of life. Default 15s. */
  readonly leaseDuration?: Duration
  /** How long a leader acts without a renewal; shorter than leaseDuration. Default 10s. */
  readonly renewDeadline?: Duration
  /** How often a leader renews and the others look; shorter than renewDeadline. Default 2s. */
  readonly retryPeriod?: Duration
}

/** A LeaderElection with its defaults, in milliseconds. */
export interface Terms {
  readonly namespace: string
  readonly name: string
  readonly identity: string
  readonly leaseMs: number
  readonly renewMs: number
  readonly retryMs: number
}

/** @throws TypeError when the times can not work: it names them. */
export const termsOf = (election: LeaderElection, runtime: Pick<Runtime, 'uuid'>): Terms => {
  const leaseMs = durationMs(election.leaseDuration ?? '15s')
  const renewMs = durationMs(election.renewDeadline ?? '10s')
  const retryMs = durationMs(election.retryPeriod ?? '2s')
  if (!(leaseMs > renewMs && renewMs > retryMs && retryMs > 0)) {
    throw new TypeError(`leader election needs leaseDuration > renewDeadline > retryPeriod > 0, not ${leaseMs}, ${renewMs}, ${retryMs} ms`)
  }
  if (leaseMs % 1_000 !== 0) throw new TypeError(`leaseDuration must be whole seconds, as a Lease holds them, not ${leaseMs} ms`)
  const identity = `${election.identity ?? 'kube-node'}_${runtime.uuid()}`
  return { namespace: election.namespace, name: election.name ?? 'kube-node', identity, leaseMs, renewMs, retryMs }
}

/** MicroTime: the API server refuses anything but exactly six digits of a second. */
export const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z')

export const holderOf = (lease: Lease | undefined): string => lease?.spec?.holderIdentity ?? ''

/**
 * A time in which nobody led, as the Lease tells it. In a Lease that came back with a backup it reaches from the moment of the
 * backup to that of the next renewal: what was done in it was done, and the API server has forgotten it. Wall times in milliseconds.
 */
export interface Vacancy {
  readonly from: number
  readonly to: number
}

const vacanciesKey = 'kube-node.dev/vacancies'
/** A leader that dies leaves its lease for 15 s: such times are nothing worth remembering. */
const shortestVacancyMs = 30_000
const remembered = 5

/** The last ones, oldest first. They stand on the Lease, so that they outlive the leader that ended them. */
export const vacanciesOf = (lease: Lease | undefined): readonly Vacancy[] =>
  (lease?.metadata?.annotations?.[vacanciesKey] ?? '').split(' ').flatMap(span => {
    const [from = NaN, to = NaN] = span.split('/').map(time => Date.parse(time))
    return Number.isNaN(from) || Number.isNaN(to) ? [] : [{ from, to }]
  })

/** Asked at renewals too: a leader whose own last renewal is long past holds a Lease that went back. */
const vacanciesUntil = (now: number, previous: Lease | undefined): readonly Vacancy[] => {
  const from = Date.parse(previous?.spec?.renewTime ?? '')
  const known = vacanciesOf(previous)
  return now - from >= shortestVacancyMs ? [...known, { from, to: now }].slice(-remembered) : known
}

const spanText = ({ from, to }: Vacancy): string => `${new Date(from).toISOString()}/${new Date(to).toISOString()}`

/** The lease as its holder writes it, over what is there: conditional through the resourceVersion in its metadata. */
export const heldLease = (terms: Terms, now: number, previous?: Lease): Lease => {
  const renewal = holderOf(previous) === terms.identity
  const time = microTime(now)
  const vacancies = vacanciesUntil(now, previous).map(spanText).join(' ')
  const { metadata, ...rest } = envelope(terms, previous)
  return {
    ...rest,
    metadata: { ...metadata, ...(vacancies !== '' && { annotations: { ...metadata?.annotations, [vacanciesKey]: vacancies } }) },
    spec: {
      ...previous?.spec,
      holderIdentity: terms.identity,
      leaseDurationSeconds: terms.leaseMs / 1_000,
      acquireTime: (renewal ? previous?.spec?.acquireTime : undefined) ?? time,
      renewTime: time,
      leaseTransitions: previous ? (previous.spec?.leaseTransitions ?? 0) + (renewal ? 0 : 1) : 0,
    },
  }
}

/** The lease as a leader leaves it: with no holder, which the others need not wait out. As client-go does it. */
export const releasedLease = (terms: Terms, now: number, previous: Lease): Lease => ({
  ...envelope(terms, previous),
  spec: {
    leaseDurationSeconds: 1,
    acquireTime: microTime(now),
    renewTime: microTime(now),
    leaseTransitions: previous.spec?.leaseTransitions ?? 0,
  },
})

const envelope = (terms: Terms, previous: Lease | undefined): Lease => ({
  apiVersion: apiVersionOf(Leases),
  kind: Leases.kind,
  metadata: previous?.metadata ?? { namespace: terms.namespace, name: terms.name },
})
