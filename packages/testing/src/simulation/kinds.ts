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
    'restore-before-join': 2,
    'restore-and-restart': 2,
    stutter: 2,
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
    'mark-in-between': 4,
  },
  identity: {
    'forge-request': 4,
    'steal-token': 3,
    'crash-at-approval': 4,
    'crash-joining-kubelet': 3,
    'expire-token': 2,
    'delete-token': 3,
  },
  certificates: {
    'renew-early': 3,
    'crash-at-renewal': 4,
    'forge-renewal': 4,
  },
  rollouts: {
    'tune-set': 5,
    'restart-set': 2,
    'resize-set': 3,
    'pause-set': 2,
    'warm-set': 3,
    'spread-set': 1,
    'age-set': 1,
    'repair-set': 2,
    'keep-node': 3,
  },
  accounts: {
    'open-other-account': 3,
    'wrong-credentials': 2,
    'delete-secret': 1,
  },
  workload: {
    'detach-nothing': 4,
    'hold-pods': 2,
  },
  adoption: {
    'adopt-node': 3,
    'adopt-and-crash': 4,
    'adopt-twice': 2,
  },
  setsAndClasses: {
    'create-set': 3,
    'scale-set': 8,
    'delete-set': 2,
    'orphan-set': 1,
    'edit-class': 2,
    'break-class': 1,
    'limit-class': 1,
    'crowd-class': 2,
    'rotate-secret': 1,
  },
} as const

/** Only where there are groups: drawn apart, so that other histories stay what they are. */
const groupWeights = {
  groups: {
    'scale-group-set': 8,
    'create-group-set': 3,
    'delete-group-set': 2,
    'orphan-group-set': 1,
    'tune-group-set': 2,
    'roll-pool': 2,
    'limit-pool': 2,
    'delete-group-node': 5,
    'resize-group': 5,
    'terminate-member': 4,
    'silence-member': 2,
    'busy-group': 2,
    'crash-after-order': 7,
    'late-order': 3,
    'overtaken-order': 3,
  },
} as const

/** Drawn apart as well, and only where there is something that they can befall. */
const provisioningWeights = {
  provisioning: {
    'use-up-quota': 2,
    'lose-file': 3,
    'edit-file': 3,
    'lose-certificates': 4,
  },
} as const

type Weights = typeof weights & typeof groupWeights & typeof provisioningWeights
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

type Weighed = readonly (readonly [IncidentKind, number])[]

// The keys of a literal are all that it has.
const kindsOf = (group: Weights[IncidentGroup]): Weighed => Object.entries(group) as [IncidentKind, number][]
const all = Object.values(weights).flatMap(kindsOf)
const ofGroups = kindsOf(groupWeights.groups)
const ofProvisioning = kindsOf(provisioningWeights.provisioning)

export const groupIncidentKinds: readonly IncidentKind[] = ofGroups.map(([kind]) => kind)
export const incidentKinds: readonly IncidentKind[] = [...all, ...ofGroups, ...ofProvisioning].map(([kind]) => kind)

/** How many times as often as usual kinds of incidents happen; those that it leaves out as often as usual. */
export type Emphasis = Readonly<Partial<Record<IncidentKind, number>>>

/** Draws incidents, as often as their weights say. */
export const incidentsOf = (chance: Chance, chaosMs: number, emphasis: Emphasis = {}): (() => Incident) =>
  drawn(all, chance, chaosMs, emphasis)

/** The same, of those that need groups. */
export const groupIncidentsOf = (chance: Chance, chaosMs: number, emphasis: Emphasis = {}): (() => Incident) =>
  drawn(ofGroups, chance, chaosMs, emphasis)

/** The same, of those that befall what machines are made of, and by what they join. */
export const provisioningIncidentsOf = (chance: Chance, chaosMs: number, emphasis: Emphasis = {}): (() => Incident) =>
  drawn(ofProvisioning, chance, chaosMs, emphasis)

const drawn = (kinds: Weighed, chance: Chance, chaosMs: number, emphasis: Emphasis): (() => Incident) => {
  const weighed = kinds.map(([kind, weight]) => ({ kind, weight: weight * (emphasis[kind] ?? 1) }))
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0)
  return () => {
    let left = chance.next() * total
    const { kind } = weighed.find(({ weight }) => (left -= weight) < 0) ?? { kind: 'crash' }
    return { kind, at: chance.int(chaosMs), which: chance.next(), ms: lengthOf(chance) }
  }
}

/** Seconds mostly, minutes sometimes. */
const lengthOf = (chance: Chance): number => (chance.happens(0.6) ? chance.between(500, 12_000) : chance.between(12_000, 75_000))
