/** Objects filed under values that functions give for them; kept by a store. */
export interface Indexes<T> {
  /** @throws Error when `name` stands for another function already. */
  add(name: string, values: (object: T) => readonly string[], present: Iterable<readonly [key: string, object: T]>): void
  /** Files `now` where `old` was; undefined stands for nothing there. */
  replace(key: string, old: T | undefined, now: T | undefined): void
  /** @throws Error when there is no such index: an empty answer would be taken for a fact. */
  by(name: string, value: string): readonly T[]
}

interface Index<T> {
  readonly values: (object: T) => readonly string[]
  readonly files: Map<string, Map<string, T>>
}

/** `onError` hears of an index function that throws; the object is then filed under nothing. */
export const createIndexes = <T>(onError: (index: string, error: unknown) => void): Indexes<T> => {
  const indexes = new Map<string, Index<T>>()

  const valuesOf = (name: string, index: Index<T>, object: T | undefined): readonly string[] => {
    if (object === undefined) return []
    try {
      return index.values(object)
    } catch (error) {
      onError(name, error)
      return []
    }
  }

  const refile = (name: string, index: Index<T>, key: string, old: T | undefined, now: T | undefined): void => {
    const values = valuesOf(name, index, now)
    for (const value of valuesOf(name, index, old)) {
      if (values.includes(value)) continue
      const file = index.files.get(value)
      file?.delete(key)
      if (file?.size === 0) index.files.delete(value)
    }
    if (now === undefined) return
    for (const value of values) {
      let file = index.files.get(value)
      if (file === undefined) index.files.set(value, (file = new Map()))
      file.set(key, now)
    }
  }

  return {
    add(name, values, present) {
      const known = indexes.get(name)
      if (known !== undefined) {
        if (known.values !== values) throw new Error(`index "${name}" exists already, with another function`)
        return
      }
      const index: Index<T> = { values, files: new Map() }
      indexes.set(name, index)
      for (const [key, object] of present) refile(name, index, key, undefined, object)
    },
    replace(key, old, now) {
      for (const [name, index] of indexes) refile(name, index, key, old, now)
    },
    by(name, value) {
      const index = indexes.get(name)
      if (index === undefined) throw new Error(`there is no index "${name}": add it to the informer before reading by it`)
      return [...(index.files.get(value)?.values() ?? [])]
    },
  }
}
