/** The most recently used values, by key: what a process remembers of things without end. */
export interface Recent<V> {
  /** The value of that key, made if it is not there (any more). */
  get(key: string, make: () => V): V
}

export const createRecent = <V>(most: number): Recent<V> => {
  // A Map keeps the order in which keys were set: the first one is the oldest.
  const values = new Map<string, V>()
  return {
    get(key, make) {
      const value = values.get(key) ?? make()
      values.delete(key)
      values.set(key, value)
      const [oldest] = values.size > most ? values.keys() : []
      if (oldest !== undefined) values.delete(oldest)
      return value
    },
  }
}
