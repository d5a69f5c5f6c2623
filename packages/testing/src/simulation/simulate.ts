import { converge } from './converge.ts'
import { endFaults } from './convergence.ts'
import { schedule } from './incidents/index.ts'
import { type Invariant, type Violation, watches } from './invariants/index.ts'
import type { Emphasis } from './kinds.ts'
import { narrate } from './narrate.ts'
import { type Scenario, scenarioOf } from './scenario.ts'
import { setUp } from './setUp.ts'
import { awaiting, createWorld, tickEvery } from './world.ts'

export interface SimulateOptions {
  /** A whole number: the same seed gives the same history, byte for byte. */
  readonly seed: number
  /** How many minutes of cluster time things go wrong; then all faults end. Default 20. */
  readonly minutes?: number
  /** What shall happen more often, or never (0): another history of the same seed. */
  readonly emphasis?: Emphasis
  /** Another scenario than the seed's: to leave parts of a story out. */
  readonly scenario?: Scenario
  /** Log lines of the managers become part of the story. */
  readonly verbose?: boolean
}

export interface SimulationResult {
  readonly seed: number
  /** SHA-256 of the history, in hex. */
  readonly digest: string
  /** Undefined when all held and the cluster converged. */
  readonly violation: Violation | undefined
  /** What happened, for people. */
  readonly story: readonly string[]
  /** Milliseconds of the cluster's life. */
  readonly clusterMs: number
  /** Events that were ordered. */
  readonly steps: number
  readonly scenario: Scenario
}

/** Lives through a cluster's history with faults, and checks from outside what must hold, at each of its steps. */
export const simulate = async (options: SimulateOptions): Promise<SimulationResult> => {
  const scenario = options.scenario ?? scenarioOf(options.seed, options.minutes, options.emphasis)
  const world = createWorld(scenario.seed)
  let violation: Violation | undefined
  const report = (invariant: number, words: string): void => {
    if (violation) return
    violation = { invariant, words }
    world.tell(`! invariant ${invariant} is violated: ${words}`)
  }

  const result = (): SimulationResult => ({
    seed: scenario.seed,
    digest: world.digest(),
    violation,
    story: world.story,
    clusterMs: world.now,
    steps: world.steps,
    scenario,
  })

  const invariants: Invariant[] = []
  const { stage, end } = await setUp(world, scenario, invariants, options.verbose ?? false)
  for (const watch of watches) invariants.push(watch(stage, report))
  narrate(stage)
  tickEvery(world, 10_000, () => {
    for (const invariant of invariants) invariant.tick?.()
  })

  let failure: unknown
  schedule(stage, scenario.incidents, error => {
    failure ??= error
  })

  const going = (): boolean => violation === undefined && failure === undefined
  const runUntil = async (time: number, done: () => boolean = () => false): Promise<boolean> => {
    while (going() && world.now < time && !done()) if (!(await world.step())) throw new Error('nothing is left to happen in this world')
    return done()
  }

  await runUntil(scenario.chaosMs)
  if (going()) {
    await awaiting(world, endFaults(stage))
    await converge(stage, going, runUntil, report)
  }
  if (failure !== undefined) throw new Error(`seed ${scenario.seed}: the simulation itself failed`, { cause: failure })
  await end()
  return result()
}
