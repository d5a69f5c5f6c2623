import type { Json, KubeStream, WatchEvent } from '@kube-node/core/kube'
import { TransportError } from '@kube-node/core/kube'
import type { JsonObject, StoredObject } from '../objects/index.ts'
import type { ObjectSelector } from '../selectors/index.ts'
import type { Change, Collection } from '../storage/index.ts'

export interface WatchOptions {
  readonly collection: Collection
  readonly namespace: string | undefined
  readonly selector: ObjectSelector | undefined
  /** Answered first, as ADDED. */
  readonly initial: readonly StoredObject[]
  /** After the initial objects comes a bookmark that says so. */
  readonly initialEnd: boolean
  /** Position in the collection's history from which changes are told. */
  readonly position: number
  /** Changes up to this revision are known to the client. */
  readonly after: number
  /** The store's revision at this moment. */
  revision(): number
  /** An object as the client wants it: version, table, metadata only. */
  render(object: StoredObject): JsonObject
  bookmark(revision: number, initialEnd: boolean): JsonObject
}

/**
 * A watch: a position in a kind's history, read when the client asks. Nothing is buffered for a slow client; one that falls
 * off the end of the history has its watch ended, and hears 410 when it comes back.
 */
export class WatchStream implements KubeStream {
  readonly #options: WatchOptions
  readonly #closers: (() => void)[]
  #position: number
  #initial = 0
  #initialEndDue: boolean
  #bookmarkDue = false
  #ended = false
  #lastEvent: WatchEvent | undefined
  #broken: TransportError | undefined
  #waiting: { resolve(event: WatchEvent | undefined): void; reject(error: TransportError): void } | undefined

  constructor(options: WatchOptions) {
    this.#options = options
    this.#position = options.position
    this.#initialEndDue = options.initialEnd
    this.#closers = [options.collection.listen({ wake: () => this.#wake(), end: () => this.end() })]
  }

  /** Called once, when the watch needs nothing of the server any more. */
  onClose(closer: () => void): void {
    this.#closers.push(closer)
  }

  next(): Promise<WatchEvent | undefined> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken)
    const event = this.#take()
    if (event !== undefined) return Promise.resolve(event)
    if (this.#ended) return Promise.resolve(undefined)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  /** Says how far the client has come, after all that it has not read yet. */
  bookmark(): void {
    this.#bookmarkDue = true
    this.#wake()
  }

  /** No more changes; what is there already can still be read, and `last` after it. */
  end(last?: WatchEvent): void {
    if (this.#ended) return
    this.#ended = true
    this.#lastEvent = last
    this.#detach()
    this.#wake()
  }

  /** The client has gone, or the connection has: what waits is told so, nothing more is read. */
  break(error: TransportError): void {
    this.#broken ??= error
    this.#detach()
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.reject(error)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.break(new TransportError('the watch was closed', { cause: undefined }))
  }

  #detach(): void {
    for (const closer of this.#closers.splice(0)) closer()
  }

  #wake(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    const event = this.#take()
    if (event === undefined && !this.#ended) return
    this.#waiting = undefined
    waiting.resolve(event)
  }

  #take(): WatchEvent | undefined {
    const { initial, collection, revision, bookmark } = this.#options
    const object = initial[this.#initial]
    if (object !== undefined) {
      this.#initial += 1
      return this.#event('ADDED', object)
    }
    if (this.#initialEndDue) {
      this.#initialEndDue = false
      return event('BOOKMARK', bookmark(this.#options.after, true))
    }
    const { history } = collection
    if (this.#position < history.first) {
      this.#position = history.end
      this.end()
    }
    while (this.#position < history.end) {
      const change = history.at(this.#position)
      this.#position += 1
      const told = change === undefined || change.revision <= this.#options.after ? undefined : this.#tell(change)
      if (told !== undefined) return told
    }
    if (this.#bookmarkDue) {
      this.#bookmarkDue = false
      return event('BOOKMARK', bookmark(revision(), false))
    }
    const last = this.#lastEvent
    this.#lastEvent = undefined
    return last
  }

  /** What a change means to somebody who sees only what the selector chooses. */
  #tell({ type, object, previous, revision }: Change): WatchEvent | undefined {
    const { namespace, selector } = this.#options
    if (namespace !== undefined && object.metadata.namespace !== namespace) return undefined
    if (selector === undefined) return this.#event(type, object)
    const before = previous !== undefined && selector.matches(previous)
    const now = type !== 'DELETED' && selector.matches(object)
    if (now) return this.#event(before ? 'MODIFIED' : 'ADDED', object)
    if (!before) return undefined
    // Out of sight is deleted: the last state that was seen, with the revision of what took it away.
    const gone = type === 'DELETED' ? object : { ...previous, metadata: { ...previous.metadata, resourceVersion: String(revision) } }
    return this.#event('DELETED', gone)
  }

  #event(type: WatchEvent['type'], object: StoredObject): WatchEvent {
    return event(type, this.#options.render(object))
  }
}

// Border: objects of the store are JSON by construction; the transport's type says so in its own words.
const event = (type: WatchEvent['type'], object: JsonObject): WatchEvent => ({ type, object: object as { readonly [key: string]: Json } })
