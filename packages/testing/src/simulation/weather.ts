/** Probabilities of what may befall one request, in [0, 1]. */
export interface Rates {
  /** It never arrives, and its sender sees a broken connection. */
  readonly lostBefore: number
  /** It takes effect, and its sender sees a broken connection. */
  readonly lostAfter: number
  /** Its sender sees a broken connection first; it takes effect seconds later. */
  readonly lostAndLate: number
  /** It is turned away by an overloaded server. */
  readonly refused: number
  /** It is under way for seconds. */
  readonly late: number
  /** Somebody in between lost the answer and sends it again: its sender sees the second answer. Events of watches come twice. */
  readonly twice: number
  /** Its sender has its answer; seconds later it takes effect once more. */
  readonly echo: number
  /** Its answer comes twice. */
  readonly answeredTwice: number
}

/** How things are between managers and the rest. Incidents change it. */
export interface Weather {
  api: Rates
  cloud: Rates
  /** Lives (by slot) that can't reach the API server until then (world time). */
  readonly cutFromApi: Map<number, number>
  readonly cutFromCloud: Map<number, number>
  /** Nobody reaches the API server, kubelets included, until then (world time). */
  readonly apiOutage: { until: number }
  /** Watches of a slot tell nothing until then: a stale cache. By slot and plural. */
  readonly silent: Map<string, number>
  /** No request takes effect later than this after it was sent. Milliseconds. */
  readonly longestMs: number
}

export const calm: Rates = { lostBefore: 0, lostAfter: 0, lostAndLate: 0, refused: 0, late: 0, twice: 0, echo: 0, answeredTwice: 0 }

export type Fate = 'answered' | 'lost-before' | 'lost-after' | 'lost-and-late' | 'refused' | 'late' | 'twice' | 'echo' | 'answered-twice'

export const fateOf = (rates: Rates, draw: number): Fate => {
  let left = draw
  const fates: readonly (readonly [Fate, number])[] = [
    ['lost-before', rates.lostBefore],
    ['lost-after', rates.lostAfter],
    ['lost-and-late', rates.lostAndLate],
    ['refused', rates.refused],
    ['late', rates.late],
    ['twice', rates.twice],
    ['echo', rates.echo],
    ['answered-twice', rates.answeredTwice],
  ]
  for (const [fate, probability] of fates) {
    if (left < probability) return fate
    left -= probability
  }
  return 'answered'
}

/** Milliseconds: mostly short, and one in ten up to two seconds. Short ones alone hide the worst mistakes. */
export const delayMs = (draw: number): number => (draw < 0.9 ? 1 + Math.floor((draw / 0.9) * 20) : Math.floor((draw - 0.9) * 10 * 2_000))
