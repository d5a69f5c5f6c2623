import type { Context } from '../context.ts'
import { type Change, type ResourceName, keyOf } from '../storage/index.ts'

const events: ResourceName = { group: '', plural: 'events' }

/** `--event-ttl` of kube-apiserver. */
const lifeMs = 60 * 60_000

export interface EventExpiry {
  note(resource: ResourceName, change: Change): void
  /** Takes away what is over. */
  settle(): void
}

/**
 * Events live for an hour after their last change, or a cluster that runs for long would consist of nothing else. They go with the next
 * write after that, so that no timer is needed while nothing happens.
 */
export const eventExpiry = (context: Context): EventExpiry => {
  const { runtime, storage } = context
  const ends = new Map<string, number>()
  return {
    note: ({ group, plural }, { object: { metadata }, type }) => {
      if (plural !== events.plural || group !== events.group) return
      const key = keyOf(metadata.namespace, metadata.name)
      // Set anew, it goes to the end: the map is in order of expiry.
      ends.delete(key)
      if (type !== 'DELETED') ends.set(key, runtime.clock.monotonic() + lifeMs)
    },
    settle: () => {
      for (const [key, end] of ends) {
        if (end > runtime.clock.monotonic()) return
        const event = storage.collection(events).get(key)
        if (event === undefined) ends.delete(key)
        else storage.delete(events, event)
      }
    },
  }
}
