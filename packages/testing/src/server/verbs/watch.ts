import type { Json } from '@kube-node/core/kube'
import type { Context } from '../context.ts'
import { rulesOf, selectableOf } from '../kinds/index.ts'
import type { JsonObject, StoredObject } from '../objects/index.ts'
import { type Call, checkNumbers, listOptionsOf } from '../request/index.ts'
import { parseLabelSelector, parseSelector } from '../selectors/index.ts'
import { expired } from '../status/index.ts'
import { apiVersionOf } from './decode.ts'
import { present } from './present.ts'
import { WatchStream } from './watch-stream.ts'

/** kube-apiserver sends a bookmark about once a minute, and one shortly before a watch ends. */
const bookmarkEveryMs = 60_000
/** Watches without timeoutSeconds are ended after 30 to 60 minutes, so that load spreads over API servers again. */
const shortestMs = 30 * 60_000

export const watch = (context: Context, call: Call, render: (object: StoredObject) => JsonObject): WatchStream => {
  checkNumbers(call.query)
  parseLabelSelector(call.query['labelSelector'] ?? '')
  const options = listOptionsOf(call.query, true)
  const { definition, namespace } = call
  const { storage, runtime } = context
  const selector = parseSelector(options.labelSelector, options.fieldSelector, selectableOf(definition))
  const collection = storage.collection(definition)
  const { history } = collection
  const { revision } = options
  const wantsState =
    options.sendInitialEvents === true || (options.sendInitialEvents === undefined && (revision === undefined || revision === 0))
  const tooOld = !wantsState && revision !== undefined && revision !== 0 && revision < history.compacted
  const initial =
    !wantsState || tooOld
      ? []
      : collection
          .now(storage.revision)
          .objects.filter(
            object =>
              (namespace === undefined || object.metadata.namespace === namespace) && (selector === undefined || selector.matches(object)),
          )
  const after = wantsState ? storage.revision : (revision ?? storage.revision)
  const closed = new AbortController()
  const stream = new WatchStream({
    collection,
    namespace,
    selector,
    initial,
    after,
    initialEnd: options.sendInitialEvents === true && options.allowWatchBookmarks,
    position: wantsState || tooOld ? history.end : history.after(after),
    revision: () => storage.revision,
    render: object => render(present(object, definition)),
    bookmark: (at, initialEnd) => bookmarkOf(call, at, initialEnd),
  })
  stream.onClose(() => closed.abort())
  if (tooOld) {
    // Past authorization, a watch that cannot be served is refused inside the stream, not by its status code.
    const isCached = rulesOf(definition).cached !== false
    const message = isCached
      ? `too old resource version: ${revision} (${history.compacted})`
      : 'The resourceVersion for the provided watch is too old.'
    stream.end({ type: 'ERROR', object: expired(message).status() as { readonly [key: string]: Json } })
    return stream
  }
  const lifeMs =
    options.timeoutSeconds === undefined || options.timeoutSeconds <= 0
      ? shortestMs * (1 + runtime.random())
      : options.timeoutSeconds * 1_000
  void live(context, stream, lifeMs, options.allowWatchBookmarks, closed.signal)
  return stream
}

/** Bookmarks and the end of a watch, on the injected clock. */
const live = async (context: Context, stream: WatchStream, lifeMs: number, bookmarks: boolean, closed: AbortSignal): Promise<void> => {
  const { clock } = context.runtime
  try {
    for (let left = lifeMs; left > 0; ) {
      const nap = bookmarks ? Math.min(left, bookmarkEveryMs) : left
      await clock.sleep(nap, closed)
      left -= nap
      if (bookmarks) stream.bookmark()
    }
    stream.end()
  } catch (error) {
    if (!closed.aborted) throw error
  }
}

/** An object of the kind with nothing in it but a version. */
const bookmarkOf = (call: Call, revision: number, initialEnd: boolean): JsonObject => ({
  kind: call.definition.kind,
  apiVersion: apiVersionOf(call.definition),
  metadata: { resourceVersion: String(revision), ...(initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}) },
})
