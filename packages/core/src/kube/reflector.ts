import { type KubeObject, type Resource, pathOf } from '../api/index.ts'
import { type Log, type Runtime, describeMs, linkedAbort } from '../runtime/index.ts'
import { createBackoff, sleepUnless } from './backoff.ts'
import { objectFrom } from './border.ts'
import type { Change, InformerOptions } from './cache.types.ts'
import { createComplaints } from './complaints.ts'
import { ApiError, TransportError, isExpired, isFromTheFuture } from './errors.ts'
import type { Counters } from './metrics.types.ts'
import { readAgain, readPages } from './pages.ts'
import { errorFrom } from './refusal.ts'
import type { Send } from './send.ts'
import type { LocalStore } from './store.ts'
import type { KubeTransport, WatchEvent } from './transport.ts'
import { compareVersions } from './version.ts'
import { createWatchdog } from './watchdog.ts'

export interface ReflectorOptions<T extends KubeObject> extends InformerOptions {
  readonly resource: Resource<T>
  readonly store: LocalStore<T>
  readonly send: Send
  readonly transport: KubeTransport
  readonly runtime: Runtime
  readonly log: Log
  readonly metrics: Counters | undefined
  readonly userAgent: string
  readonly pageSize: number | undefined
  readonly stallAfterMs: number
  /** The store has changed so. */
  readonly onChanges: (changes: readonly Change<T>[]) => void
  /** The cluster has lost what we knew, and is at that version now. Called before the changes that follow from it. */
  readonly onRegression: (version: string) => void
  /** What was in doubt is so no more, and the changes that follow from it were told. */
  readonly onSettled: () => void
}

/** Keeps a store equal to what the API server holds: lists once, then watches, and mends what breaks. */
export interface Reflector {
  /** Until the signal fires; never rejects. */
  run(signal: AbortSignal): Promise<void>
  /** A quorum read of everything, repeated until it succeeds. Rejects with the signal's reason alone. */
  refresh(signal: AbortSignal): Promise<void>
  /**
   * Another kind of the same cluster went back in time. This one may not see it: once others have written enough, its newest version
   * is below the cluster's again, and a watch from there leaves out all that came back. So the next list counts, whatever we hold.
   */
  doubt(): void
  /** What this store holds may be of a past that is no more: a list is under way that will count. */
  readonly inDoubt: boolean
}

const none: ReadonlySet<string> = new Set()
/** Shorter than this and without one event, a watch has failed, however politely it ended. */
const shortWatchMs = 1_000

export const createReflector = <T extends KubeObject>(options: ReflectorOptions<T>): Reflector => {
  const { resource, store, send, transport, runtime, log, selector, namespace } = options
  const { clock } = runtime
  const path = pathOf(resource, namespace)
  const selection = { ...(selector === undefined ? {} : { labels: selector }), ...(namespace === undefined ? {} : { namespace }) }
  const name = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
  const lists = options.metrics?.counter('reflector_lists_total', 'Lists of a kind, by resource', ['name'])
  const watches = options.metrics?.counter('reflector_watches_total', 'Watches of a kind, by resource', ['name'])
  const errors = options.metrics?.counter('reflector_errors_total', 'Lists and watches that failed', ['name', 'reason'])

  let doubts = 0
  let doubtsSettled = 0
  let endWatch: () => void = () => undefined
  /** The watch has shown one who lives though we have deleted it, whatever the list shows that follows. */
  let rose = false
  const inDoubt = (): boolean => doubtsSettled < doubts
  const doubt = (): void => {
    doubts += 1
    endWatch()
  }

  /** Without `quorum`, the server's cache may answer if it is at least as new as all that we know. */
  const list = async (signal: AbortSignal, quorum: boolean): Promise<void> => {
    lists?.add(1, { name })
    const known = store.newest
    const doubted = doubts
    const risen = rose
    const mayLag = !quorum && known !== undefined && !inDoubt()
    const since = mayLag ? { notOlderThan: known } : {}
    const gone = mayLag ? none : store.gone
    const read = (limit: number | undefined): ReturnType<typeof readPages<T>> =>
      readPages(send, resource, { ...selection, ...since, ...(limit === undefined ? {} : { limit }), signal })
    const pages = await readAgain(read, options.pageSize)
    const version = pages[0]?.resourceVersion ?? ''
    const items = pages.flatMap(page => page.items)
    const wentBack = known !== undefined && compareVersions(version, known) < 0
    const regressed = wentBack || risen || store.contradicts(items, version, gone)
    if (regressed) {
      const how = wentBack
        ? `${name} are at version ${version}, we have seen ${known}`
        : `${name} are as they were before what we have seen`
      const advice = 'Was it restored from a backup? What we knew is dropped'
      log('error', `the API server has gone back in time: ${how}. ${advice}`, { resource: name })
      options.onRegression(version)
      // Of a refresh, beside which a watch goes on.
      endWatch()
    }
    options.onChanges(regressed || doubtsSettled < doubted ? store.replaceAll(items, version) : store.enterList(items, version))
    doubtsSettled = Math.max(doubtsSettled, doubted)
    rose &&= !risen
    options.onSettled()
  }

  /**
   * True when the cluster knows less than we do. Asked before each new watch, as a watch from a version that lies in the
   * server's future opens without an error and then silently leaves out everything up to there (seen on 1.37).
   */
  const hasRegressed = async (signal: AbortSignal): Promise<boolean> => {
    const known = store.newest
    for await (const page of readPages(send, resource, { ...(namespace === undefined ? {} : { namespace }), limit: 1, signal })) {
      return known !== undefined && compareVersions(page.resourceVersion, known) < 0
    }
    return false
  }

  const enter = (event: WatchEvent): void => {
    switch (event.type) {
      case 'BOOKMARK':
        return store.enterBookmark(objectFrom(event.object, resource).metadata?.resourceVersion ?? '0')
      case 'ERROR':
        throw errorFrom(event.object, `watch ${path}`)
      case 'ADDED':
      case 'MODIFIED':
      case 'DELETED': {
        const changes = store.enterEvent(event.type, objectFrom(event.object, resource))
        if (changes) return options.onChanges(changes)
        rose = true
        return doubt()
      }
    }
  }

  /** One watch, from where the store is. Answers when it ended without a failure. */
  const watch = async (signal: AbortSignal, opened: () => void, proven: () => void): Promise<void> => {
    watches?.add(1, { name })
    const scope = linkedAbort(signal)
    const start = clock.monotonic()
    const dog = createWatchdog(clock, options.stallAfterMs, () => scope.abort(new Error('the watch is silent')))
    /** The cluster went back in time: what this one may still bring is of a past that is no more. */
    let overtaken = false
    endWatch = () => {
      overtaken = true
      scope.abort(new Error('the cluster went back in time'))
    }
    let events = 0
    try {
      const stream = await transport.watch({
        method: 'GET',
        path,
        query: {
          watch: '1',
          allowWatchBookmarks: 'true',
          resourceVersion: store.progress ?? '0',
          // Spread over time, so that the watches of many clients don't end in step.
          timeoutSeconds: String(Math.floor(300 * (1 + runtime.random()))),
          ...(selector === undefined ? {} : { labelSelector: selector }),
        },
        headers: { 'user-agent': options.userAgent, accept: 'application/json' },
        signal: scope.signal,
      })
      try {
        opened()
        for (let event = await stream.next(); event !== undefined && !overtaken; event = await stream.next()) {
          dog.heard()
          enter(event)
          if (events++ === 0) proven()
        }
      } finally {
        await stream[Symbol.asyncDispose]()
      }
    } catch (error) {
      if (overtaken && !signal.aborted) return
      if (!dog.barked || signal.aborted) throw error
      // Also what a quiet kind looks like where bookmarks are rare: no reason to worry anybody.
      const silence = describeMs(options.stallAfterMs)
      return log('debug', `nothing heard from the watch on ${name} for ${silence}: watching again`, { resource: name })
    } finally {
      dog[Symbol.dispose]()
      scope.abort(undefined)
      scope[Symbol.dispose]()
    }
    const lastedMs = clock.monotonic() - start
    if (events === 0 && !overtaken && lastedMs < shortWatchMs) {
      throw new TransportError(`the watch on ${name} ended after ${describeMs(lastedMs)}, without an event`, { cause: undefined })
    }
    proven()
  }

  const complaints = createComplaints(resource, name, runtime, log)
  const fail = (error: unknown): void => errors?.add(1, { name, reason: ApiError.is(error) ? error.reason : 'NoAnswer' })

  return {
    async run(signal) {
      const backoff = createBackoff(runtime)
      let mustList = !store.synced
      let quorum = true
      while (!signal.aborted) {
        try {
          if (mustList || inDoubt()) await list(signal, quorum)
          else if (await hasRegressed(signal)) {
            mustList = quorum = true
            continue
          }
          mustList = quorum = false
          if (inDoubt()) continue
          await watch(signal, complaints.over, backoff.reset)
        } catch (error) {
          if (signal.aborted) return
          fail(error)
          const expired = isExpired(error)
          quorum = mustList && (quorum || expired || isFromTheFuture(error))
          mustList ||= expired
          const waitMs = backoff.next(ApiError.is(error) ? error.retryAfterMs : undefined)
          // Falling too far behind happens to everybody: the first time, list again without ado.
          if (expired && backoff.failures === 1) continue
          complaints.add(error, waitMs)
          if (!(await sleepUnless(signal, runtime, waitMs))) return
        }
      }
    },

    doubt,
    get inDoubt() {
      return inDoubt()
    },

    async refresh(signal) {
      const backoff = createBackoff(runtime)
      for (;;) {
        try {
          return await list(signal, true)
        } catch (error) {
          signal.throwIfAborted()
          fail(error)
          const waitMs = backoff.next(ApiError.is(error) ? error.retryAfterMs : undefined)
          complaints.add(error, waitMs)
          await clock.sleep(waitMs, signal)
        }
      }
    },
  }
}
