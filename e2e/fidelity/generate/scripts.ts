import fc from 'fast-check'
import type { SubjectName } from '../resources.ts'
import type { Script } from '../script.ts'
import { gadgetDefinition, versionedGadget } from '../widget.ts'
import { oneOf } from './chance.ts'
import { clashes, definition, definitionSteps, discoverySteps } from './definition.ts'
import { wrongDefinitions } from './schema.ts'
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
  'certificatesigningrequests',
]

/** A script is about one to three kinds, so that its steps meet each other. */
export const scripts = (longest: number, kinds: readonly SubjectName[] = usual): fc.Arbitrary<Script> =>
  fc
    .uniqueArray(oneOf(...kinds), { minLength: 1, maxLength: 3 })
    .chain(chosen =>
      fc.array(fc.oneof(...chosen.map(stepsOf)), { minLength: 1, maxLength: longest, size: 'max' }).map(steps => ({ steps })),
    )

/** Definitions that are mostly wrong, each by itself. */
export const wrongDefinitionScripts = (longest: number): fc.Arbitrary<Script> =>
  fc.array(wrongDefinitions, { minLength: 1, maxLength: longest, size: 'max' }).map(steps => ({ steps }))

const firstDefinitions = oneOf(
  gadgetDefinition(10, false),
  versionedGadget(
    [
      { name: 'v1', served: true, storage: true, extra: false },
      { name: 'v2', served: true, storage: false, extra: true },
    ],
    { shortNames: ['gd'], categories: ['toys'] },
  ),
)

/** The life of a custom kind, in one version or several. Each change of a definition takes a moment, so these scripts are few. */
export const definitionScripts = (longest: number): fc.Arbitrary<Script> =>
  fc
    .tuple(
      firstDefinitions,
      fc.array(
        fc.oneof(
          { weight: 2, arbitrary: definitionSteps },
          { weight: 2, arbitrary: discoverySteps },
          { weight: 4, arbitrary: stepsOf('gadgets') },
          { weight: 3, arbitrary: stepsOf('newgadgets') },
          { weight: 3, arbitrary: clashes },
          { weight: 1, arbitrary: stepsOf('gizmos') },
        ),
        { minLength: 1, maxLength: longest, size: 'max' },
      ),
    )
    .map(([body, steps]) => ({
      steps: [
        { do: 'request', method: 'POST', resource: 'customresourcedefinitions', body } as const,
        ...steps,
        { do: 'request', method: 'DELETE', ...definition } as const,
      ],
    }))
