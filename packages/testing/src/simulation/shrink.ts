import type { Incident } from './kinds.ts'
import type { Scenario } from './scenario.ts'
import { type SimulateOptions, type SimulationResult, simulate } from './simulate.ts'
import { calm } from './weather.ts'

export interface ShrinkOptions {
  /** How many histories may be lived through for it. Default 80. */
  readonly runs?: number
  /** Lives through a history. Default: {@link simulate}. */
  readonly live?: (options: SimulateOptions) => Promise<SimulationResult>
}

/**
 * Leaves out of a failed history what it fails without: the faults and the people's deeds that remain are its story. What
 * counts is that the same invariant is violated, not in the same words.
 */
export const shrink = async (failed: SimulationResult, { runs = 80, live = simulate }: ShrinkOptions = {}): Promise<SimulationResult> => {
  const { violation } = failed
  if (!violation) return failed
  let best = failed
  let left = runs

  const attempt = async (scenario: Scenario): Promise<boolean> => {
    if (left <= 0) return false
    left -= 1
    const result = await live({ seed: scenario.seed, scenario })
    if (result.violation?.invariant !== violation.invariant) return false
    best = result
    return true
  }
  const without = (dropped: readonly Incident[]): Scenario => ({
    ...best.scenario,
    incidents: best.scenario.incidents.filter(incident => !dropped.includes(incident)),
  })

  // What came after the violation has not happened.
  const end = failed.clusterMs
  await attempt({ ...failed.scenario, incidents: failed.scenario.incidents.filter(incident => incident.at < end) })
  // First: in other weather other incidents would be needed.
  await attempt({ ...best.scenario, api: calm })
  await attempt({ ...best.scenario, cloud: calm })
  for (let size = Math.ceil(best.scenario.incidents.length / 2); size >= 1 && left > 0; ) {
    const before = best.scenario.incidents.length
    for (let from = 0; from < best.scenario.incidents.length && left > 0; ) {
      // After a success the next ones have moved up.
      if (!(await attempt(without(best.scenario.incidents.slice(from, from + size))))) from += size
    }
    // One by one until each is needed: what an earlier one needed may have gone since.
    if (size > 1) size = Math.ceil(size / 2)
    else if (best.scenario.incidents.length === before) break
  }
  return best
}
