/**
 * How many of a set's things are asked for at once: whoever else has a request then waits behind so many, a third of a second, and not
 * behind thousands. With 64 it takes a set of 1,000 a tenth longer to go: the last nodes are begun with late.
 */
export const atOnce = 256

export interface Lanes {
  /** Asked before each thing: none is begun any more when it says no. */
  readonly goesOn: () => boolean
  /** Things at once in the beginning. Each that is done lets one more be begun, up to 256. Default: 256 from the beginning. */
  readonly startWith?: number
  /** Of a failure: the others are done all the same. Default: none is begun after any failure. */
  readonly isOfOne?: (error: unknown) => boolean
}

/** What came of it, when all that was begun has ended. */
export interface Outcome<T> {
  readonly done: readonly T[]
  /** What was thrown, the first one first. */
  readonly failures: readonly unknown[]
}

/**
 * Does it to each of the items, in their order, not all of them at once. Started with one, one tells when each of them fails, and not a
 * thousand. Never rejects.
 */
export const inLanes = async <T>(items: readonly T[], lanes: Lanes, doOne: (item: T) => Promise<void>): Promise<Outcome<T>> => {
  const { goesOn, startWith = atOnce, isOfOne = () => false } = lanes
  const coming = items.values()
  const done: T[] = []
  const failures: unknown[] = []
  let isOver = false
  let open = 0

  /** One thing after the other, and another lane beside it for each of them. */
  const lane = async (): Promise<void> => {
    const others: Promise<void>[] = []
    while (!isOver && goesOn()) {
      const next = coming.next()
      if (next.done) break
      try {
        await doOne(next.value)
        done.push(next.value)
      } catch (error) {
        failures.push(error)
        isOver ||= !isOfOne(error)
      }
      if (open < atOnce) others.push(another())
    }
    await Promise.all(others)
  }
  const another = (): Promise<void> => {
    open += 1
    return lane()
  }

  await Promise.all(Array.from({ length: Math.min(startWith, items.length) }, another))
  return { done, failures }
}
