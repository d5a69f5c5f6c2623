import type { Clock } from '../../runtime/index.ts'

/** What came of something that was sent: it made nothing; it made a machine, which the mirror has; or nobody can say. */
export type Outcome = 'nothing' | 'machine' | 'unknown'

export interface Sending {
  /** The first word counts. */
  end(outcome: Outcome): void
}

/** What this life has sent under connections for the machines of a class; memory, not truth. Keys name a class and a connection. */
export interface Sendings {
  begin(key: string): Sending
  /**
   * Monotonic: a complete list that began later shows all that was sent, where it may land for `landingMs` after its sender heard the last
   * of it. Infinity while something is under way, -Infinity where nothing was ever made.
   */
  shownAfter(key: string, landingMs: number): number
  /** Of this, too, earlier lives may have sent something. */
  inherit(key: string): void
  /** What is written is another past than the one that these were sent in: of all that is there earlier lives may have sent something. */
  disown(): void
}

interface Memory {
  underWay: number
  /** Monotonic; undefined where no earlier life can have sent anything. */
  inheritedAt: number | undefined
  /** Monotonic. */
  madeAt: number
  unknownAt: number
}

/** `remembered`: what classes had when this life began. Whatever comes later was written down before anything was sent. */
export const createSendings = (clock: Clock, remembered: Iterable<string>): Sendings => {
  const inherited = new Set(remembered)
  let startedAt = clock.monotonic()
  let isDisowned = false
  const memories = new Map<string, Memory>()
  const memory = (key: string): Memory => {
    const inheritedAt = isDisowned || inherited.has(key) ? startedAt : undefined
    const known = memories.get(key) ?? { underWay: 0, inheritedAt, madeAt: -Infinity, unknownAt: -Infinity }
    memories.set(key, known)
    return known
  }
  return {
    begin(key) {
      let over = false
      memory(key).underWay += 1
      return {
        end(outcome) {
          if (over) return
          over = true
          const m = memory(key)
          m.underWay -= 1
          if (outcome === 'machine') m.madeAt = clock.monotonic()
          if (outcome === 'unknown') m.unknownAt = clock.monotonic()
        },
      }
    },
    shownAfter(key, landingMs) {
      const { underWay, inheritedAt = -Infinity, madeAt, unknownAt } = memory(key)
      return underWay > 0 ? Infinity : Math.max(madeAt, inheritedAt + landingMs, unknownAt + landingMs)
    },
    inherit(key) {
      inherited.add(key)
      memory(key).inheritedAt ??= startedAt
    },
    disown() {
      startedAt = clock.monotonic()
      isDisowned = true
      for (const m of memories.values()) m.inheritedAt = startedAt
    },
  }
}
