import { type Chance, chanceOf } from './chance.ts'
import type { Rates } from './weather.ts'

/** Something that goes wrong, or that a person does. `which` in [0, 1) chooses among what is there at that time. */
export type Incident = { readonly at: number; readonly which: number; readonly ms: number } & { readonly kind: IncidentKind }

export const incidentKinds = [
  'crash',
  'freeze',
  'suspend',
  'stop',
  'cut-from-api',
  'cut-from-cloud',
  'break-watches',
  'expire-watches',
  'stale-cache',
  'compact',
  'cloud-down',
  'zone-outage',
  'throttle',
  'stockout',
  'empty-lists',
  'boot-fails',
  'join-fails',
  'machine-dies',
  'machine-vanishes',
  'kubelet-dies',
  'create-claim',
  'delete-claim',
  'replace-claim',
  'delete-member',
  'create-set',
  'scale-set',
  'delete-set',
  'orphan-set',
  'edit-class',
  'break-class',
  'limit-class',
  'delete-pod',
  'foreign-machine',
  'rotate-secret',
  'steal-lease',
  'crash-after-create',
  'stale-takeover',
  'force-delete',
] as const
export type IncidentKind = (typeof incidentKinds)[number]

/** How often each happens beside the others. */
const weights: Readonly<Record<IncidentKind, number>> = {
  crash: 8,
  freeze: 6,
  suspend: 2,
  stop: 2,
  'cut-from-api': 3,
  'cut-from-cloud': 3,
  'break-watches': 3,
  'expire-watches': 2,
  'stale-cache': 6,
  compact: 1,
  'cloud-down': 2,
  'zone-outage': 2,
  throttle: 2,
  stockout: 3,
  'empty-lists': 2,
  'boot-fails': 4,
  'join-fails': 4,
  'machine-dies': 3,
  'machine-vanishes': 2,
  'kubelet-dies': 2,
  'create-claim': 9,
  'delete-claim': 8,
  'replace-claim': 4,
  'delete-member': 4,
  'create-set': 3,
  'scale-set': 8,
  'delete-set': 2,
  'orphan-set': 1,
  'edit-class': 2,
  'break-class': 1,
  'limit-class': 1,
  'delete-pod': 2,
  'foreign-machine': 2,
  'rotate-secret': 1,
  'steal-lease': 1,
  'crash-after-create': 5,
  'stale-takeover': 3,
  'force-delete': 2,
}

/** All that is decided before the beginning: plain data, so that a story can be told again with parts of it left out. */
export interface Scenario {
  readonly seed: number
  readonly idempotency: 'token' | 'unique-name' | 'lookup'
  /** 2: a leader and one that stands by. */
  readonly managers: 1 | 2
  readonly elects: boolean
  readonly pageSize: number
  /** Milliseconds. */
  readonly listDelayMs: number
  readonly skewMs: readonly number[]
  readonly api: Rates
  readonly cloud: Rates
  readonly pods: number
  /** Of the pods' PodDisruptionBudget. */
  readonly minAvailable: number
  readonly claims: number
  readonly sets: readonly { readonly replicas: number; readonly maxSurge: number }[]
  /** How long things go wrong, in milliseconds. */
  readonly chaosMs: number
  readonly incidents: readonly Incident[]
}

export const chaosMinutes = 20

export const scenarioOf = (seed: number, minutes: number = chaosMinutes): Scenario => {
  const chance = chanceOf(seed, 'scenario')
  const chaosMs = minutes * 60_000
  const managers = chance.happens(0.65) ? 2 : 1
  const stormy = chance.happens(0.5)
  const pods = chance.between(2, 5)
  const rates = (): Rates => ({
    lostBefore: stormy ? 0.02 : 0.002,
    lostAfter: stormy ? 0.03 : 0.004,
    lostAndLate: 0,
    refused: stormy ? 0.02 : 0.002,
    late: stormy ? 0.02 : 0.004,
  })
  const incidents = Math.round(minutes * (stormy ? 3 : 2))
  return {
    seed,
    idempotency: chance.pick(['token', 'token', 'unique-name', 'lookup']),
    managers,
    elects: managers === 2 || chance.happens(0.5),
    pageSize: chance.pick([2, 3, 500]),
    listDelayMs: chance.pick([0, 2_500, 4_500]),
    skewMs: [chance.between(-400, 400), chance.between(-400, 400)],
    api: rates(),
    cloud: { ...rates(), refused: 0, lostAndLate: stormy ? 0.02 : 0.004 },
    pods,
    minAvailable: chance.pick([pods, pods - 1, pods - 1, Math.max(0, pods - 2)]),
    claims: chance.between(1, 3),
    sets: Array.from({ length: chance.between(1, 2) }, () => ({ replicas: chance.between(1, 4), maxSurge: chance.between(0, 1) })),
    chaosMs,
    incidents: Array.from({ length: incidents }, () => incidentAt(chance, chaosMs)).sort((a, b) => a.at - b.at),
  }
}

const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0)

const incidentAt = (chance: Chance, chaosMs: number): Incident => {
  let left = chance.next() * total
  const kind = incidentKinds.find(candidate => (left -= weights[candidate]) < 0) ?? 'crash'
  return { kind, at: chance.int(chaosMs), which: chance.next(), ms: lengthOf(chance) }
}

/** Seconds mostly, minutes sometimes. */
const lengthOf = (chance: Chance): number => (chance.happens(0.6) ? chance.between(500, 12_000) : chance.between(12_000, 75_000))
