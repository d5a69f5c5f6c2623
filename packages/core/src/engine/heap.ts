/** The earliest first; what became equal in time goes in the order in which it was put in. */
export interface Timed {
  /** Monotonic milliseconds. */
  readonly at: number
}

/** A priority queue by time from which anything can be taken out again: stale entries would pile up behind far-off times. */
export interface Heap<T extends Timed> {
  readonly size: number
  /** Files it under the `at` of this moment. @throws Error when the item is in it already. */
  push(item: T): void
  peek(): T | undefined
  pop(): T | undefined
  /** False when it was not there. */
  remove(item: T): boolean
}

interface Slot<T> {
  readonly item: T
  readonly at: number
  readonly order: number
}

export const createHeap = <T extends Timed>(): Heap<T> => {
  const slots: Slot<T>[] = []
  const places = new Map<T, number>()
  let order = 0

  const before = (a: Slot<T>, b: Slot<T>): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

  const place = (slot: Slot<T>, index: number): void => {
    slots[index] = slot
    places.set(slot.item, index)
  }

  const rise = (slot: Slot<T>, from: number): void => {
    let index = from
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = slots[above]
      if (!parent || before(parent, slot)) break
      place(parent, index)
      index = above
    }
    place(slot, index)
  }

  const sink = (slot: Slot<T>, from: number): void => {
    let index = from
    for (;;) {
      const left = slots[2 * index + 1]
      const right = slots[2 * index + 2]
      const child = left && right && before(right, left) ? right : left
      if (!child || before(slot, child)) break
      const below = 2 * index + (child === right ? 2 : 1)
      place(child, index)
      index = below
    }
    place(slot, index)
  }

  const remove = (item: T): boolean => {
    const index = places.get(item)
    if (index === undefined) return false
    places.delete(item)
    const last = slots.pop()
    if (last && last.item !== item) {
      sink(last, index)
      rise(last, places.get(last.item) ?? index)
    }
    return true
  }

  return {
    get size() {
      return slots.length
    },
    push(item) {
      if (places.has(item)) throw new Error('the item is in the heap already')
      rise({ item, at: item.at, order: order++ }, slots.length)
    },
    peek: () => slots[0]?.item,
    pop() {
      const first = slots[0]?.item
      if (first !== undefined) remove(first)
      return first
    },
    remove,
  }
}
