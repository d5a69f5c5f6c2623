import { EventEmitter } from 'eventemitter3'

/** Events for people who watch a controller; its logic never depends on who listens. */
export interface Emits<Events> {
  /** Calls `listener` at each event, until what it answers is disposed. */
  on<E extends keyof Events & string>(event: E, listener: (value: Events[E]) => void): Disposable
}

export interface TypedEmitter<Events> extends Emits<Events> {
  /** Calls the listeners, in the order in which they came. Never throws. */
  emit<E extends keyof Events & string>(event: E, value: Events[E]): void
}

/** `onError` hears of listeners that throw: eventemitter3 would let that fall into whoever emits, and skip the rest. */
export const createEmitter = <Events>(onError: (error: unknown, event: keyof Events & string) => void): TypedEmitter<Events> => {
  const emitter = new EventEmitter()
  return {
    on(event, listener) {
      const guarded = (value: Events[typeof event]): void => {
        try {
          listener(value)
        } catch (error) {
          onError(error, event)
        }
      }
      emitter.on(event, guarded)
      return { [Symbol.dispose]: () => void emitter.off(event, guarded) }
    },
    emit: (event, value) => void emitter.emit(event, value),
  }
}
