/** Who wants to hear of something, told in order of asking. What a listener throws reaches whoever tells. */
export interface Topic<T> {
  tell(news: T): void
  /** Until it is disposed of. */
  on(listener: (news: T) => void): Disposable
}

export const createTopic = <T>(): Topic<T> => {
  const listeners = new Set<(news: T) => void>()
  return {
    tell(news) {
      for (const listener of listeners) listener(news)
    },
    on(listener) {
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
  }
}
