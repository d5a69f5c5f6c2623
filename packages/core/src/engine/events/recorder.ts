import { Events, conditionTime } from '../../api/index.ts'
import { ApiError, type Client, TransportError, isAlreadyExists, isNotFound } from '../../kube/index.ts'
import { type Log, type Runtime, errorText, withDeadline } from '../../runtime/index.ts'
import type { Metrics } from '../metrics.types.ts'
import { createRecent } from '../recent.ts'
import { type TokenBucket, createTokenBucket } from '../token-bucket.ts'
import type { EventToRecord, Regarding } from './regarding.ts'
import { type Series, beginSeries, combinedEvent, cut, objectKey, seriesKey, toEvent } from './series.ts'

/** Writes core/v1 Events beside the work, such that `kubectl describe` shows them. */
export interface EventRecorder {
  /**
   * Never throws, never waits. A repeat is counted in the event that is there, many repeats in one write. What is told of very many objects
   * that have an owner (100 at once, then five a second) becomes one event of that owner, which counts them; warnings only where a
   * thousand events wait already.
   */
  record(event: EventToRecord): void
  /** Waits until all is written, but no longer than `withinMs`; what is left then is dropped, and what comes later too. */
  close(withinMs: number): Promise<void>
}

export interface EventRecorderOptions {
  readonly client: Client
  readonly runtime: Runtime
  readonly log: Log
  readonly metrics: Metrics
  /** Which process: the leader-election identity. */
  readonly instance: string
}

/** client-go's numbers: 25 writes about one object at once, then one in five minutes. */
const spamLimit = { perSecond: 1 / 300, burst: 25 }
/** Events of objects that have an owner, those of all owners together. */
const crowdLimit = { perSecond: 5, burst: 100 }
/** How long those of an owner are counted before that is written. */
const collectingMs = 5_000
/** For so long they are one event of the owner, as with client-go. */
const combinedForMs = 600_000
const longestQueue = 1_000
const remembered = 4_096
const pausesMs: readonly number[] = [1_000, 5_000]

export const createEventRecorder = (options: EventRecorderOptions): EventRecorder => {
  const { client, runtime, log } = options
  const { clock } = runtime
  const outcomes = options.metrics.counter('kube_node_events_total', 'Events by what became of them', ['outcome'])
  const series = createRecent<Series>(remembered)
  const buckets = createRecent<TokenBucket>(remembered)
  const crowd = createTokenBucket({ clock, ...crowdLimit })
  const queue = new Set<Series>()
  /** Those that are counted for a while before they are written. */
  const combined = new Set<Series>()
  const closed = new AbortController()
  let draining: Promise<void> | undefined

  const count = (key: string, begin: () => EventToRecord): Series => {
    const time = conditionTime(clock.now())
    const one = series.get(key, () => beginSeries(begin(), runtime.uuid(), time))
    one.count += 1
    one.lastTimestamp = time
    return one
  }

  const record = (raw: EventToRecord): void => {
    if (closed.signal.aborted) return outcomes.add(1, { outcome: 'dropped' })
    const event = { ...raw, message: cut(raw.message) }
    const { owner } = event
    const isFull = queue.size >= longestQueue
    if (owner && ((event.type === 'Normal' && !crowd.tryTake()) || isFull)) return combine(event, owner)
    const one = count(seriesKey(event), () => event)
    if (queue.has(one)) return
    if (isFull) return outcomes.add(1, { outcome: 'dropped' })
    const bucket = buckets.get(objectKey(event), () => createTokenBucket({ clock, ...spamLimit }))
    if (!bucket.tryTake()) return outcomes.add(1, { outcome: 'spam' })
    enqueue([one])
  }

  const combine = (event: EventToRecord, owner: Regarding): void => {
    outcomes.add(1, { outcome: 'combined' })
    const period = Math.floor(clock.now() / combinedForMs)
    if (combined.size === 0) void collect()
    // Whatever the messages are.
    combined.add(count(seriesKey({ ...event, regarding: owner }, period), () => combinedEvent(event, owner)))
  }

  const collect = async (): Promise<void> => {
    await clock.sleep(collectingMs, closed.signal).catch(unlessClosed)
    flush()
  }

  /** There are as many as owners have kinds of events: the queue has room for them, whatever else waits. */
  const flush = (): void => {
    enqueue(combined)
    combined.clear()
  }

  const enqueue = (all: Iterable<Series>): void => {
    for (const one of all) queue.add(one)
    if (queue.size > 0) draining ??= drain()
  }

  const drain = async (): Promise<void> => {
    for (const one of queue) {
      queue.delete(one)
      outcomes.add(1, { outcome: await deliver(one) })
    }
    // In the same turn in which the queue was seen empty, so that nothing is added in between and left behind.
    draining = undefined
  }

  const deliver = async (one: Series): Promise<'written' | 'failed' | 'dropped'> => {
    for (let failures = 0; !closed.signal.aborted; failures++) {
      try {
        await write(one)
        return 'written'
      } catch (error) {
        const pauseMs = isPassing(error) ? pausesMs[failures] : undefined
        if (pauseMs === undefined) {
          const { regarding, reason } = one.event
          log('warn', `cannot write an event: ${errorText(error)}`, { object: `${regarding.kind}/${regarding.name}`, reason })
          return 'failed'
        }
        await clock.sleep(pauseMs, closed.signal).catch(unlessClosed)
      }
    }
    return 'dropped'
  }

  const unlessClosed = (error: unknown): void => {
    if (!closed.signal.aborted) throw error
  }

  const write = async (one: Series): Promise<void> => {
    const { namespace, name, count, lastTimestamp } = one
    const { signal } = closed
    if (one.created) {
      try {
        await client.patch(Events, { namespace, name }, { merge: { count, lastTimestamp } }, { signal })
        return
      } catch (error) {
        // Events live an hour.
        if (!isNotFound(error)) throw error
      }
    }
    try {
      await client.create(Events, toEvent(one, options.instance), { signal })
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
    }
    one.created = true
  }

  return {
    record,
    async close(withinMs) {
      flush()
      try {
        await withDeadline({ clock, ms: withinMs, what: 'writing events', signal: closed.signal }, async () => {
          while (draining) await draining
        })
      } catch (error) {
        if (closed.signal.aborted) return
        log('warn', `events are lost: ${errorText(error)}`, { events: queue.size })
        outcomes.add(queue.size, { outcome: 'dropped' })
        queue.clear()
      } finally {
        closed.abort()
      }
    },
  }
}

/** No answer, or one that says: not now. */
const isPassing = (error: unknown): boolean => TransportError.is(error) || (ApiError.is(error) && (error.code >= 500 || error.code === 429))
