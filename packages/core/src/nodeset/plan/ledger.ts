import type { Judgement } from './census.ts'
import type { Wishes } from './wishes.ts'

/** Which nodes go, under the one budget that every cause shares. */
export interface Ledger {
  /** What is not available is no loss; what is may go while enough stay, counted after all that went before. */
  mayGo(one: Judgement): boolean
  take(one: Judgement, why: string): void
  has(one: Judgement): boolean
  /** Nodes that serve and are available, after all that was taken. */
  available(): number
  readonly taken: ReadonlyMap<Judgement, string>
}

export const createLedger = (live: readonly Judgement[], { replicas, headroom, unavailable }: Wishes): Ledger => {
  const fewest = { serving: Math.max(0, replicas - unavailable), all: Math.max(0, replicas + headroom - unavailable) }
  const taken = new Map<Judgement, string>()
  const counted = live.filter(({ available }) => available)
  let all = counted.length
  let serving = counted.filter(({ member }) => !member.warm).length
  return {
    taken,
    has: one => taken.has(one),
    available: () => serving,
    mayGo: ({ available, member }) => !available || (member.warm ? all > fewest.all : serving > fewest.serving),
    take(one, why) {
      taken.set(one, why)
      if (!one.available) return
      all -= 1
      if (!one.member.warm) serving -= 1
    },
  }
}
