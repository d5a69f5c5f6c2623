import type { Runtime } from '@kube-node/core/runtime'
import { chanceOf, uuidFrom } from './chance.ts'
import { type Fate, type Rates, type Weather, delayMs, fateOf } from './weather.ts'
import type { Happening, Receiver, World } from './world.ts'

export interface CallOptions<T> {
  readonly label: string
  readonly apply: () => Promise<T>
  readonly rates: Rates
  /** It can't get through at all before that world time. */
  readonly cutUntil: number | undefined
  readonly signal: AbortSignal
  /** What the sender sees of a broken connection. */
  readonly broken: () => unknown
  /** What the sender sees of a server that turns him away; undefined where that can't be. */
  readonly refused?: () => T
  readonly aborted: (reason: unknown) => unknown
  /** It may take effect a second time: for what is a request, and no stream or step of one. */
  readonly repeatable?: boolean
  /** The refusal is the last word: what of it is still on its way gets it too. Default: of none. */
  readonly isFinal?: (refusal: unknown) => boolean
  /** Called when it takes effect. `ghost`: its sender is dead or frozen by then, was told that it failed, or does not know of it. */
  readonly onApply?: (ghost: boolean) => void
}

/** One run of a manager's process: everything that leads out of it goes through here. */
export interface Life extends Receiver {
  readonly name: string
  readonly slot: number
  readonly runtime: Runtime
  /** One call: issued, applied, answered, each an event of its own. A dead life's calls never settle. */
  call<T>(options: CallOptions<T>): Promise<T>
  /** Runs `fire` inside of this life, in a while: never when it is dead, later when it is frozen. */
  post(ms: number, label: string, fire: () => void): void
  /** A number that is new for each use of the same label. */
  count(label: string): string
  /** As kill -9: no answer and no timer reaches it, what it has sent still takes effect, its promises never settle. */
  kill(): void
  /** Nothing in it runs until the thaw. `standsStill`: its monotonic clock too, as in a suspended machine. */
  freeze(options: { readonly standsStill: boolean }): void
  thaw(): void
  /** Called at its death. */
  onKill(listener: () => void): void
}

export interface LifeOptions {
  readonly world: World
  readonly weather: Weather
  readonly name: string
  readonly slot: number
  /** Milliseconds that its wall clock is ahead. */
  readonly skewMs: number
  /** Hears what came of each call, for its sender; `ok`: an answer, and none that took seconds. */
  readonly onOutcome?: (life: Life, label: string, ok: boolean) => void
}

export const createLife = ({ world, weather, name, slot, skewMs, onOutcome }: LifeOptions): Life => {
  const chance = chanceOf(world.seed, name)
  const counts = new Map<string, number>()
  const held: Happening[] = []
  const killListeners = new Set<() => void>()
  const base = 1_000 + chance.int(1_000_000)
  let state: Receiver['state'] = 'alive'
  let stoodStillMs = 0
  let stillSince: number | undefined

  const monotonic = (): number => base + world.now - stoodStillMs - (stillSince === undefined ? 0 : world.now - stillSince)

  const count = (label: string): string => {
    const n = (counts.get(label) ?? 0) + 1
    counts.set(label, n)
    return `${name} ${label} #${n}`
  }

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (state === 'dead') return
      if (signal?.aborted) return reject(signal.reason)
      const onAbort = (): void => {
        cancel()
        reject(signal?.reason)
      }
      const waitMs = Math.max(0, ms)
      const cancel = world.at(
        waitMs,
        count('wakes'),
        () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
        { receiver: life, dueMonotonic: monotonic() + waitMs },
      )
      signal?.addEventListener('abort', onAbort, { once: true })
    })

  const call = <T>(options: CallOptions<T>): Promise<T> => {
    const { apply, signal } = options
    const id = count(options.label)
    return new Promise<T>((resolve, reject) => {
      if (state === 'dead') return
      if (signal.aborted) return reject(options.aborted(signal.reason))
      world.note(`${id} issued`)
      let open = true
      const settle = (what: string, how: () => void): void => {
        if (!open) return
        open = false
        signal.removeEventListener('abort', onAbort)
        world.note(`${id} ${what}`)
        onOutcome?.(life, options.label, what === 'answered' && fate !== 'late')
        how()
      }
      const onAbort = (): void => settle('aborted', () => reject(options.aborted(signal.reason)))
      signal.addEventListener('abort', onAbort, { once: true })

      const cut = options.cutUntil !== undefined && options.cutUntil > world.now
      const fate: Fate = cut ? 'lost-before' : fateOf(options.rates, world.draw(`${id} fate`))
      const tripMs = (what: string): number => delayMs(world.draw(`${id} ${what}`))
      const lateMs = 2_000 + Math.floor(world.draw(`${id} lateness`) * (weather.longestMs - 2_000))
      const answer = (ms: number, what: string, how: () => void): void =>
        void world.at(ms, `${id} answer`, () => settle(what, how), { receiver: life })
      const breaks = (ms: number): void => answer(ms, `broken (${fate})`, () => reject(options.broken()))

      const attempt = (ghost: boolean): Promise<T> => {
        options.onApply?.(ghost || state !== 'alive')
        return apply()
      }
      const unheard = (): void => undefined
      if (fate === 'lost-before') return breaks(cut ? 1_000 : tripMs('there'))
      if (fate === 'lost-and-late') breaks(tripMs('there'))
      const refused = options.refused
      world.at(fate === 'late' || fate === 'lost-and-late' ? lateMs : tripMs('there'), `${id} applied`, () => {
        if (fate === 'refused' && refused) return answer(tripMs('back'), 'refused', () => resolve(refused()))
        const heard = (ms: number, result: Promise<T>): void =>
          void result.then(
            value => answer(ms, 'answered', () => resolve(value)),
            (error: unknown) => answer(ms, 'failed', () => reject(error)),
          )
        const result = attempt(fate === 'lost-and-late')
        const repeatable = options.repeatable === true
        if (fate === 'lost-after') return void result.then(unheard, unheard).then(() => breaks(tripMs('back')))
        if (fate === 'twice' && repeatable) {
          void result.then(unheard, unheard)
          world.at(tripMs('again'), `${id} applied again`, () => heard(tripMs('back'), attempt(true)))
          return
        }
        heard(tripMs('back'), result)
        if (fate === 'answered-twice') heard(tripMs('back once more'), result)
        if (fate === 'echo' && repeatable) {
          const over = result.then(
            () => false,
            (error: unknown) => options.isFinal?.(error) === true,
          )
          const echo = async (): Promise<unknown> => ((await over) ? undefined : attempt(true))
          world.at(lateMs, `${id} applied again`, () => void echo().then(unheard, unheard))
        }
      })
    })
  }

  const life: Life = {
    name,
    slot,
    get state() {
      return state
    },
    monotonic,
    hold: happening => void held.push(happening),
    runtime: {
      clock: { now: () => world.wall + skewMs, monotonic, sleep },
      random: chance.next,
      uuid: () => uuidFrom(chance.next),
      yield(label) {
        if (state === 'dead') return new Promise(() => {})
        const id = count(`yields ${label}`)
        if (world.draw(id) > 0.3) return undefined
        return new Promise(resolve => void world.at(0, id, resolve, { receiver: life }))
      },
    },
    call,
    count,
    post: (ms, label, fire) => void world.at(ms, count(label), fire, { receiver: life }),
    kill() {
      state = 'dead'
      held.length = 0
      for (const listener of killListeners) listener()
    },
    freeze({ standsStill }) {
      if (state !== 'alive') return
      state = 'frozen'
      stillSince = standsStill ? world.now : undefined
    },
    thaw() {
      if (state !== 'frozen') return
      state = 'alive'
      stoodStillMs += stillSince === undefined ? 0 : world.now - stillSince
      stillSince = undefined
      for (const happening of held.splice(0)) world.release(happening)
    },
    onKill: listener => void killListeners.add(listener),
  }
  return life
}
