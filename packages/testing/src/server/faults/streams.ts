import { TransportError, type WatchEvent } from '@kube-node/core/kube'
import type { Clock } from '@kube-node/core/runtime'
import type { ServedStream } from '../handler/index.ts'

const dropped = (): TransportError => new TransportError('the watch was dropped by an injected fault', { cause: undefined })

/** The same watch over a connection that breaks after so many events or so many milliseconds. */
export const dropping = (stream: ServedStream, events: number, afterMs: number | undefined, clock: Clock): ServedStream => {
  let told = 0
  const closed = new AbortController()
  stream.onClose(() => closed.abort())
  const cut = async (ms: number): Promise<void> => {
    try {
      await clock.sleep(ms, closed.signal)
    } catch (error) {
      if (!closed.signal.aborted) throw error
      return
    }
    stream.break(dropped())
  }
  if (afterMs !== undefined) void cut(afterMs)
  return {
    next: () => {
      if (told >= events) stream.break(dropped())
      told += 1
      return stream.next()
    },
    break: error => stream.break(error),
    onClose: closer => stream.onClose(closer),
    [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
  }
}

interface Arrival {
  readonly at: number
  readonly event: WatchEvent | undefined
}

/** The same watch through something slow: every event, and the end, comes `delayMs` after it happened, however fast the client reads. */
export const delaying = (stream: ServedStream, delayMs: number, clock: Clock): ServedStream => {
  const arrivals: Arrival[] = []
  const broken = new AbortController()
  let failure: unknown
  let wake: () => void = () => undefined

  const collect = async (): Promise<void> => {
    try {
      for (let event: WatchEvent | undefined, open = true; open; open = event !== undefined) {
        event = await stream.next()
        arrivals.push({ at: clock.monotonic() + delayMs, event })
        wake()
      }
    } catch (error) {
      failure ??= error
      broken.abort(error)
      wake()
    }
  }
  void collect()

  return {
    next: async () => {
      while (arrivals.length === 0 && failure === undefined) await new Promise<void>(resolve => (wake = resolve))
      if (failure !== undefined) throw failure
      const [arrival] = arrivals
      if (arrival === undefined) return undefined
      await clock.sleep(arrival.at - clock.monotonic(), broken.signal)
      // The end stays: whoever asks again hears it again.
      if (arrival.event !== undefined) arrivals.shift()
      return arrival.event
    },
    break: error => {
      failure ??= error
      broken.abort(error)
      stream.break(error)
      wake()
    },
    onClose: closer => stream.onClose(closer),
    [Symbol.asyncDispose]: async () => {
      failure ??= new TransportError('the watch was closed', { cause: undefined })
      broken.abort(failure)
      await stream[Symbol.asyncDispose]()
      wake()
    },
  }
}
