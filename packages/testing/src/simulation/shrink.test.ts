import { expect, it } from 'vitest'
import type { Incident, IncidentKind } from './kinds.ts'
import { type Scenario, scenarioOf } from './scenario.ts'
import { shrink } from './shrink.ts'
import type { SimulateOptions, SimulationResult } from './simulate.ts'
import { calm } from './weather.ts'

const happening = (...kinds: readonly IncidentKind[]): readonly Incident[] => kinds.map((kind, at) => ({ kind, at, which: 0, ms: 0 }))

/** A made-up history: it fails where `fails` says so. */
const living =
  (fails: (scenario: Scenario, kinds: ReadonlySet<IncidentKind>) => boolean) =>
  async ({ seed, scenario = scenarioOf(seed) }: SimulateOptions): Promise<SimulationResult> => {
    const failed = fails(scenario, new Set(scenario.incidents.map(({ kind }) => kind)))
    return {
      seed,
      scenario,
      violation: failed ? { invariant: 1, words: 'two machines' } : undefined,
      digest: '',
      story: [],
      clusterMs: 60_000,
      steps: 1,
    }
  }

it('leaves out the incidents that only a storm needs, as it calms the weather first', async () => {
  const live = living(
    ({ api, cloud }, kinds) => kinds.has('crash') && (kinds.has('freeze') || (api.lostBefore === 0 && cloud.lostBefore === 0)),
  )
  const storm = { ...calm, lostBefore: 0.1 }
  const scenario = { ...scenarioOf(1), api: storm, cloud: storm, incidents: happening('stop', 'crash', 'freeze', 'delete-claim') }
  const shrunk = await shrink(await live({ seed: 1, scenario }), { live })
  expect(shrunk.scenario).toMatchObject({ api: calm, cloud: calm })
  expect(shrunk.scenario.incidents.map(({ kind }) => kind)).toEqual(['crash'])
})
