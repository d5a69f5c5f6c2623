import type { KubeObject } from '../api/index.ts'
import type { Cache, Change, Key } from '../kube/index.ts'
import { durationMs, errorText } from '../runtime/index.ts'
import type { ControllerDefinition, EnqueueOptions, ManagerContext, Source } from './definition.ts'
import { ControllerFailed } from './errors.ts'
import type { EventRecorder } from './events/recorder.ts'
import { keyOf, keyText, ownerKey } from './keys.ts'
import type { MetricsRegistry } from './metrics.ts'
import { createReconciler, defaultWorkers, logRetry } from './reconciler.ts'
import { informerOf } from './stores.ts'
import { createWorkQueue } from './workqueue.ts'

export interface RunnerOptions {
  /** Name of the controller that the part belongs to. */
  readonly controller: string
  readonly part: ControllerDefinition<KubeObject>
  readonly context: ManagerContext
  readonly cache: Cache
  readonly events: EventRecorder
  readonly metrics: MetricsRegistry
  /** Hears of a source that threw: the manager is to stop. */
  readonly fail: (error: ControllerFailed) => void
}

/** One reconciler with all that wakes it. */
export interface Runner {
  /**
   * Works until the signal fires; resolves when what runs then is over, and never rejects. Every object that is there at
   * the start is reconciled once.
   */
  run(stopping: AbortSignal): Promise<void>
  /** Keys that are being worked on. */
  readonly running: readonly string[]
}

/** What nobody has just changed goes behind what somebody has. */
const background = -10
const defaultResync = '10h'

export const createRunner = (options: RunnerOptions): Runner => {
  const { part, context, cache, metrics } = options
  const { runtime, log } = context
  const { clock } = runtime
  const reconcile = createReconciler(options)
  const queue = createWorkQueue({
    name: part.name,
    runtime,
    metrics,
    concurrency: part.workers ?? defaultWorkers,
    work: reconcile,
    onRetry: (item, verdict, delayMs) => logRetry(log, item, verdict, delayMs),
  })

  const enqueue = (key: Key, how?: EnqueueOptions): void => queue.add(keyText(key), how)

  /** Connects every informer that the definition names to the queue. */
  const subscribe = (): readonly Disposable[] => {
    // What a listener hears while it subscribes was there before: no change of anybody's.
    let priority = background
    const wake = (keys: readonly Key[]): void => {
      for (const key of keys) enqueue(key, { priority })
    }
    const owners = ({ object, old }: Change<KubeObject>): readonly Key[] =>
      [object, ...(old ? [old] : [])].flatMap(one => ownerKey(one, part.for) ?? [])
    const subscriptions = [
      informerOf(cache, part.for, part.selector).subscribe(({ object }) => wake([keyOf(object)])),
      ...(part.owns ?? []).map(resource => informerOf(cache, resource).subscribe(change => wake(owners(change)))),
      ...(part.watches ?? []).map(({ resource, keys }) =>
        informerOf(cache, resource).subscribe(({ object, old }) => wake(keys(object, old, context))),
      ),
    ]
    priority = 0
    return subscriptions
  }

  const resync = async (signal: AbortSignal): Promise<void> => {
    const periodMs = durationMs(part.resync ?? defaultResync)
    for (;;) {
      await clock.sleep(periodMs * (0.9 + 0.2 * runtime.random()), signal)
      // Spread, so that a rare check of everything is never a wave.
      for (const object of context.store(part.for).list()) {
        enqueue(keyOf(object), { priority: background, after: 0.1 * periodMs * runtime.random() })
      }
    }
  }

  const runSource = (source: Source, signal: AbortSignal): Promise<void> => source.run({ ...context, signal, enqueue })

  const guarded = async (work: () => Promise<void>, stopping: AbortSignal): Promise<void> => {
    try {
      await work()
    } catch (cause) {
      if (cause === stopping.reason) return
      const message = `controller ${options.controller} failed: ${errorText(cause)}`
      // Who was told to stop may end by throwing whatever an aborted request threw.
      if (stopping.aborted) log('debug', message)
      else options.fail(new ControllerFailed(options.controller, message, { cause }))
    }
  }

  return {
    get running() {
      return queue.running
    },
    async run(stopping) {
      const observing = metrics.onCollect(() => queue.observe())
      const subscriptions = subscribe()
      const parts = [
        () => queue.run(stopping),
        () => resync(stopping),
        ...(part.sources ?? []).map(source => () => runSource(source, stopping)),
      ]
      await Promise.all(parts.map(work => guarded(work, stopping)))
      for (const one of [...subscriptions, observing]) one[Symbol.dispose]()
    },
  }
}
