import type { Chance } from './chance.ts'

/** How often each kind of incident happens beside the others, by whom it hits: each of these groups is a file of `incidents/`. */
const weights = {
  managers: {
    crash: 8,
    freeze: 6,
    suspend: 2,
    stop: 2,
    'cut-from-api': 3,
    'cut-from-cloud': 3,
    'break-watches': 3,
    'expire-watches': 2,
    'stale-cache': 6,
    'crash-after-create': 5,
    'stale-takeover': 3,
  },
  apiServer: {
    compact: 1,
    restore: 2,
    'steal-lease': 1,
  },
  cloud: {
    'cloud-down': 2,
    'zone-outage': 2,
    throttle: 2,
    stockout: 3,
    'empty-lists': 2,
    'foreign-machine': 2,
  },
  machines: {
    'boot-fails': 4,
    'join-fails': 4,
    'machine-dies': 3,
    'machine-vanishes': 2,
    'kubelet-dies': 2,
  },
  claims: {
    'create-claim': 9,
    'delete-claim': 8,
    'replace-claim': 4,
    'delete-member': 4,
    'force-delete': 2,
    'delete-pod': 2,
    'mark-node': 8,
    'unmark-node': 4,
  },
  setsAndClasses: {
    'create-set': 3,
    'scale-set': 8,
    'delete-set': 2,
    'orphan-set': 1,
    'edit-class': 2,
    'break-class': 1,
    'limit-class': 1,
    'rotate-secret': 1,
  },
} as const

type Weights = typeof weights
export type IncidentGroup = keyof Weights
export type KindOf<G extends IncidentGroup> = { readonly [K in G]: keyof Weights[K] }[G]
export type IncidentKind = { readonly [G in IncidentGroup]: keyof Weights[G] }[IncidentGroup]

/** Something that goes wrong, or that a person does. `which` in [0, 1) chooses among what is there at that time. */
export interface Incident {
  readonly kind: IncidentKind
  readonly at: number
  readonly which: number
  readonly ms: number
}

// The keys of a literal are all that it has.
const all = Object.values(weights).flatMap(group => Object.entries(group)) as [IncidentKind, number][]
const total = all.reduce((sum, [, weight]) => sum + weight, 0)

export const incidentKinds: readonly IncidentKind[] = all.map(([kind]) => kind)

export const incidentAt = (chance: Chance, chaosMs: number): Incident => {
  let left = chance.next() * total
  const [kind] = all.find(([, weight]) => (left -= weight) < 0) ?? ['crash' as const]
  return { kind, at: chance.int(chaosMs), which: chance.next(), ms: lengthOf(chance) }
}

/** Seconds mostly, minutes sometimes. */
const lengthOf = (chance: Chance): number => (chance.happens(0.6) ? chance.between(500, 12_000) : chance.between(12_000, 75_000))
