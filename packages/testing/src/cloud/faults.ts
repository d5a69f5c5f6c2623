import { type Owner, type Scope, covers } from '@kube-node/core/provider'
import type { Runtime } from '@kube-node/core/runtime'
import type { Operation } from './api.ts'

/** A call on its way to the cloud, for faults that choose. */
export interface CloudCall {
  readonly operation: Operation
  /** Whose machine a create is to make. */
  readonly owner?: Owner
}

/** How many of the next calls it hits, or which calls until it is taken back. */
export type Which = number | ((call: CloudCall) => boolean)

export interface LostAnswerOptions {
  /** Was the call carried out before its answer got lost? Default true. */
  readonly executed?: boolean
  /** `reset`: the caller sees a broken connection at once. `hang`: it sees nothing, until its signal fires. Default reset. */
  readonly how?: 'reset' | 'hang'
  /** Only calls of this operation count. Default: all. */
  readonly operation?: Operation
}

/** Chances in [0, 1], drawn for every call from the runtime. */
export interface Chances {
  /** The answer gets lost, the call was not carried out. */
  readonly lostBefore?: number
  /** The answer gets lost, the call was carried out. */
  readonly lostAfter?: number
  readonly throttled?: number
  /** A call takes up to 2 s longer. */
  readonly slow?: number
  /** A machine that never comes up. */
  readonly bootFails?: number
}

/** What can go wrong in the cloud. All of it lasts until it is taken back, used up, or cleared. */
export interface Faults {
  loseAnswers(which: Which, options?: LostAnswerOptions): Disposable
  /** No machine of that scope can be had: absent parts mean "whatever". */
  stockout(scope: Scope): Disposable
  /** Takes back the stockouts that name exactly this scope; all of them without one. */
  restock(scope?: Scope): void
  /** The next `calls` calls are refused as RateLimited. Default of retryAfterMs: 1000. */
  throttle(calls: number, options?: { readonly retryAfterMs?: number; readonly operation?: Operation }): Disposable
  /** Nobody can reach the cloud. */
  unavailable(on: boolean): void
  /** The zone can't be asked: lists say that it is missing, calls about it fail. */
  zoneOutage(zone: string, on: boolean): void
  /** The account may have no more machines than it has. */
  quotaUsedUp(on: boolean): void
  /** Lists answer that there is nothing at all, which is a lie. */
  emptyLists(on: boolean): void
  /** Every call takes so much longer, in milliseconds, half of it before it is carried out. */
  delay(ms: number): void
  /** The next machines never leave `starting`. */
  bootFails(machines: number): void
  /** The next machines run, but their kubelets never join. */
  joinFails(machines: number): void
  chance(chances: Chances): void
  clear(): void
}

export interface FaultState extends Faults {
  lost(call: CloudCall): { readonly executed: boolean; readonly how: 'reset' | 'hang' } | undefined
  throttled(call: CloudCall): { readonly retryAfterMs: number } | undefined
  outOfStock(scope: Required<Scope>): boolean
  readonly isUnavailable: boolean
  readonly isQuotaUsedUp: boolean
  readonly listsAreEmpty: boolean
  readonly darkZones: ReadonlySet<string>
  extraDelay(): number
  nextBoots(): boolean
  nextJoins(): boolean
}

interface Loss {
  left: number
  readonly hits: (call: CloudCall) => boolean
  readonly effect: { readonly executed: boolean; readonly how: 'reset' | 'hang' }
}

interface Throttle {
  left: number
  readonly operation: Operation | undefined
  readonly retryAfterMs: number
}

const same = (a: Scope, b: Scope): boolean => a.zone === b.zone && a.instanceType === b.instanceType && a.capacityType === b.capacityType

export const faultState = (runtime: Runtime): FaultState => {
  const losses = new Set<Loss>()
  const throttles = new Set<Throttle>()
  const stockouts = new Set<Scope>()
  const darkZones = new Set<string>()
  let isUnavailable = false
  let isQuotaUsedUp = false
  let listsAreEmpty = false
  let delayMs = 0
  let failingBoots = 0
  let failingJoins = 0
  let chances: Chances = {}

  const removable = <T>(set: Set<T>, member: T): Disposable => {
    set.add(member)
    return { [Symbol.dispose]: () => void set.delete(member) }
  }
  /** Draws only when there is a chance at all: a history without faults must not depend on the seed. */
  const happens = (chance: number | undefined): boolean => chance !== undefined && chance > 0 && runtime.random() < chance

  return {
    loseAnswers(which, options = {}) {
      const { executed = true, how = 'reset', operation } = options
      const chosen = typeof which === 'number' ? () => true : which
      return removable(losses, {
        left: typeof which === 'number' ? which : Number.POSITIVE_INFINITY,
        hits: call => (operation === undefined || call.operation === operation) && chosen(call),
        effect: { executed, how },
      })
    },
    stockout: scope => removable(stockouts, { ...scope }),
    restock(scope) {
      for (const s of stockouts) if (!scope || same(s, scope)) stockouts.delete(s)
    },
    throttle: (calls, { retryAfterMs = 1_000, operation } = {}) => removable(throttles, { left: calls, retryAfterMs, operation }),
    unavailable(on) {
      isUnavailable = on
    },
    zoneOutage(zone, on) {
      if (on) darkZones.add(zone)
      else darkZones.delete(zone)
    },
    quotaUsedUp(on) {
      isQuotaUsedUp = on
    },
    emptyLists(on) {
      listsAreEmpty = on
    },
    delay(ms) {
      delayMs = ms
    },
    bootFails(machines) {
      failingBoots = machines
    },
    joinFails(machines) {
      failingJoins = machines
    },
    chance(next) {
      chances = { ...next }
    },
    clear() {
      for (const set of [losses, throttles, stockouts, darkZones]) set.clear()
      isUnavailable = isQuotaUsedUp = listsAreEmpty = false
      delayMs = failingBoots = failingJoins = 0
      chances = {}
    },

    lost(call) {
      for (const loss of losses) {
        if (loss.left <= 0 || !loss.hits(call)) continue
        if (--loss.left <= 0) losses.delete(loss)
        return loss.effect
      }
      if (happens(chances.lostBefore)) return { executed: false, how: 'reset' }
      if (happens(chances.lostAfter)) return { executed: true, how: 'reset' }
      return undefined
    },
    throttled(call) {
      for (const throttle of throttles) {
        if (throttle.left <= 0 || (throttle.operation !== undefined && throttle.operation !== call.operation)) continue
        if (--throttle.left <= 0) throttles.delete(throttle)
        return { retryAfterMs: throttle.retryAfterMs }
      }
      return happens(chances.throttled) ? { retryAfterMs: 1_000 } : undefined
    },
    outOfStock: place => [...stockouts].some(s => covers(s, place)),
    get isUnavailable() {
      return isUnavailable
    },
    get isQuotaUsedUp() {
      return isQuotaUsedUp
    },
    get listsAreEmpty() {
      return listsAreEmpty
    },
    darkZones,
    extraDelay: () => delayMs + (happens(chances.slow) ? Math.round(runtime.random() * 2_000) : 0),
    nextBoots() {
      if (failingBoots > 0) {
        failingBoots--
        return false
      }
      return !happens(chances.bootFails)
    },
    nextJoins() {
      if (failingJoins === 0) return true
      failingJoins--
      return false
    },
  }
}
