import { EventEmitter } from 'eventemitter3'
import type { Log } from '../runtime/index.ts'
import { errorText } from '../runtime/index.ts'

/** What a controller tells hosts that watch it. For watching, never for logic: nothing waits for a listener. */
export interface TypedEvents<Events extends object> {
  /** Disposing the answer takes the listener off. A listener that throws is logged, and nothing else happens. */
  on<E extends keyof Events & string>(event: E, listener: (payload: Events[E]) => void): Disposable
}

export interface TypedEmitter<Events extends object> extends TypedEvents<Events> {
  emit<E extends keyof Events & string>(event: E, payload: Events[E]): void
  /** Where listeners' errors go; a manager sets it when the controller starts. */
  logTo(log: Log): void
}

export const createTypedEmitter = <Events extends object>(): TypedEmitter<Events> => {
  const emitter = new EventEmitter<string>()
  let log: Log = () => {}
  return {
    on(event, listener) {
      // eventemitter3 lets a listener's throw through to whoever emits, and past the other listeners.
      const guarded = (payload: unknown): void => {
        try {
          listener(payload as Events[typeof event])
        } catch (error) {
          log('error', 'a listener threw', { event, error: errorText(error) })
        }
      }
      emitter.on(event, guarded)
      return { [Symbol.dispose]: () => void emitter.off(event, guarded) }
    },
    emit: (event, payload) => void emitter.emit(event, payload),
    logTo: to => {
      log = to
    },
  }
}
