import { type Clock, DeadlineExceeded, type Log, describeMs, errorText, withDeadline } from '../runtime/index.ts'
import type { EventRecorder } from './events/recorder.ts'

export interface Stop {
  readonly clock: Clock
  readonly log: Log
  /** Never rejects; settles when the last reconcile and source are over. */
  readonly workEnded: Promise<void>
  /** What controllers' `start` answered, in that order. */
  readonly started: readonly AsyncDisposable[]
  /** Its signal is the one that work heeds. It has fired already when the lease was lost. */
  readonly ending: AbortController
  readonly events: EventRecorder
  readonly stopWithinMs: number
  /** Keys that are being worked on. */
  running(): readonly string[]
  closeCache(): Promise<void>
  endLeadership(quiet: boolean): Promise<void>
}

/** For what was aborted to notice it, and for each thing that is closed. */
const graceMs = 5_000
const eventsWithinMs = 2_000

/**
 * The end of a manager that has been told to start nothing new: what runs may finish, and is aborted when that takes too
 * long; then everything closes in the reverse order of its making, and the lease goes last, only if nothing can act any more.
 */
export const stopInOrder = async (stop: Stop): Promise<void> => {
  const { clock, log, ending, workEnded } = stop
  const finished = await settles(clock, workEnded, stop.stopWithinMs, ending.signal)
  if (!finished && !ending.signal.aborted) {
    log('warn', `aborting what still runs after ${describeMs(stop.stopWithinMs)}`, { keys: stop.running() })
  }
  // What finished in time may still write while it closes.
  const closed = finished && (await closeAll(stop))
  ending.abort(new Error('the manager has stopped'))
  const quiet = finished || (await settles(clock, workEnded, graceMs))
  if (!quiet) log('error', 'some work does not heed its signal; the lease is left to run out', { keys: stop.running() })
  const allClosed = closed || (!finished && (await closeAll(stop)))
  await stop.events.close(eventsWithinMs)
  await stop.closeCache()
  await stop.endLeadership(quiet && allClosed)
}

const closeAll = async ({ clock, log, started }: Stop): Promise<boolean> => {
  let well = true
  for (const one of started.toReversed()) {
    try {
      await withDeadline({ clock, ms: graceMs, what: 'closing a controller' }, async () => one[Symbol.asyncDispose]())
    } catch (error) {
      well = false
      log('error', errorText(error))
    }
  }
  return well
}

/** Whether it settles in that time, and before the signal fires. */
const settles = async (clock: Clock, work: Promise<void>, ms: number, signal?: AbortSignal): Promise<boolean> => {
  try {
    await withDeadline({ clock, ms, what: 'stopping', ...(signal ? { signal } : {}) }, () => work)
    return true
  } catch (error) {
    if (DeadlineExceeded.is(error) || signal?.aborted) return false
    throw error
  }
}
