import type { Emphasis } from '../../packages/testing/src/simulation/kinds.ts'

/** What a worker is started with. */
export interface WorkerOptions {
  readonly minutes: number | undefined
  /** Name of a deliberate mistake to simulate core with; undefined: core as it is. */
  readonly mutant: string | undefined
  /** Without that mistake: its histories alone. Default false. */
  readonly unharmed?: boolean
  /** What happens more often than usual. Default: as the mutant says. */
  readonly emphasis?: Emphasis | undefined
  /** A failed history is shrunk before it is told. */
  readonly shrink: boolean
}

/** What a worker says of one seed. */
export interface SeedOutcome {
  readonly seed: number
  readonly digest: string
  readonly clusterMs: number
  readonly steps: number
  /** The number of the invariant that did not hold; undefined when all did. */
  readonly invariant?: number
  /** The history of a failure, or the error of a simulation that broke down itself. */
  readonly story?: string
}
