import { createHash } from 'node:crypto'
import { type Runtime, manualRuntime } from '@kube-node/core/runtime'
import { chanceOf, drawOf, hashOf, uuidFrom } from './chance.ts'
import { createHeap } from './heap.ts'

/** Who an event is for: the dead hear nothing more, the frozen hear it when they thaw. */
export interface Receiver {
  readonly state: 'alive' | 'frozen' | 'dead'
  hold(happening: Happening): void
  monotonic(): number
}

export interface Happening {
  at: number
  readonly order: number
  readonly label: string
  readonly fire: () => void
  readonly receiver: Receiver | undefined
  /** For a sleep: when it ends by the sleeper's own monotonic clock, which may stand still. */
  readonly dueMonotonic: number | undefined
  off: boolean
}

export interface HappeningOptions {
  readonly receiver?: Receiver
  readonly dueMonotonic?: number
}

/**
 * Time, and what happens in it: one event after the other, all that it causes at once runs to its end, then the next. The
 * order of what is due within a few milliseconds is the seed's.
 */
export interface World {
  readonly seed: number
  /** Milliseconds since the beginning. */
  readonly now: number
  /** Milliseconds since the epoch. */
  readonly wall: number
  readonly steps: number
  /** For what is no manager: its sleeps are never frozen. */
  readonly runtime: Runtime
  /** In [0, 1); the same text gives the same number, so that taking an incident out of a history leaves the rest alone. */
  draw(text: string): number
  /** Happens in `delayMs` and a few milliseconds of the seed's choice. Answers how to call it off. */
  at(delayMs: number, label: string, fire: () => void, options?: HappeningOptions): () => void
  /** What was held back for a receiver happens now. */
  release(happening: Happening): void
  /** A line of the history. Two runs of a seed write the same lines. */
  note(line: string): void
  /** A line of the history that a person wants to read. */
  tell(line: string): void
  readonly story: readonly string[]
  /** SHA-256 of all lines so far, in hex. */
  digest(): string
  /** Lets all that can run without time passing run. */
  settle(): Promise<void>
  /** One event. False when nothing is left to happen. */
  step(): Promise<boolean>
}

const start = Date.UTC(2026, 0, 1)
const jitterMs = 5

export const createWorld = (seed: number): World => {
  const { settle } = manualRuntime()
  const happenings = createHeap<Happening>((a, b) => a.at - b.at || a.order - b.order)
  const hash = createHash('sha256')
  const story: string[] = []
  const chance = chanceOf(seed, 'world')
  let now = 0
  let steps = 0
  let sleeps = 0

  const note = (line: string): void => void hash.update(`${now} ${line}\n`)

  const at: World['at'] = (delayMs, label, fire, { receiver, dueMonotonic } = {}) => {
    const tie = hashOf(seed, label)
    const happening: Happening = {
      at: now + Math.max(0, Math.ceil(delayMs)) + (tie % jitterMs),
      order: tie,
      label,
      fire,
      receiver,
      dueMonotonic,
      off: false,
    }
    happenings.push(happening)
    return () => {
      happening.off = true
    }
  }

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const onAbort = (): void => {
        cancel()
        reject(signal?.reason)
      }
      const cancel = at(ms, `world wakes #${sleeps++}`, () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      })
      signal?.addEventListener('abort', onAbort, { once: true })
    })

  const world: World = {
    seed,
    story,
    get now() {
      return now
    },
    get wall() {
      return start + now
    },
    get steps() {
      return steps
    },
    runtime: {
      clock: { now: () => start + now, monotonic: () => now, sleep },
      random: chance.next,
      uuid: () => uuidFrom(chance.next),
      yield: () => undefined,
    },
    draw: text => drawOf(seed, text),
    at,
    release(happening) {
      happening.at = now + (happening.order % jitterMs)
      happenings.push(happening)
    },
    note,
    tell(line) {
      note(line)
      story.push(`${clockText(now)} ${line}`)
    },
    digest: () => hash.copy().digest('hex'),
    settle,
    async step() {
      for (let next = happenings.pop(); next; next = happenings.pop()) {
        if (next.off || next.receiver?.state === 'dead') continue
        now = Math.max(now, next.at)
        if (next.receiver?.state === 'frozen') {
          next.receiver.hold(next)
          continue
        }
        const left = next.dueMonotonic === undefined || !next.receiver ? 0 : next.dueMonotonic - next.receiver.monotonic()
        if (left > 0) {
          next.at = now + left
          happenings.push(next)
          continue
        }
        steps += 1
        note(next.label)
        next.fire()
        await settle()
        return true
      }
      return false
    },
  }
  return world
}

/** `12:03.250`: minutes, seconds, milliseconds since the beginning. */
export const clockText = (ms: number): string => {
  const pad = (value: number, length: number): string => String(value).padStart(length, '0')
  return `${pad(Math.floor(ms / 60_000), 2)}:${pad(Math.floor(ms / 1_000) % 60, 2)}.${pad(ms % 1_000, 3)}`
}

/** Lets the world go on until a promise has settled. */
export const awaiting = async <T>(world: World, work: Promise<T>): Promise<T> => {
  let over = false
  const settle = (): void => {
    over = true
  }
  work.then(settle, settle)
  for (await world.settle(); !over; ) {
    if (!(await world.step())) throw new Error('nothing is left to happen, and something is still waited for')
  }
  return work
}

/** Calls `tick` every `ms` of cluster time. */
export const tickEvery = (world: World, ms: number, tick: () => void): void => {
  let n = 0
  const again = (): void => {
    tick()
    world.at(ms, `tick ${n++}`, again)
  }
  world.at(ms, 'first tick', again)
}
