/** Chance that depends on a seed and a name alone: what one part of a history draws shifts nothing for the others. */
export interface Chance {
  /** In [0, 1). */
  next(): number
  /** 0 to n - 1. */
  int(n: number): number
  happens(probability: number): boolean
  /** @throws RangeError for an empty list. */
  pick<T>(list: readonly T[]): T
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number
}

/** A 32-bit number from a seed and a text: FNV-1a, and an avalanche after it, as near texts must not give near numbers. */
export const hashOf = (seed: number, text: string): number => {
  let hash = (0x811c9dc5 ^ seed) >>> 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return avalanche(hash)
}

const avalanche = (value: number): number => {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** In [0, 1), the same for the same seed and text. */
export const drawOf = (seed: number, text: string): number => hashOf(seed, text) / 2 ** 32

export const chanceOf = (seed: number, name: string): Chance => {
  let state = hashOf(seed, name)
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0
    return avalanche(state) / 2 ** 32
  }
  const int = (n: number): number => Math.floor(next() * n)
  return {
    next,
    int,
    happens: probability => next() < probability,
    pick: list => {
      const member = list[int(list.length)]
      if (member === undefined) throw new RangeError('nothing to choose from')
      return member
    },
    between: (from, to) => from + int(to - from + 1),
  }
}

/** A version 4 UUID out of a stream of chance. */
export const uuidFrom = (next: () => number): string => {
  const hex = (length: number): string => Array.from({ length }, () => Math.floor(next() * 16).toString(16)).join('')
  return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`
}
