import PQueue from 'p-queue'
import { type Runtime, createAlarm, linkedAbort } from '../runtime/index.ts'
import { backoffMs, conflictBackoff, failureBackoff } from './backoff.ts'
import type { EnqueueOptions } from './definition.ts'
import { createHeap } from './heap.ts'
import type { Metrics } from './metrics.types.ts'
import { type TokenBucket, createTokenBucket } from './token-bucket.ts'
import { workQueueMetrics } from './workqueue-metrics.ts'

/** A key that a worker holds. */
export interface WorkItem {
  readonly key: string
  /** Failures in a row before this run: 0 at first. Conflicts do not count. */
  readonly attempt: number
  readonly priority: number
}

/** How the work on a key ended, and so when the key comes again. */
export type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly afterMs: number }
  /** Backs off from 200 ms to 5 min, and no shorter than `atLeastMs`. */
  | { readonly kind: 'failed'; readonly error: unknown; readonly atLeastMs?: number }
  /** Comes again within milliseconds, and more slowly the more often it happens in a row. */
  | { readonly kind: 'conflict'; readonly error: unknown }

export interface WorkQueueOptions {
  /** In metrics (`name=`) and simulated histories. */
  readonly name: string
  readonly runtime: Runtime
  readonly metrics: Metrics
  /** Keys at once. */
  readonly concurrency: number
  /** Never rejects: that would be a bug, and ends the queue. */
  work(item: WorkItem): Promise<Verdict>
  /** Told when a failed or conflicting key will come again. */
  onRetry?(item: WorkItem, verdict: Verdict & { readonly error: unknown }, delayMs: number): void
  /** Holds back retries of failures over all keys together. Default: 10 in a second, 100 in a burst. */
  readonly retries?: TokenBucket
}

/**
 * One entry a key, and never two workers on one key. A key that is added while it runs runs once again afterwards; several
 * adds of a waiting key are one, with the earliest time and the highest priority of all of them.
 */
export interface WorkQueue {
  /** Does nothing once the queue has stopped. Never runs the work inside of the call. */
  add(key: string, options?: EnqueueOptions): void
  /**
   * Hands out keys until the signal fires; resolves when the last work under way is over (aborting that is the caller's).
   * Rejects if `work` did. Keys that are added before it runs wait for it.
   */
  run(signal: AbortSignal): Promise<void>
  /** Keys that are ready. */
  readonly depth: number
  /** Keys that workers hold. */
  readonly running: readonly string[]
  /** Brings the gauges of unfinished work up to date. */
  observe(): void
}

interface Entry {
  readonly key: string
  /** waiting: its time has not come; ready: a worker may take it; taken: a worker is about to; running. */
  state: 'waiting' | 'ready' | 'taken' | 'running'
  /** When it is due (waiting), or became ready, or began to run. Monotonic. */
  at: number
  priority: number
  failures: number
  conflicts: number
  /** Its place in the line for a worker; 0 when it has none. */
  place: number
  /** What was added while it ran. */
  again: { readonly at: number; readonly priority: number } | undefined
}

export const createWorkQueue = (options: WorkQueueOptions): WorkQueue => {
  const { runtime, name } = options
  const { clock } = runtime
  const random = (): number => runtime.random()
  const metrics = workQueueMetrics(options.metrics, name)
  const retries = options.retries ?? createTokenBucket({ clock, perSecond: 10, burst: 100 })
  const workers = new PQueue({ concurrency: options.concurrency, autoStart: false })
  const entries = new Map<string, Entry>()
  const waiting = createHeap<Entry>()
  const running = new Set<Entry>()
  const alarm = createAlarm(clock)
  const broken = new AbortController()
  let stop: AbortSignal | undefined
  let depth = 0
  let places = 0

  const stopped = (): boolean => stop?.aborted === true

  const setDepth = (keys: number): void => {
    depth = keys
    metrics.depth(keys)
  }

  const makeReady = (entry: Entry): void => {
    entry.state = 'ready'
    entry.at = clock.monotonic()
    metrics.added()
    setDepth(depth + 1)
    lineUp(entry)
  }

  /**
   * Gives the entry a place in the line for a worker; an earlier place is void then. p-queue could move it instead, but
   * looks through all that wait for that: a second for 1,000 keys among 20,000.
   */
  const lineUp = (entry: Entry): void => {
    const place = ++places
    entry.place = place
    // What it answers never rejects: run() tells of broken work.
    void workers.add(async () => (entry.place === place ? handOut(entry) : undefined), { priority: entry.priority })
  }

  const schedule = (entry: Entry, at: number): void => {
    if (at <= clock.monotonic()) return makeReady(entry)
    entry.state = 'waiting'
    entry.at = at
    waiting.push(entry)
    if (waiting.peek() === entry) alarm.ring()
  }

  const handOut = async (entry: Entry): Promise<void> => {
    entry.state = 'taken'
    entry.place = 0
    // Waits for one turn at the least: whoever adds a key must not find its work begun inside of the add.
    await runtime.yield(`${name} takes ${entry.key}`)
    if (stopped()) return
    const started = clock.monotonic()
    setDepth(depth - 1)
    metrics.waited(started - entry.at)
    entry.state = 'running'
    entry.at = started
    running.add(entry)
    const item: WorkItem = { key: entry.key, attempt: entry.failures, priority: entry.priority }
    try {
      finish(entry, item, await options.work(item))
    } catch (error) {
      broken.abort(error)
    } finally {
      running.delete(entry)
      metrics.worked(clock.monotonic() - started)
    }
  }

  const finish = (entry: Entry, item: WorkItem, verdict: Verdict): void => {
    entry.failures = verdict.kind === 'failed' ? entry.failures + 1 : verdict.kind === 'conflict' ? entry.failures : 0
    entry.conflicts = verdict.kind === 'conflict' ? entry.conflicts + 1 : 0
    const delayMs = delayAfter(entry, verdict)
    if (delayMs !== undefined) metrics.delayed()
    if (delayMs !== undefined && 'error' in verdict) options.onRetry?.(item, verdict, delayMs)
    const wished = delayMs === undefined ? undefined : { at: clock.monotonic() + delayMs, priority: item.priority }
    const next = wished && entry.again ? merge(wished, entry.again) : (wished ?? entry.again)
    entry.again = undefined
    if (!next) return void entries.delete(entry.key)
    entry.priority = next.priority
    schedule(entry, next.at)
  }

  const delayAfter = (entry: Entry, verdict: Verdict): number | undefined => {
    if (verdict.kind === 'done') return undefined
    if (verdict.kind === 'again') return verdict.afterMs
    if (verdict.kind === 'conflict') return backoffMs(conflictBackoff, entry.conflicts, random)
    return Math.max(backoffMs(failureBackoff, entry.failures, random), verdict.atLeastMs ?? 0, retries.reserve())
  }

  const add = (key: string, { after = 0, priority = 0 }: EnqueueOptions = {}): void => {
    if (stopped()) return
    if (after > 0) metrics.delayed()
    const at = clock.monotonic() + Math.max(0, after)
    const entry = entries.get(key)
    if (!entry) {
      const fresh: Entry = { key, state: 'waiting', at, priority, failures: 0, conflicts: 0, place: 0, again: undefined }
      entries.set(key, fresh)
      return schedule(fresh, at)
    }
    if (entry.state === 'running') {
      entry.again = entry.again ? merge(entry.again, { at, priority }) : { at, priority }
      return
    }
    const raised = priority > entry.priority
    if (raised) entry.priority = priority
    // As in controller-runtime: what is raised goes to the end of those of its new priority.
    if (raised && entry.state === 'ready') lineUp(entry)
    if (entry.state === 'waiting' && at < entry.at) {
      waiting.remove(entry)
      schedule(entry, at)
    }
  }

  /** Makes ready what is due. Answers the milliseconds until the next one is. */
  const release = (): number | undefined => {
    for (let next = waiting.peek(); next; next = waiting.peek()) {
      const left = next.at - clock.monotonic()
      if (left > 0) return left
      waiting.pop()
      makeReady(next)
    }
    return undefined
  }

  return {
    add,
    get depth() {
      return depth
    },
    get running() {
      return Array.from(running, entry => entry.key)
    },
    observe() {
      const now = clock.monotonic()
      const ages = Array.from(running, entry => now - entry.at)
      metrics.unfinished(
        ages.reduce((sum, age) => sum + age, 0),
        Math.max(0, ...ages),
      )
    },
    async run(signal) {
      if (stop) throw new Error(`work queue ${name} has run already`)
      const either = linkedAbort(signal)
      broken.signal.addEventListener('abort', () => either.abort(broken.signal.reason), { once: true })
      stop = either.signal
      workers.start()
      try {
        for (;;) await alarm.wait(release(), either.signal)
      } catch (error) {
        if (error !== either.signal.reason) throw error
      } finally {
        workers.pause()
        await workers.onPendingZero()
        either[Symbol.dispose]()
      }
      broken.signal.throwIfAborted()
    },
  }
}

const merge = <T extends { readonly at: number; readonly priority: number }>(a: T, b: T): { at: number; priority: number } => ({
  at: Math.min(a.at, b.at),
  priority: Math.max(a.priority, b.priority),
})
