import fc from 'fast-check'
import type { SubjectName } from '../resources.ts'
import type { Script } from '../script.ts'
import { gadgetDefinition } from '../widget.ts'
import { oneOf } from './chance.ts'
import { definition, definitionSteps } from './definition.ts'
import { stepsOf } from './steps.ts'

const usual: readonly SubjectName[] = [
  'configmaps',
  'secrets',
  'pods',
  'events',
  'nodes',
  'namespaces',
  'leases',
  'poddisruptionbudgets',
  'replicasets',
  'nodeclasses',
  'nodesets',
  'widgets',
]

/** A script is about one to three kinds, so that its steps meet each other. */
export const scripts = (longest: number, kinds: readonly SubjectName[] = usual): fc.Arbitrary<Script> =>
  fc
    .uniqueArray(oneOf(...kinds), { minLength: 1, maxLength: 3 })
    .chain(chosen =>
      fc.array(fc.oneof(...chosen.map(stepsOf)), { minLength: 1, maxLength: longest, size: 'max' }).map(steps => ({ steps })),
    )

/** The life of a custom kind. Each change of a definition takes a moment, so these scripts are few. */
export const definitionScripts = (longest: number): fc.Arbitrary<Script> =>
  fc
    .array(fc.oneof({ weight: 1, arbitrary: definitionSteps }, { weight: 4, arbitrary: stepsOf('gadgets') }), {
      minLength: 1,
      maxLength: longest,
      size: 'max',
    })
    .map(steps => ({
      steps: [
        { do: 'request', method: 'POST', resource: 'customresourcedefinitions', body: gadgetDefinition(10, false) } as const,
        ...steps,
        { do: 'request', method: 'DELETE', ...definition } as const,
      ],
    }))
