import { chanceOf } from '../chance.ts'
import { type Emphasis, type Incident, type IncidentKind, groupIncidentKinds, groupIncidentsOf } from '../kinds.ts'

export interface GroupSetPlan {
  readonly replicas: number
  readonly surges: boolean
  readonly authority: 'nodeset' | 'group'
  readonly policy: 'Delete' | 'Keep'
  /** It takes a group over that somebody made before. */
  readonly imports: boolean
}

/** What a history has of groups. */
export interface GroupScenario {
  readonly sets: readonly GroupSetPlan[]
  /** Milliseconds from an order to its first machine. */
  readonly lagMs: number
  /** Milliseconds for which an order keeps a group busy. */
  readonly busyMs: number
  readonly step: number
  readonly max: number | undefined
}

/** The share of histories that have groups. */
const share = 0.25

/** What the design promises of groups ends where the cloud lies about them, or the API server forgets their sets. */
export const notWithGroups: ReadonlySet<IncidentKind> = new Set<IncidentKind>([
  'empty-lists',
  'restore',
  'restore-before-join',
  'restore-and-restart',
])

/**
 * Drawn apart from all else: histories without groups stay what they are. Who asks for more of what groups do not live through gets none,
 * and who asks for more of what befalls groups always does.
 */
export const groupScenarioOf = (
  seed: number,
  minutes: number,
  emphasis: Emphasis = {},
): { readonly groups: GroupScenario | undefined; readonly incidents: readonly Incident[] } => {
  const chance = chanceOf(seed, 'groups')
  const wanted = groupIncidentKinds.some(kind => (emphasis[kind] ?? 0) > 0)
  const unfit = [...notWithGroups].some(kind => (emphasis[kind] ?? 1) > 1)
  if (!wanted && (!chance.happens(share) || unfit)) return { groups: undefined, incidents: [] }
  const groups: GroupScenario = {
    sets: Array.from({ length: chance.between(1, 2) }, () => drawGroupSet(chance.next)),
    lagMs: chance.pick([500, 1_000, 4_000]),
    busyMs: chance.pick([0, 0, 3_000]),
    step: chance.pick([1, 1, 1, 2]),
    max: chance.happens(0.3) ? 6 : undefined,
  }
  const draw = groupIncidentsOf(chance, minutes * 60_000, emphasis)
  return { groups, incidents: Array.from({ length: Math.round(minutes * 1.5) }, draw) }
}

/** @param next numbers in [0, 1). */
export const drawGroupSet = (next: () => number): GroupSetPlan => ({
  replicas: Math.floor(next() * 5),
  surges: next() < 0.6,
  authority: next() < 0.75 ? 'nodeset' : 'group',
  policy: next() < 0.6 ? 'Delete' : 'Keep',
  imports: next() < 0.35,
})
