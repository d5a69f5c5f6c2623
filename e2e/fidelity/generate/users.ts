import fc from 'fast-check'
import type { SubjectName } from '../resources.ts'
import type { Script, Step } from '../script.ts'
import { actors } from './actors.ts'
import { oneOf } from './chance.ts'
import { changes, grants } from './grants.ts'
import { reviews } from './reviews.ts'
import { stepsOf } from './steps.ts'

const kinds: readonly SubjectName[] = ['configmaps', 'secrets', 'pods', 'widgets', 'leases', 'nodes', 'nodesets']

/** Some of what everybody does, done by users whose rights are the script's own. */
export const userScripts = (longest: number): fc.Arbitrary<Script> =>
  fc.uniqueArray(oneOf(...kinds), { minLength: 1, maxLength: 3 }).chain(chosen => {
    const usual = fc.tuple(
      fc.oneof(...chosen.map(stepsOf)),
      fc.oneof({ weight: 1, arbitrary: fc.constant(undefined) }, { weight: 5, arbitrary: actors }),
    )
    const acting: fc.Arbitrary<Step> = usual.map(([step, as]) => (as === undefined ? step : { ...step, as }))
    const asking = fc
      .tuple(reviews, fc.option(actors, { nil: undefined, freq: 3 }))
      .map(([step, as]): Step => (as === undefined ? step : { ...step, as }))
    const steps = fc.array(
      fc.oneof({ weight: 10, arbitrary: acting }, { weight: 4, arbitrary: asking }, { weight: 1, arbitrary: changes }),
      { minLength: 1, maxLength: longest, size: 'max' },
    )
    return fc.tuple(grants, steps).map(([first, rest]) => ({ steps: [...first, ...rest] }))
  })
