import { type AnyResource, type KubeObject, type Resource, apiVersionOf } from '../api/index.ts'
import { type Duration, type Log, type Runtime, durationMs } from '../runtime/index.ts'
import type { Cache, Informer, InformerOptions, Regression } from './cache.types.ts'
import { type Observed, createClient } from './client.ts'
import { createInformer } from './informer.ts'
import type { Counters } from './metrics.types.ts'
import { createReflector } from './reflector.ts'
import { labelSelector } from './selector.ts'
import { createSend } from './send.ts'
import { createStore } from './store.ts'
import type { KubeTransport } from './transport.ts'

export interface CacheOptions {
  readonly transport: KubeTransport
  readonly runtime: Runtime
  readonly log: Log
  readonly metrics?: Counters
  /** Who owns the fields that the client writes. Default `kube-node`. */
  readonly fieldManager?: string
  /** Default `kube-node`. */
  readonly userAgent?: string
  /** How long one answer may take. Default 60s. */
  readonly deadline?: Duration | number
  /**
   * A watch without an event or bookmark for this long is opened again. Default 3m: API servers send a bookmark about once a
   * minute, so that is two minutes of silence.
   */
  readonly stallAfter?: Duration | number
  /** Objects in a page of a list. Default 500. */
  readonly pageSize?: number
  /** Hands out deep-frozen objects, so that who changes one fails where he does so: for tests. Default false. */
  readonly frozen?: boolean
}

/** An informer and what keeps it, whatever its type. */
interface Kept {
  /** An Informer<T>, where T is the type of the resource in its key. */
  readonly informer: unknown
  readonly told: () => boolean
  observe(observed: Observed): void
  run(signal: AbortSignal): Promise<void>
  refresh(signal: AbortSignal): Promise<void>
  doubt(): void
  readonly inDoubt: () => boolean
}

export const createCache = (options: CacheOptions): Cache => {
  const { transport, runtime, log, metrics } = options
  const userAgent = options.userAgent ?? 'kube-node'
  const stallAfterMs = durationMs(options.stallAfter ?? '3m')
  const sending = {
    transport,
    clock: runtime.clock,
    userAgent,
    metrics,
    ...(options.deadline === undefined ? {} : { deadline: options.deadline }),
  }
  const send = createSend(sending)
  /** By kind, then by selector and namespace. */
  const kinds = new Map<string, Map<string, Kept>>()
  const regressionListeners = new Set<(regression: Regression) => void>()
  /** By kind, the newest. */
  const regressed = new Map<string, Regression>()
  const syncWaiters = new Set<() => void>()
  const settleWaiters = new Set<() => void>()
  /** While the cache runs. */
  let running: { readonly signal: AbortSignal; readonly loops: Set<Promise<void>> } | undefined

  const all = (): readonly Kept[] => Array.from(kinds.values(), kept => [...kept.values()]).flat()

  const start = (kept: Kept): void => {
    running?.loops.add(kept.run(running.signal))
  }

  const tellRegression = (listener: (regression: Regression) => void, regression: Regression): void => {
    try {
      listener(regression)
    } catch (error) {
      log('error', 'a listener for regressions failed', { error, resource: regression.resource.plural })
    }
  }
  const reportRegression = (regression: Regression, reporter: Kept): void => {
    regressed.set(kindOf(regression.resource), regression)
    // One cluster has one past.
    for (const kept of all()) if (kept !== reporter) kept.doubt()
    for (const listener of [...regressionListeners]) tellRegression(listener, regression)
  }

  const keep = <T extends KubeObject>(resource: Resource<T>, { selector, namespace }: InformerOptions): Kept => {
    const matchesLabels = labelSelector(selector ?? '')
    const store = createStore<T>({
      frozen: options.frozen ?? false,
      isPart: selector !== undefined,
      matches: ({ metadata }) => (namespace === undefined || metadata?.namespace === namespace) && matchesLabels(metadata?.labels ?? {}),
      onIndexError: (index, error) => log('error', `index "${index}" of ${resource.plural} failed: the object is not in it`, { error }),
    })
    const informer = createInformer<T>({
      resource,
      store,
      runtime,
      log,
      onTold: () => {
        for (const check of [...syncWaiters]) check()
      },
    })
    const reflector = createReflector<T>({
      resource,
      store,
      send,
      transport,
      runtime,
      log,
      metrics,
      userAgent,
      stallAfterMs,
      pageSize: options.pageSize,
      ...(selector === undefined ? {} : { selector }),
      ...(namespace === undefined ? {} : { namespace }),
      onChanges: informer.deliver,
      onRegression: version => reportRegression({ resource, version }, kept),
      onSettled: () => {
        for (const check of [...settleWaiters]) check()
      },
    })
    const kept: Kept = {
      informer,
      told: () => informer.told,
      observe(observed) {
        if (observed.kind === 'deleted') return informer.deliver(store.enterDelete(observed.key, observed.uid))
        // The border: the client took it for an object of this very resource, whose type is T.
        informer.deliver(store.enterWrite(observed.object as T))
      },
      run: reflector.run,
      refresh: reflector.refresh,
      doubt: reflector.doubt,
      inDoubt: () => reflector.inDoubt,
    }
    return kept
  }

  return {
    client: createClient({
      ...sending,
      ...(options.fieldManager === undefined ? {} : { fieldManager: options.fieldManager }),
      observe: (resource, observed) => kinds.get(kindOf(resource))?.forEach(kept => kept.observe(observed)),
    }),

    informer<T extends KubeObject>(resource: Resource<T>, informerOptions: InformerOptions = {}): Informer<T> {
      const kind = kindOf(resource)
      const view = JSON.stringify([informerOptions.namespace ?? null, informerOptions.selector ?? null])
      let views = kinds.get(kind)
      if (views === undefined) kinds.set(kind, (views = new Map()))
      let kept = views.get(view)
      if (kept === undefined) {
        kept = keep(resource, informerOptions)
        views.set(view, kept)
        start(kept)
      }
      // The border: one kind has one type, so whoever asks for the same kind means the same T.
      return kept.informer as Informer<T>
    },

    async run(signal) {
      if (running !== undefined) throw new Error('this cache runs already')
      if (signal.aborted) return
      running = { signal, loops: new Set() }
      try {
        for (const kept of all()) start(kept)
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
        await Promise.all(running.loops)
      } finally {
        running = undefined
      }
    },

    synced: signal => until(syncWaiters, () => all().every(kept => kept.told()), signal),

    settled(signal) {
      const isSettled = (): boolean => !all().some(kept => kept.inDoubt())
      return isSettled() ? undefined : until(settleWaiters, isSettled, signal)
    },

    async refresh(signal) {
      await Promise.all(all().map(kept => kept.refresh(signal)))
    },

    onRegression(listener) {
      regressionListeners.add(listener)
      for (const regression of regressed.values()) tellRegression(listener, regression)
      return { [Symbol.dispose]: () => void regressionListeners.delete(listener) }
    },
  }
}

/** Until that holds, which is looked at whenever a waiter is called. Rejects with the signal's reason. */
const until = (waiters: Set<() => void>, holds: () => boolean, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = (): void => {
      waiters.delete(check)
      signal.removeEventListener('abort', onAbort)
    }
    const check = (): void => {
      if (!holds()) return
      end()
      resolve()
    }
    const onAbort = (): void => {
      end()
      reject(signal.reason)
    }
    if (signal.aborted) return reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    waiters.add(check)
    check()
  })

const kindOf = (resource: AnyResource): string => `${apiVersionOf(resource)}/${resource.plural}`
