import { randomUUID } from 'node:crypto'

export interface OperationError {
  readonly code: string
  readonly message: string
}

/** Something that Google works on. */
export interface Work {
  readonly id: string
  readonly name: string
  readonly kind: string
  readonly zone: string
  readonly target: string
  readonly targetId: string
  readonly begunAt: number
  readonly doneAt: number
  readonly error?: OperationError | undefined
}

export interface Operations {
  begin(
    work: Pick<Work, 'kind' | 'zone' | 'target' | 'targetId'>,
    how: { readonly tookMs: number; readonly error?: OperationError | undefined },
    end: () => void,
  ): Work
  /** Ends what is due. Before anything is read. */
  settle(): void
  isDone(work: Work): boolean
  /** None of that kind ends, until it is lifted: then those that are due do. */
  hold(kind: string): () => void
  find(zone: string, name: string): Work | undefined
  all(): readonly Work[]
  /** At most so long, and no longer than whoever asks is there. */
  wait(work: Work, atMostMs: number, gone: AbortSignal): Promise<void>
}

export const createOperations = (now: () => number): Operations => {
  const all: Work[] = []
  const ends = new Map<string, () => void>()
  const held = new Map<string, AbortController>()
  const isDone = ({ kind, doneAt }: Work): boolean => doneAt <= now() && !held.has(kind)
  const settle = (): void => {
    for (const work of all) {
      const end = ends.get(work.name)
      if (!end || !isDone(work)) continue
      ends.delete(work.name)
      end()
    }
  }
  return {
    begin({ kind, zone, target, targetId }, { tookMs, error }, end) {
      const begunAt = now()
      const work = {
        id: String(all.length + 1),
        name: `operation-${randomUUID()}`,
        kind,
        zone,
        target,
        targetId,
        begunAt,
        doneAt: begunAt + tookMs,
        error,
      }
      all.push(work)
      ends.set(work.name, end)
      settle()
      // Who watches hears of it when it happens, also when nobody asks.
      if (tookMs > 0) setTimeout(settle, tookMs).unref()
      return work
    },
    settle,
    isDone,
    hold(kind) {
      const holding = new AbortController()
      held.set(kind, holding)
      return () => {
        held.delete(kind)
        settle()
        holding.abort()
      }
    },
    find: (zone, name) => all.find(work => work.zone === zone && work.name === name),
    all: () => all,
    async wait({ kind, doneAt }, atMostMs, gone) {
      const holding = held.get(kind)
      if (holding) await quiet(atMostMs, AbortSignal.any([gone, holding.signal]))
      const ms = Math.min(atMostMs, doneAt - now())
      if (ms > 0) await quiet(ms, gone)
      settle()
    },
  }
}

/** So long, or until nobody waits any more. */
const quiet = (ms: number, gone: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const end = (): void => {
      clearTimeout(timer)
      gone.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    gone.addEventListener('abort', end)
    if (gone.aborted) end()
  })
