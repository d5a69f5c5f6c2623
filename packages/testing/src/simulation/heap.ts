/** A binary heap: the first by `compare` comes out first. */
export interface Heap<T> {
  push(item: T): void
  pop(): T | undefined
  readonly size: number
}

export const createHeap = <T>(compare: (a: T, b: T) => number): Heap<T> => {
  const items: T[] = []
  return {
    get size() {
      return items.length
    },
    push(item) {
      let i = items.push(item) - 1
      while (i > 0) {
        const up = (i - 1) >> 1
        const parent = items[up]
        if (parent === undefined || compare(item, parent) >= 0) break
        items[i] = parent
        i = up
      }
      items[i] = item
    },
    pop() {
      const first = items[0]
      const last = items.pop()
      if (last === undefined || items.length === 0) return first
      let i = 0
      for (;;) {
        const left = items[2 * i + 1]
        if (left === undefined) break
        const right = items[2 * i + 2]
        const [child, at] = right !== undefined && compare(right, left) < 0 ? [right, 2 * i + 2] : [left, 2 * i + 1]
        if (compare(child, last) >= 0) break
        items[i] = child
        i = at
      }
      items[i] = last
      return first
    },
  }
}
