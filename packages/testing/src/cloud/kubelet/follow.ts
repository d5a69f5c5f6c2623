import { type AnyResource, type KubeObject, apiVersionOf, pathOf } from '@kube-node/core/api'
import type { Json, KubeTransport } from '@kube-node/core/kube'
import { type Log, type Runtime, errorText } from '@kube-node/core/runtime'
import { send } from './request.ts'

export interface Followed<T extends KubeObject> {
  readonly resource: AnyResource
  changed(object: T): void
  deleted(object: T): void
}

export interface FollowOptions {
  readonly transport: KubeTransport
  readonly runtime: Runtime
  readonly log: Log | undefined
}

interface ListBody {
  readonly items?: readonly KubeObject[]
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string }
}

const retryMs = 1_000

/**
 * Tells of every object of a kind and of its changes until the signal fires: list, watch, and again after whatever goes wrong.
 * Made apart from core's informers on purpose: what tests core must not share its mistakes.
 */
export const follow = async <T extends KubeObject>(
  followed: Followed<T>,
  { transport, runtime, log }: FollowOptions,
  signal: AbortSignal,
): Promise<void> => {
  const path = pathOf(followed.resource)
  const known = new Map<string, T>()
  // What a server sends under this path is of this kind: the one cast at the border.
  const typed = (object: Json | KubeObject): T => object as unknown as T
  const keyOf = ({ metadata }: KubeObject): string => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`
  const change = (object: T): void => {
    known.set(keyOf(object), object)
    followed.changed(object)
  }
  const remove = (object: T): void => {
    known.delete(keyOf(object))
    followed.deleted(object)
  }

  const list = async (): Promise<string> => {
    const seen = new Set<string>()
    let next: string | undefined
    let version = ''
    do {
      const query = { limit: '500', ...(next ? { continue: next } : {}) }
      const { body } = await send(transport, { method: 'GET', path, query, signal })
      // The API server answers a list here: the cast at the border.
      const { items = [], metadata = {} } = body as unknown as ListBody
      for (const item of items) {
        const object = typed({ apiVersion: apiVersionOf(followed.resource), kind: followed.resource.kind, ...item })
        seen.add(keyOf(object))
        if (known.get(keyOf(object))?.metadata?.resourceVersion !== object.metadata?.resourceVersion) change(object)
      }
      version = metadata.resourceVersion ?? ''
      next = metadata.continue
    } while (next)
    for (const [key, object] of known) if (!seen.has(key)) remove(object)
    return version
  }

  /** Answers where to go on from when the server ended the watch in good order. */
  const watch = async (from: string): Promise<string> => {
    let version = from
    const query = { watch: 'true', allowWatchBookmarks: 'true', resourceVersion: from }
    await using stream = await transport.watch({ method: 'GET', path, query, signal })
    for (let event = await stream.next(); event; event = await stream.next()) {
      if (event.type === 'ERROR') throw new Error(`the watch of ${path} failed: ${JSON.stringify(event.object)}`)
      const object = typed(event.object)
      version = object.metadata?.resourceVersion ?? version
      if (event.type === 'DELETED') remove(object)
      else if (event.type !== 'BOOKMARK') change(object)
    }
    return version
  }

  while (!signal.aborted) {
    try {
      for (let version = await list(); ; ) {
        const next = await watch(version)
        // A server that ends watches before anything happened must not be asked in a circle.
        if (next === version) await runtime.clock.sleep(retryMs, signal)
        version = next
      }
    } catch (error) {
      if (signal.aborted) return
      log?.('debug', 'a simulated component lists again', { path, error: errorText(error) })
      await runtime.clock.sleep(retryMs, signal).catch((reason: unknown) => {
        if (!signal.aborted) throw reason
      })
    }
  }
}
