import { type Lease, Leases } from '../api/index.ts'
import { isAlreadyExists, isConflict } from '../kube/index.ts'
import { errorText } from '../runtime/index.ts'
import { type ElectionContext, type Won, ask, isTransient, momentOf } from './leadership.ts'
import { heldLease, holderOf } from './lease.ts'

export interface Candidate {
  /** Resolves once the lease is ours; keeps trying whatever the API server does. Rejects with the signal's reason. */
  acquire(signal: AbortSignal): Promise<Won>
  /** Why the lease is not ours yet, in words for /readyz and the log. Empty once it is. */
  readonly waiting: string
  /** Somebody else leads, and this process stands by: a fine state to be in. */
  readonly standby: boolean
}

/** A lease as we saw it: what its holder last wrote, and until when nobody may take it over. */
interface Sighting {
  readonly spec: string
  readonly holder: string
  /** Monotonic, from when *we* saw it change: the holder's clock and ours have nothing to do with each other. */
  readonly until: number
}

const longestPauseMs = 30_000

export const createCandidate = (context: ElectionContext): Candidate => {
  const { client, runtime, log, terms } = context
  const { clock } = runtime
  const key = { namespace: terms.namespace, name: terms.name }
  const lease = `${terms.namespace}/${terms.name}`
  let seen: Sighting | undefined
  let waiting = `has not looked at lease ${lease} yet`
  let failures = 0

  const look = (found: Lease | undefined): void => {
    const spec = JSON.stringify(found?.spec ?? null)
    if (seen?.spec === spec) return
    if (!found) {
      // Somebody deleted it, and whoever held it last may not know yet; that may be one whom we never saw holding it.
      if (seen)
        seen = { spec, holder: seen.holder === '' ? 'somebody who is not known' : seen.holder, until: clock.monotonic() + terms.leaseMs }
      return
    }
    const durationMs = (found.spec?.leaseDurationSeconds ?? terms.leaseMs / 1_000) * 1_000
    const holder = holderOf(found)
    if (holder !== '' && holder !== seen?.holder && holder !== terms.identity) {
      log('info', `waiting for the lease ${lease}, held by ${holder}`, { identity: terms.identity })
      context.event?.(
        found,
        'StandingBy',
        `${terms.identity} stands by: ${holder} leads, and one acts at a time; a copy that is not wanted can be stopped`,
      )
    }
    seen = { spec, holder, until: clock.monotonic() + durationMs }
  }

  const heldByAnother = (): boolean =>
    seen !== undefined && seen.holder !== '' && seen.holder !== terms.identity && clock.monotonic() < seen.until

  const attempt = async (signal: AbortSignal): Promise<Won | undefined> => {
    const found = await ask(context, 'reading', signal, s => client.get(Leases, key, s))
    look(found)
    if (heldByAnother()) {
      waiting = `standing by: lease ${lease} is held by ${seen?.holder ?? ''}`
      return undefined
    }
    const sent = momentOf(runtime)
    const ours = heldLease(terms, sent.wall, found)
    // Our own name may be there already: an earlier write whose answer was lost. Writing it again makes it certain.
    const written = await ask(context, 'taking', signal, s =>
      found ? client.update(Leases, ours, { signal: s }) : client.create(Leases, ours, { signal: s }),
    )
    return { lease: written, sent }
  }

  const failed = (error: unknown): void => {
    if (isConflict(error) || isAlreadyExists(error)) {
      waiting = `another candidate was faster to take lease ${lease}`
      return
    }
    failures += 1
    waiting = `cannot take the lease: ${errorText(error)}`
    log('warn', waiting, { lease, failures })
  }

  return {
    get waiting() {
      return waiting
    },
    get standby() {
      return waiting !== '' && failures === 0 && heldByAnother()
    },
    async acquire(signal) {
      for (;;) {
        try {
          const won = await attempt(signal)
          failures = 0
          if (won) {
            waiting = ''
            context.event?.(won.lease, 'LeaderElection', `${terms.identity} leads`)
            log('info', 'leading', { lease, identity: terms.identity, transitions: won.lease.spec?.leaseTransitions })
            return won
          }
        } catch (error) {
          signal.throwIfAborted()
          if (!isTransient(error)) throw error
          failed(error)
        }
        const pauseMs = Math.min(longestPauseMs, terms.retryMs * 2 ** Math.min(failures, 10))
        await clock.sleep(pauseMs * (1 + 0.2 * runtime.random()), signal)
      }
    },
  }
}
