import { chanceOf } from './chance.ts'
import { type Emphasis, type Incident, type IncidentKind, provisioningIncidentsOf } from './kinds.ts'

/** What machines are made of, and how they are told. */
export interface ProvisioningScenario {
  /** `steps`: the provider logs in, and does one step after the other. */
  readonly delivery: 'user-data' | 'steps'
  /** The class has a file that stands in a ConfigMap. */
  readonly hasFile: boolean
}

const ofFiles: ReadonlySet<IncidentKind> = new Set<IncidentKind>(['lose-file', 'edit-file'])

/** Drawn apart from all else: histories without it stay what they are. */
export const provisioningOf = (
  seed: number,
  minutes: number,
  emphasis?: Emphasis,
): { readonly provisioning: ProvisioningScenario; readonly incidents: readonly Incident[] } => {
  const chance = chanceOf(seed, 'provisioning')
  const provisioning = { delivery: chance.happens(0.35) ? 'steps' : 'user-data', hasFile: chance.happens(0.4) } as const
  const draw = provisioningIncidentsOf(chance, minutes * 60_000, emphasis)
  const incidents = Array.from({ length: Math.round(minutes * 0.25) }, draw)
  return { provisioning, incidents: incidents.filter(({ kind }) => provisioning.hasFile || !ofFiles.has(kind)) }
}
