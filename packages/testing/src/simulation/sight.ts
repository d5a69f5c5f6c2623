import { nodesPath } from './restores.ts'
import type { Life } from './life.ts'

/** What single processes can know and do: told by their calls, so that nobody is blamed for what he could not see. */
export interface Sight {
  /** A call of that label has come to an end for its sender; `ok`: with an answer, and in time. */
  outcome(life: Life, label: string, ok: boolean): void
  /** A list of machines said that it could not ask everywhere. */
  partial(life: Life): void
  /** It has heard of Nodes at that version. */
  heard(life: Life, version: number): void
  /** Its store of Nodes is at least that new. */
  knows(life: Life, version: number): boolean
  /** In words, what kept it from looking for orphans since the last sweep; undefined when nothing did. */
  hindrance(life: Life): string | undefined
}

/** Between two sweeps for orphans: core's default. A sweep that meets an error ends. */
export const sweepMs = 30_000

interface Seen {
  version: number
  listFailed: boolean
  troubledUntil: number
  why: string
}

export const followSight = (now: () => number): Sight => {
  const lives = new Map<Life, Seen>()
  const of = (life: Life): Seen => {
    const known = lives.get(life) ?? { version: 0, listFailed: false, troubledUntil: -Infinity, why: '' }
    lives.set(life, known)
    return known
  }
  const trouble = (life: Life, why: string): void => void Object.assign(of(life), { troubledUntil: now() + sweepMs, why })
  const isOfSweep = (label: string): boolean =>
    label.startsWith('cloud delete') ||
    label.startsWith('cloud account') ||
    label.startsWith(`GET ${nodesPath}/`) ||
    (label.startsWith('GET ') && label.includes('/secrets/'))
  return {
    outcome(life, label, ok) {
      if (label === 'cloud list') of(life).listFailed = !ok
      else if (!ok && isOfSweep(label)) trouble(life, label)
    },
    partial: life => trouble(life, 'a partial list'),
    heard(life, version) {
      const seen = of(life)
      seen.version = Math.max(seen.version, version)
    },
    knows: (life, version) => of(life).version >= version,
    hindrance(life) {
      const { listFailed, troubledUntil, why } = of(life)
      if (listFailed) return 'the newest list failed'
      return troubledUntil > now() ? why : undefined
    },
  }
}
