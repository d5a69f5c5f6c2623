import type { Clock } from '@kube-node/core/runtime'

interface Entry {
  readonly at: number
  readonly order: number
  run: (() => void) | undefined
}

/** Things to do later, thousands of them, on one sleep at a time: a timer per machine would be thousands of sleepers. */
export interface Agenda extends Disposable {
  /**
   * Runs `what` in `ms` milliseconds, in order of time and then of asking. Answers how to call it off.
   * What throws there is a bug of the caller's: it surfaces as an unhandled rejection.
   */
  after(ms: number, what: () => void): () => void
}

/** While nothing is planned, nothing sleeps, so that an idle agenda keeps no process alive. */
export const agenda = (clock: Clock): Agenda => {
  const heap: Entry[] = []
  let orders = 0
  let asleep: { readonly until: number; readonly stop: AbortController } | undefined
  let disposed = false

  const earlier = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

  const push = (entry: Entry): void => {
    let i = heap.push(entry) - 1
    while (i > 0) {
      const up = (i - 1) >> 1
      const parent = heap[up]
      if (!parent || !earlier(entry, parent)) break
      heap[i] = parent
      i = up
    }
    heap[i] = entry
  }

  const pop = (): Entry | undefined => {
    const first = heap[0]
    const last = heap.pop()
    if (!last || !first || heap.length === 0) return first
    let i = 0
    for (;;) {
      const left = 2 * i + 1
      const a = heap[left]
      if (!a) break
      const b = heap[left + 1]
      const [child, entry] = b && earlier(b, a) ? [left + 1, b] : [left, a]
      if (!earlier(entry, last)) break
      heap[i] = entry
      i = child
    }
    heap[i] = last
    return first
  }

  const runDue = (): void => {
    for (let first = heap[0]; first && first.at <= clock.monotonic() && !disposed; first = heap[0]) {
      pop()
      first.run?.()
    }
  }

  const arm = (): void => {
    const first = heap[0]
    if (!first || disposed || (asleep && asleep.until <= first.at)) return
    asleep?.stop.abort()
    const mine = { until: first.at, stop: new AbortController() }
    asleep = mine
    void clock.sleep(first.at - clock.monotonic(), mine.stop.signal).then(
      () => {
        if (asleep === mine) asleep = undefined
        try {
          runDue()
        } finally {
          arm()
        }
      },
      (error: unknown) => {
        if (!mine.stop.signal.aborted) throw error
      },
    )
  }

  return {
    after(ms, what) {
      const entry: Entry = { at: clock.monotonic() + Math.max(0, ms), order: orders++, run: what }
      push(entry)
      arm()
      return () => {
        entry.run = undefined
      }
    },
    [Symbol.dispose]() {
      disposed = true
      heap.length = 0
      asleep?.stop.abort()
    },
  }
}
