import { type Event, Events, apiVersionOf, conditionTime } from '../api/index.ts'
import { ApiError, type Client, TransportError, isAlreadyExists, isNotFound } from '../kube/index.ts'
import { type Log, type Runtime, errorText, withDeadline } from '../runtime/index.ts'
import type { Metrics } from './metrics.types.ts'
import { createRecent } from './recent.ts'
import { type TokenBucket, createTokenBucket } from './token-bucket.ts'

/** The object that an event is about. */
export interface Regarding {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
}

export interface EventToRecord {
  readonly regarding: Regarding
  readonly type: 'Normal' | 'Warning'
  /** One word, CamelCase. */
  readonly reason: string
  /** Cut at 1024 bytes, which is all that the API server takes. */
  readonly message: string
  /** Who says it: the controller's name. */
  readonly component: string
}

/** Writes core/v1 Events beside the work, such that `kubectl describe` shows them. */
export interface EventRecorder {
  /** Never throws, never waits. A repeat is counted in the event that is there, many repeats in one write. */
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

/** Repeats of one event, and what the API server knows of them. */
interface Series {
  readonly event: EventToRecord
  readonly namespace: string
  readonly name: string
  readonly firstTimestamp: string
  lastTimestamp: string
  count: number
  created: boolean
}

/** client-go's numbers: 25 writes about one object at once, then one in five minutes. */
const spamLimit = { perSecond: 1 / 300, burst: 25 }
const longestQueue = 1_000
const remembered = 4_096
const longestMessage = 1_024
const pausesMs: readonly number[] = [1_000, 5_000]

export const createEventRecorder = (options: EventRecorderOptions): EventRecorder => {
  const { client, runtime, log } = options
  const { clock } = runtime
  const outcomes = options.metrics.counter('kube_node_events_total', 'Events by what became of them', ['outcome'])
  const series = createRecent<Series>(remembered)
  const buckets = createRecent<TokenBucket>(remembered)
  const queue = new Set<Series>()
  const closed = new AbortController()
  let draining: Promise<void> | undefined

  const begin = (event: EventToRecord, time: string): Series => {
    const { regarding } = event
    return {
      event,
      // Where the API server wants the events of cluster-scoped objects, and kubectl describe looks for them.
      namespace: regarding.namespace ?? 'default',
      // The name is chosen before the first write, so that one whose answer was lost can be repeated.
      name: `${regarding.name
        .toLowerCase()
        .replaceAll(/[^a-z0-9.-]/g, '-')
        .slice(0, 200)}.${runtime.uuid().replaceAll('-', '')}`,
      firstTimestamp: time,
      lastTimestamp: time,
      count: 0,
      created: false,
    }
  }

  const record = (raw: EventToRecord): void => {
    if (closed.signal.aborted) return outcomes.add(1, { outcome: 'dropped' })
    const event = { ...raw, message: cut(raw.message) }
    const object = objectKey(event)
    const time = conditionTime(clock.now())
    const one = series.get(seriesKey(event), () => begin(event, time))
    one.count += 1
    one.lastTimestamp = time
    if (queue.has(one)) return
    if (queue.size >= longestQueue) return outcomes.add(1, { outcome: 'dropped' })
    if (!buckets.get(object, () => createTokenBucket({ clock, ...spamLimit })).tryTake()) return outcomes.add(1, { outcome: 'spam' })
    queue.add(one)
    draining ??= drain()
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

const toEvent = ({ event, namespace, name, count, firstTimestamp, lastTimestamp }: Series, instance: string): Event => ({
  apiVersion: apiVersionOf(Events),
  kind: Events.kind,
  metadata: { namespace, name },
  involvedObject: event.regarding,
  type: event.type,
  reason: event.reason,
  message: event.message,
  count,
  firstTimestamp,
  lastTimestamp,
  source: { component: event.component },
  reportingComponent: event.component,
  reportingInstance: instance,
})

/** No answer, or one that says: not now. */
const isPassing = (error: unknown): boolean => TransportError.is(error) || (ApiError.is(error) && (error.code >= 500 || error.code === 429))

const objectKey = ({ component, regarding: { apiVersion, kind, namespace, name, uid } }: EventToRecord): string =>
  JSON.stringify([component, apiVersion, kind, namespace, name, uid])

const seriesKey = (event: EventToRecord): string => JSON.stringify([objectKey(event), event.type, event.reason, event.message])

/** At most 1024 bytes of UTF-8, never through the middle of a character. */
const cut = (message: string): string => {
  if (Buffer.byteLength(message) <= longestMessage) return message
  const end = '...'
  return `${new TextDecoder().decode(Buffer.from(message).subarray(0, longestMessage - end.length), { stream: true })}${end}`
}
