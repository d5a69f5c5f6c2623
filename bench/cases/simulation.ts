import { runFleet, seedsFrom } from '../../scripts/simulation/fleet.ts'

/** How much cluster life the simulation lives through. */
export interface SimulationResult {
  readonly seeds: number
  readonly clusterHours: number
  readonly cpuSeconds: number
  /** Seconds of cluster life for each second of the processor. */
  readonly ratio: number
}

const seeds = 20

/** @throws Error when a history breaks an invariant: figures of a broken one are none. */
export const simulationCase = async (): Promise<SimulationResult> => {
  const before = process.cpuUsage()
  let clusterMs = 0
  let broken: string | undefined
  await runFleet({
    seeds: seedsFrom(1, seeds),
    minutes: undefined,
    mutant: undefined,
    emphasis: undefined,
    shrink: false,
    onOutcome: ({ clusterMs: lived, invariant, seed }) => {
      clusterMs += lived
      if (invariant !== undefined) broken ??= `seed ${seed}: ${invariant}`
      return broken === undefined
    },
  })
  if (broken !== undefined) throw new Error(broken)
  const { user, system } = process.cpuUsage(before)
  const cpuSeconds = (user + system) / 1e6
  return { seeds, clusterHours: clusterMs / 3_600_000, cpuSeconds, ratio: Math.round(clusterMs / 1_000 / cpuSeconds) }
}
