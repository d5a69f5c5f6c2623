import { type Lease, Leases } from '../api/index.ts'
import { ApiError, type Client, TransportError, isConflict } from '../kube/index.ts'
import { DeadlineExceeded, type Log, type Runtime, describeMs, errorText, withDeadline } from '../runtime/index.ts'
import { LeaseLost } from './errors.ts'
import { type Terms, type Vacancy, heldLease, holderOf, releasedLease, vacanciesOf } from './lease.ts'

/** What candidates and leaders work with. */
export interface ElectionContext {
  readonly client: Client
  readonly runtime: Runtime
  readonly log: Log
  readonly terms: Terms
  /** An event on the Lease, for who wonders with kubectl why a second copy does nothing. Default: none. */
  readonly event?: (lease: Lease, reason: string, message: string) => void
}

/** A lease that we hold as of a request that was sent at that moment. */
export interface Won {
  readonly lease: Lease
  readonly sent: Moment
}

export interface Moment {
  readonly monotonic: number
  readonly wall: number
}

/** The right to act, for as long as it is renewed. */
export interface Leadership {
  /** Fires with LeaseLost while the lease is still ours for leaseDuration - renewDeadline, so that others never overlap with us. */
  readonly lost: AbortSignal
  /** Compares clocks and nothing else: call it before every effect. @throws LeaseLost */
  fence(): void
  /** The last times in which nobody led, as the lease tells them. */
  readonly vacancies: readonly Vacancy[]
  /** Stops renewing. With `release`, lets others in at once instead of after leaseDuration; never rejects. */
  end(options: { readonly release: boolean }): Promise<void>
}

export const momentOf = (runtime: Runtime): Moment => ({ monotonic: runtime.clock.monotonic(), wall: runtime.clock.now() })

/** Errors after which asking again makes sense; anything else is a bug. */
export const isTransient = (error: unknown): boolean => ApiError.is(error) || TransportError.is(error) || DeadlineExceeded.is(error)

/** One request about the lease, bounded: a connection that hangs must leave time for another try. */
export const ask = <T>(
  { runtime, terms }: ElectionContext,
  what: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> =>
  withDeadline({ clock: runtime.clock, ms: terms.renewMs / 2, what: `${what} lease ${terms.namespace}/${terms.name}`, signal }, work)

export const lead = (context: ElectionContext, won: Won): Leadership => {
  const { client, runtime, log, terms } = context
  const { clock } = runtime
  const key = { namespace: terms.namespace, name: terms.name }
  const lost = new AbortController()
  const over = new AbortController()
  const ended = Symbol('ended')
  let { sent, lease: written } = won

  /**
   * Counted from when the request that renewed it was *sent*, the earliest moment that the others can count from. By both
   * clocks: CLOCK_MONOTONIC stands still while a machine is suspended, and a step of the wall clock costs no more than a restart.
   */
  const leftMs = (): number => {
    const now = momentOf(runtime)
    return terms.renewMs - Math.max(now.monotonic - sent.monotonic, now.wall - sent.wall)
  }

  const lose = (why: string, cause?: unknown): void => {
    if (lost.signal.aborted) return
    log('error', `leadership lost: ${why}`, { lease: `${terms.namespace}/${terms.name}`, identity: terms.identity })
    lost.abort(new LeaseLost(`leadership lost: ${why}`, cause === undefined ? {} : { cause }))
    over.abort(ended)
  }

  const loseIfLapsed = (): boolean => {
    if (leftMs() <= 0) lose(`the lease was not renewed within ${describeMs(terms.renewMs)}`)
    return lost.signal.aborted
  }

  const watchdog = async (): Promise<void> => {
    while (!loseIfLapsed()) await clock.sleep(leftMs(), over.signal)
  }

  const renewals = async (): Promise<void> => {
    let current: Lease | undefined = won.lease
    let pauseMs = terms.retryMs
    for (;;) {
      await clock.sleep(pauseMs, over.signal)
      // After a thaw this comes before everything else: the lease may be another's by now.
      if (loseIfLapsed()) return
      pauseMs = terms.retryMs
      try {
        current = await renew(current)
      } catch (error) {
        if (over.signal.aborted) return
        if (!isTransient(error)) return lose(`renewing failed: ${errorText(error)}`, error)
        // Lost answer or conflict: what is there now is read back before the next try.
        current = undefined
        if (isConflict(error)) pauseMs = 0
        else log('warn', `cannot renew the lease, will stop in ${describeMs(leftMs())}: ${errorText(error)}`)
      }
    }
  }

  const renew = async (known: Lease | undefined): Promise<Lease | undefined> => {
    const current = known ?? (await ask(context, 'reading', over.signal, signal => client.get(Leases, key, signal)))
    if (current && holderOf(current) !== terms.identity) {
      lose(`the lease is held by ${holderOf(current) || 'nobody'} now`)
      return current
    }
    const request = momentOf(runtime)
    const next = heldLease(terms, request.wall, current)
    const answer = await ask(context, 'renewing', over.signal, signal =>
      // Somebody may have deleted it. As long as our time runs, it is ours to put back.
      current ? client.update(Leases, next, { signal }) : client.create(Leases, next, { signal }),
    )
    sent = request
    written = answer
    return answer
  }

  const guarded = async (loop: () => Promise<void>): Promise<void> => {
    try {
      await loop()
    } catch (error) {
      if (error !== ended) lose(errorText(error), error)
    }
  }
  const loops = Promise.all([guarded(watchdog), guarded(renewals)])

  const release = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      // Read first: a renewal may have been under way.
      const current = await client.get(Leases, key, signal)
      if (!current || holderOf(current) !== terms.identity) return
      try {
        await client.update(Leases, releasedLease(terms, clock.now(), current), { signal })
        return
      } catch (error) {
        if (!isConflict(error) && !TransportError.is(error)) throw error
        await clock.sleep(100, signal)
      }
    }
  }

  return {
    lost: lost.signal,
    fence() {
      if (over.signal.aborted && !lost.signal.aborted) throw new LeaseLost('leadership was given back')
      if (loseIfLapsed()) throw lost.signal.reason
    },
    get vacancies() {
      return vacanciesOf(written)
    },
    async end(options) {
      over.abort(ended)
      await loops
      if (lost.signal.aborted || !options.release) return
      try {
        await ask(context, 'giving back', lost.signal, release)
        log('info', 'gave the lease back', { lease: `${terms.namespace}/${terms.name}` })
      } catch (error) {
        log('warn', `could not give the lease back, others wait until it runs out: ${errorText(error)}`)
      }
    },
  }
}
