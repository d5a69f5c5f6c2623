import { chanceOf } from './chance.ts'
import { type Emphasis, type Incident, incidentsOf } from './kinds.ts'
import { type GroupScenario, groupScenarioOf, notWithGroups } from './groups/scenario.ts'
import { type ProvisioningScenario, provisioningOf } from './provisioning.ts'
import type { Rates } from './weather.ts'

/** All that is decided before the beginning: plain data, so that a story can be told again with parts of it left out. */
export interface Scenario {
  readonly seed: number
  readonly idempotency: 'token' | 'unique-name' | 'lookup'
  /** How machines join: `none`, as those do that know a way of their own. */
  readonly bootstrap: 'kubelet' | 'kubeadm' | 'none'
  readonly provisioning: ProvisioningScenario
  /** By the cloud: kubelets register beside their claims, which are handed over. */
  readonly nodeNames: 'claim' | 'cloud'
  /** The class names a family of images, which stands for another image every minute. */
  readonly floats: boolean
  /** Another service of the cloud says which account credentials open, and takes seconds for it more often than not. */
  readonly namesLate: boolean
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
  /** Nodes with machines that somebody made by hand before kube-node came. */
  readonly oldNodes: number
  readonly sets: readonly { readonly replicas: number; readonly maxSurge: number }[]
  /** Undefined in most histories. */
  readonly groups: GroupScenario | undefined
  /** How long things go wrong, in milliseconds. */
  readonly chaosMs: number
  readonly incidents: readonly Incident[]
}

export const chaosMinutes = 20

export const scenarioOf = (seed: number, minutes: number = chaosMinutes, emphasis?: Emphasis): Scenario => {
  const chance = chanceOf(seed, 'scenario')
  const chaosMs = minutes * 60_000
  const managers = chance.happens(0.65) ? 2 : 1
  const stormy = chance.happens(0.5)
  const pods = chance.between(2, 5)
  const rates = (): Rates => ({
    lostBefore: stormy ? 0.02 : 0.002,
    lostAfter: stormy ? 0.03 : 0.004,
    lostAndLate: stormy ? 0.02 : 0.004,
    refused: stormy ? 0.02 : 0.002,
    late: stormy ? 0.02 : 0.004,
    twice: stormy ? 0.01 : 0.002,
    echo: stormy ? 0.01 : 0.002,
    answeredTwice: stormy ? 0.01 : 0.002,
  })
  const incidents = Math.round(minutes * (stormy ? 3 : 2))
  const { groups, incidents: ofGroups } = groupScenarioOf(seed, minutes, emphasis)
  const { provisioning, incidents: ofProvisioning } = provisioningOf(seed, minutes, emphasis)
  return {
    seed,
    idempotency: chance.pick(['token', 'token', 'unique-name', 'lookup']),
    bootstrap: chance.pick(['kubelet', 'kubelet', 'kubelet', 'kubeadm', 'none']),
    provisioning,
    // Drawn apart: what was a story of other things stays one.
    nodeNames: chanceOf(seed, 'names').happens(0.3) ? 'cloud' : 'claim',
    floats: chanceOf(seed, 'images').happens(0.7),
    namesLate: chanceOf(seed, 'accounts').happens(0.2),
    managers,
    elects: managers === 2 || chance.happens(0.5),
    pageSize: chance.pick([2, 3, 500]),
    listDelayMs: chance.pick([0, 2_500, 4_500]),
    skewMs: [chance.between(-400, 400), chance.between(-400, 400)],
    api: rates(),
    cloud: { ...rates(), refused: 0 },
    pods,
    minAvailable: chance.pick([pods, pods - 1, pods - 1, Math.max(0, pods - 2)]),
    claims: chance.between(1, 3),
    oldNodes: chance.between(0, 2),
    sets: Array.from({ length: chance.between(1, 2) }, () => ({ replicas: chance.between(1, 4), maxSurge: chance.between(0, 1) })),
    chaosMs,
    groups,
    incidents: [
      ...Array.from({ length: incidents }, incidentsOf(chance, chaosMs, emphasis)).filter(
        ({ kind }) => !groups || !notWithGroups.has(kind),
      ),
      ...ofGroups,
      ...ofProvisioning,
    ].sort((a, b) => a.at - b.at),
  }
}
