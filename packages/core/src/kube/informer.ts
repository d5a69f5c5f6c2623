import type { KubeObject, Resource } from '../api/index.ts'
import type { Log, Runtime } from '../runtime/index.ts'
import type { Change, Informer } from './cache.types.ts'
import type { LocalStore } from './store.ts'

/** An informer with the way into it: what the cache and its reflector use. */
export interface LocalInformer<T extends KubeObject> extends Informer<T> {
  readonly store: LocalStore<T>
  /** The store has changed so: tells the listeners, after a turn of the runtime. */
  deliver(changes: readonly Change<T>[]): void
  /** The first complete list is in, and all listeners have heard of it. */
  readonly told: boolean
}

export interface LocalInformerOptions<T extends KubeObject> {
  readonly resource: Resource<T>
  readonly store: LocalStore<T>
  readonly runtime: Runtime
  readonly log: Log
  /** Called when `told` becomes true. */
  readonly onTold: () => void
}

interface Subscriber<T extends KubeObject> {
  /** Batches up to this one were in the store already when it came. */
  readonly since: number
  readonly listener: (change: Change<T>) => void
}

interface Batch<T extends KubeObject> {
  readonly number: number
  readonly changes: readonly Change<T>[]
}

export const createInformer = <T extends KubeObject>(options: LocalInformerOptions<T>): LocalInformer<T> => {
  const { resource, store, runtime, log } = options
  const subscribers = new Set<Subscriber<T>>()
  const waiting: Batch<T>[] = []
  let batches = 0
  let delivering = false
  let told = false

  const tell = (listener: (change: Change<T>) => void, change: Change<T>): void => {
    try {
      listener(change)
    } catch (error) {
      const { namespace, name } = change.object.metadata ?? {}
      log('error', `a listener for ${resource.plural} failed`, { error, change: change.type, namespace, name })
    }
  }

  const deliverAll = async (): Promise<void> => {
    try {
      for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
        const turn = runtime.yield('informer')
        if (turn !== undefined) await turn
        for (const change of batch.changes) {
          for (const { since, listener } of [...subscribers]) if (batch.number > since) tell(listener, change)
        }
      }
    } finally {
      delivering = false
    }
    if (!told && store.synced) {
      told = true
      options.onTold()
    }
  }

  return {
    resource,
    store,
    get told() {
      return told
    },
    addIndex: store.addIndex,

    subscribe(listener) {
      const subscriber = { since: batches, listener }
      for (const object of store.list()) tell(listener, { type: 'added', object, old: undefined })
      subscribers.add(subscriber)
      return { [Symbol.dispose]: () => void subscribers.delete(subscriber) }
    },

    deliver(changes) {
      if (changes.length === 0 && (told || !store.synced)) return
      waiting.push({ number: ++batches, changes })
      if (delivering) return
      delivering = true
      deliverAll().catch((error: unknown) => log('error', `changes of ${resource.plural} were not delivered`, { error }))
    },
  }
}
