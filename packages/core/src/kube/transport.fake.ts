import type { Node, ObjectMeta } from '../api/index.ts'
import { TransportError } from './errors.ts'
import type { Json, KubeRequest, KubeResponse, KubeTransport, WatchEvent } from './transport.ts'

/** A transport whose answers and events a test gives, one by one. For the tests of this folder. */
export interface FakeTransport extends KubeTransport {
  /** All requests so far, watches apart. */
  readonly requests: KubeRequest[]
  /** All watches so far, refused ones apart. */
  readonly watches: FakeWatch[]
  /** The latest watch. */
  readonly watching: FakeWatch
  /** How requests are answered from now on. A thrown error is an answer that did not come. */
  answer(how: (request: KubeRequest) => KubeResponse | Promise<KubeResponse>): void
  /** The next watch is refused with this. */
  refuseWatch(error: Error): void
  /** Watches that nobody has closed. */
  readonly open: number
}

export interface FakeWatch {
  readonly request: KubeRequest
  readonly closed: boolean
  send(type: WatchEvent['type'], object: unknown): void
  /** The server ends it politely. */
  end(): void
  /** The connection breaks. */
  break(): void
}

export const fakeTransport = (): FakeTransport => {
  const requests: KubeRequest[] = []
  const watches: FakeWatch[] = []
  const refusals: Error[] = []
  let how: (request: KubeRequest) => KubeResponse | Promise<KubeResponse> = () => listOf('1', [])

  return {
    requests,
    watches,
    get watching() {
      const last = watches.at(-1)
      if (last === undefined) throw new Error('nobody watches')
      return last
    },
    answer(next) {
      how = next
    },
    refuseWatch: error => void refusals.push(error),
    get open() {
      return watches.filter(watch => !watch.closed).length
    },

    request(request) {
      requests.push(request)
      return orAbort(request.signal, async () => how(request))
    },

    async watch(request) {
      if (request.signal.aborted) throw aborted(request.signal)
      const refusal = refusals.shift()
      if (refusal !== undefined) throw refusal
      const waiting: (WatchEvent | 'end' | 'break')[] = []
      let wake = (): void => undefined
      let closed = false
      const add = (each: WatchEvent | 'end' | 'break'): void => {
        waiting.push(each)
        wake()
      }
      watches.push({
        request,
        get closed() {
          return closed
        },
        // The border between a test's typed objects and JSON.
        send: (type, object) => add({ type, object: object as Json }),
        end: () => add('end'),
        break: () => add('break'),
      })
      return {
        next: () =>
          orAbort(request.signal, async () => {
            while (waiting.length === 0) await new Promise<void>(resolve => (wake = resolve))
            const next = waiting.shift()
            if (next === 'break') throw new TransportError('the connection broke', { cause: undefined })
            return next === 'end' ? undefined : next
          }),
        async [Symbol.asyncDispose]() {
          closed = true
        },
      }
    },

    async [Symbol.asyncDispose]() {},
  }
}

const orAbort = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
  if (signal.aborted) throw aborted(signal)
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(aborted(signal)), { once: true })
    work().then(resolve, reject)
  })
}

const aborted = (signal: AbortSignal): TransportError => new TransportError('aborted', { cause: signal.reason })

export const answerOf = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): KubeResponse => ({
  status,
  headers,
  // The border between a test's typed objects and JSON.
  body: body as Json,
})

export const statusFor = (code: number, reason: string, details: unknown = {}): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason,
  code,
  message: `${reason}, says the server`,
  details,
})

export const refusalOf = (code: number, reason: string, details: unknown = {}): KubeResponse =>
  answerOf(code, statusFor(code, reason, details))

/** A list as API servers give it: its items without apiVersion and kind. */
export const listOf = (resourceVersion: string, items: readonly unknown[], next?: string): KubeResponse =>
  answerOf(200, {
    kind: 'NodeList',
    apiVersion: 'v1',
    metadata: { resourceVersion, ...(next === undefined ? {} : { continue: next }) },
    items: items.map(item => {
      const { kind: _, apiVersion: __, ...rest } = { kind: '', apiVersion: '', ...(item as object) }
      return rest
    }),
  })

/** A Node named `name`, with UID `uid-NAME` unless told otherwise. */
export const nodeAt = (name: string, version: number | string, metadata: ObjectMeta = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: `uid-${name}`, resourceVersion: String(version), ...metadata },
})
