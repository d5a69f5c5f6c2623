import {
  type KubeRequest,
  type KubeResponse,
  type KubeStream,
  type KubeTransport,
  TransportError,
  type WatchEvent,
} from '@kube-node/core/kube'
import type { Life } from './life.ts'
import { type Weather, delayMs } from './weather.ts'
import type { World } from './world.ts'

/** What somebody outside wants to know of the requests of managers. */
export interface RequestWatcher {
  issued(life: Life, request: KubeRequest): void
  /** It takes effect now. `ghost`: its sender is dead or frozen, or believes that it failed. */
  applied(life: Life, request: KubeRequest, ghost: boolean): void
  /** Its sender knows what came of it. */
  settled(life: Life, request: KubeRequest): void
  /** An answer has reached its sender; it was given at that world time. */
  answered(life: Life, request: KubeRequest, response: KubeResponse, givenAt: number): void
  /** An event of a watch has reached the manager. */
  heard(life: Life, request: KubeRequest, event: WatchEvent): void
}

/** Ways to break all watches at once. */
export type Break = 'error' | 'end' | 'expired'

export interface KubePort extends KubeTransport {
  breakWatches(how: Break): void
}

export interface KubePortOptions {
  readonly world: World
  readonly weather: Weather
  readonly life: Life
  readonly inner: KubeTransport
  readonly watcher?: RequestWatcher
}

interface OpenWatch {
  break(how: Break): void
}

const overloaded: KubeResponse = {
  status: 503,
  headers: {},
  body: {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason: 'ServiceUnavailable',
    code: 503,
    message: 'the API server is overloaded',
  },
}

/** A life's way to the API server: each request and each event of a watch is its own happening in the world. */
export const kubePort = ({ world, weather, life, inner, watcher }: KubePortOptions): KubePort => {
  const open = new Set<OpenWatch>()
  const neverAborted = new AbortController().signal
  const aborted = (what: string) => (reason: unknown) => new TransportError(`${what}: aborted`, { cause: reason })
  const broken = (what: string) => () => new TransportError(`${what}: connection reset by peer`, { cause: undefined })

  /** As while a backup is put back: whatever arrives finds nobody. */
  const down = (what: string): void => {
    if (weather.apiOutage.until > world.now) throw new TransportError(`${what}: connection refused`, { cause: undefined })
  }

  const watch = async (request: KubeRequest): Promise<KubeStream> => {
    const what = `WATCH ${request.path}`
    const pipe = new AbortController()
    life.onKill(() => pipe.abort(new Error('the process is dead')))
    const stream = await life.call({
      label: what,
      apply: async () => {
        down(what)
        return inner.watch({ ...request, signal: pipe.signal })
      },
      rates: weather.api,
      cutUntil: weather.cutFromApi.get(life.slot),
      signal: request.signal,
      broken: broken(what),
      aborted: aborted(what),
    })
    return relay({ world, weather, life, request, stream, pipe, open, onHeard: event => watcher?.heard(life, request, event) })
  }

  return {
    request: request => {
      const what = `${request.method} ${request.path}`
      watcher?.issued(life, request)
      return life
        .call({
          label: what,
          apply: async () => {
            down(what)
            const response = await inner.request({ ...request, signal: neverAborted })
            return { response, givenAt: world.now }
          },
          rates: weather.api,
          cutUntil: weather.cutFromApi.get(life.slot),
          signal: request.signal,
          broken: broken(what),
          repeatable: request.method !== 'GET',
          refused: () => ({ response: overloaded, givenAt: world.now }),
          aborted: aborted(what),
          onApply: ghost => watcher?.applied(life, request, ghost),
        })
        .then(({ response, givenAt }) => {
          watcher?.answered(life, request, response, givenAt)
          return response
        })
        .finally(() => watcher?.settled(life, request))
    },
    watch,
    breakWatches(how) {
      for (const each of [...open]) each.break(how)
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

type Item = { readonly event: WatchEvent } | { readonly end: true } | { readonly error: unknown }

interface RelayOptions {
  readonly world: World
  readonly weather: Weather
  readonly life: Life
  readonly request: KubeRequest
  readonly stream: KubeStream
  readonly pipe: AbortController
  readonly open: Set<OpenWatch>
  readonly onHeard: (event: WatchEvent) => void
}

const expired: WatchEvent = {
  type: 'ERROR',
  object: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410, message: 'too old resource version' },
}

/** A watch whose events arrive later than they happen, and in order. */
const relay = ({ world, weather, life, request, stream, pipe, open, onHeard }: RelayOptions): KubeStream => {
  const what = `WATCH ${request.path}`
  const plural = request.path.split('/').at(-1) ?? ''
  const underWay: Item[] = []
  const arrived: Item[] = []
  let last = 0
  let over = false
  let waiting: { resolve(event: WatchEvent | undefined): void; reject(error: unknown): void } | undefined

  const serve = (): void => {
    const item = arrived[0]
    if (!item || !waiting) return
    const { resolve, reject } = waiting
    waiting = undefined
    if ('event' in item) {
      arrived.shift()
      onHeard(item.event)
      resolve(item.event)
    } else if ('end' in item) resolve(undefined)
    else reject(item.error)
  }

  /** Whichever event is due takes the first item: a thaw may mix up the events, never the items. */
  const send = (item: Item, name: string): void => {
    underWay.push(item)
    const label = life.count(`${what} ${name}`)
    const due = Math.max(last, weather.silent.get(`${life.slot}/${plural}`) ?? 0, world.now + delayMs(world.draw(label)))
    last = due
    life.post(due - world.now, `hears ${what} ${name}`, () => {
      const first = underWay.shift()
      if (first) arrived.push(first)
      serve()
    })
  }

  /** Nothing follows. What is under way arrives all the same, unless who reads it has enough. */
  const stop = (): void => {
    over = true
    open.delete(self)
  }
  const onAbort = (): void => {
    stop()
    pipe.abort(request.signal.reason)
    arrived.unshift({ error: new TransportError(`${what}: aborted`, { cause: request.signal.reason }) })
    serve()
  }
  const self: OpenWatch = {
    break(how) {
      if (over) return
      stop()
      pipe.abort(new Error('broken'))
      if (how === 'error') send({ error: new TransportError(`${what}: connection reset by peer`, { cause: undefined }) }, 'break')
      if (how === 'expired') send({ event: expired }, 'expiry')
      if (how !== 'error') send({ end: true }, 'end')
    },
  }
  open.add(self)
  request.signal.addEventListener('abort', onAbort, { once: true })

  const pump = async (): Promise<void> => {
    try {
      for (let event = await stream.next(); !over; event = await stream.next()) {
        if (event === undefined) {
          stop()
          return send({ end: true }, 'end')
        }
        const name = `${event.type} ${nameIn(event)}`
        send({ event }, name)
        if (world.draw(life.count(`${what} ${name} twice`)) < weather.api.twice) send({ event }, name)
      }
    } catch (error) {
      if (over) return
      stop()
      send({ error }, 'failure')
    }
  }
  void pump()

  return {
    next: () =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        serve()
      }),
    [Symbol.asyncDispose]: async () => {
      stop()
      request.signal.removeEventListener('abort', onAbort)
      pipe.abort(new Error('closed'))
    },
  }
}

const nameIn = ({ object }: WatchEvent): string => {
  // What a watch sends is an object of Kubernetes: its name and version are for readers of the history alone.
  const { metadata } = object as { readonly metadata?: { readonly name?: string; readonly resourceVersion?: string } }
  return `${metadata?.name ?? ''}@${metadata?.resourceVersion ?? ''}`
}
