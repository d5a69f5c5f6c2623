import { canonicalJson } from '../claim/index.ts'
import { type ProviderError, type Scope, covers } from '../provider/index.ts'
import type { Runtime } from '../runtime/index.ts'

/**
 * What one connection remembers of what was out of stock: where (zone, type, kind of capacity), so that the next attempts keep away
 * from there, and for which configs nothing was to be had at all, so that of a thousand claims that want the same one at a time asks
 * again. That nothing is to be had says who was told to keep away from a place and was refused there all the same: its provider had
 * nowhere else to go. Memory of a life: a new one asks once more.
 */
export interface Stockouts {
  /** Scopes that were refused a short while ago. */
  avoid(): readonly Scope[]
  /** Why this claim is not to ask now; undefined when it may. */
  look(config: object, claim: string): Closed | undefined
  /**
   * This claim is about to ask, unless it is too early or another one does: false. Until it has its answer, others that want the
   * same wait. All of them wake in the same moment, so that a look alone would let all of them go.
   */
  asking(config: object, claim: string): boolean
  /**
   * Its answer: out of stock. `avoided`: the places that its request kept away from. True: there may be stock elsewhere, and its next
   * attempt, which keeps away from this place too, need not wait.
   */
  refused(config: object, avoided: readonly Scope[], error: ProviderError): boolean
  /** Its answer was something else than that. */
  answered(config: object, claim: string): void
  /** Its answer: a machine. */
  served(config: object, scope: Scope): void
}

export interface Closed {
  readonly message: string
  /** Monotonic; not before. */
  readonly retryAt: number
}

export interface StockoutsOptions {
  readonly runtime: Runtime
  /** Milliseconds that a create may take: so long the others wait for the one that asks. */
  readonly createTimeoutMs: number
}

/** A scope is avoided for this long, twice as long each time, up to the longest; after that much quiet it is forgotten. */
const scopeMs = { first: 60_000, longest: 600_000, forgotten: 3_600_000 }
/** The same of a config for which nothing was to be had. */
const configMs = { first: 15_000, longest: 300_000 }

interface Refusals {
  count: number
  until: number
}
interface Wanted extends Refusals {
  message: string
  asks: { readonly claim: string; readonly until: number } | undefined
}

export const createStockouts = ({ runtime, createTimeoutMs }: StockoutsOptions): Stockouts => {
  const { clock } = runtime
  const scopes = new Map<string, Refusals & { readonly scope: Scope }>()
  const configs = new Map<string, Wanted>()
  const grown = (count: number, { first, longest }: { first: number; longest: number }): number =>
    Math.round(Math.min(longest, first * 2 ** Math.min(count, 20)) * (0.9 + runtime.random() / 5))

  const remember = (scope: Scope, now: number): void => {
    const place = canonicalJson(scope)
    const before = scopes.get(place)
    if (before && now < before.until) return
    const count = before?.count ?? 0
    scopes.set(place, { scope, count: count + 1, until: now + grown(count, scopeMs) })
  }

  return {
    avoid() {
      const now = clock.monotonic()
      for (const [key, { until }] of scopes) if (now - until > scopeMs.forgotten) scopes.delete(key)
      return [...scopes.values()].filter(({ until }) => now < until).map(({ scope }) => scope)
    },
    look(config, claim) {
      if (configs.size === 0) return undefined
      const wanted = configs.get(canonicalJson(config))
      if (!wanted) return undefined
      const now = clock.monotonic()
      if (now < wanted.until) return { message: wanted.message, retryAt: wanted.until }
      const { asks } = wanted
      if (!asks || asks.claim === claim || now >= asks.until) return undefined
      return { message: wanted.message, retryAt: Math.min(asks.until, now + askAgainMs) }
    },
    asking(config, claim) {
      const wanted = configs.size === 0 ? undefined : configs.get(canonicalJson(config))
      if (!wanted) return true
      const now = clock.monotonic()
      if (now < wanted.until) return false
      if (wanted.asks && wanted.asks.claim !== claim && now < wanted.asks.until) return false
      wanted.asks = { claim, until: now + createTimeoutMs }
      return true
    },
    refused(config, avoided, { message, facts: { scope } }) {
      const now = clock.monotonic()
      const key = canonicalJson(config)
      const known = configs.get(key)
      const isNamed = scope !== undefined && Object.keys(scope).length > 0
      if (isNamed) remember(scope, now)
      if (isNamed && !avoided.some(place => covers(place, scope))) {
        if (known) known.asks = undefined
        return true
      }
      // Calls that were under way together are one refusal.
      if (known && now < known.until) return false
      const count = known?.count ?? 0
      configs.set(key, { count: count + 1, until: now + grown(count, configMs), message, asks: undefined })
      return false
    },
    answered(config, claim) {
      const wanted = configs.get(canonicalJson(config))
      if (wanted?.asks?.claim === claim) wanted.asks = undefined
    },
    served(config, { zone, instanceType, capacityType }) {
      configs.delete(canonicalJson(config))
      for (const [key, { scope }] of scopes) if (covers(scope, { zone, instanceType, capacityType })) scopes.delete(key)
    },
  }
}

/** Milliseconds after which who was refused at one place asks at the next one. */
export const elsewhereMs = 200

/** Milliseconds after which who waits for another claim's answer looks again. */
export const askAgainMs = 5_000
