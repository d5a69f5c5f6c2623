import fc from 'fast-check'
import type { ResourceName } from '../resources.ts'
import type { Script, Step } from '../script.ts'
import { gadgetDefinition } from '../widget.ts'
import { applies, scaleApplies } from './apply.ts'
import { oneOf } from './chance.ts'
import { patches, updates } from './change.ts'
import { creations } from './create.ts'
import { definition, definitionSteps } from './definition.ts'
import { collectionRemovals, removals } from './delete.ts'
import { withAccept } from './query.ts'
import { gets, lists, watches } from './read.ts'
import { evictions, scales } from './subresource.ts'

/** Kinds with a scale, and one without. */
const scaled: ReadonlySet<ResourceName> = new Set(['widgets', 'nodesets', 'replicasets', 'configmaps'])

/** Steps about one kind, as often as people do them. */
export const stepsOf = (resource: ResourceName): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 6, arbitrary: withAccept(creations(resource)) },
    { weight: 5, arbitrary: updates(resource) },
    { weight: 5, arbitrary: withAccept(patches(resource)) },
    { weight: 5, arbitrary: withAccept(applies(resource)) },
    { weight: 3, arbitrary: withAccept(lists(resource)) },
    { weight: 2, arbitrary: withAccept(gets(resource)) },
    { weight: 2, arbitrary: removals(resource) },
    {
      weight: 1,
      arbitrary: withAccept(watches(resource)).filter(
        ({ accept: as, query }) => as === undefined || (!as.includes('MetadataList') && query?.['sendInitialEvents'] === undefined),
      ),
    },
    ...(resource === 'namespaces' ? [] : [{ weight: 1, arbitrary: collectionRemovals(resource) }]),
    ...(scaled.has(resource)
      ? [
          { weight: 1, arbitrary: scales(resource) },
          { weight: 1, arbitrary: scaleApplies(resource) },
        ]
      : []),
    ...(resource === 'pods' ? [{ weight: 2, arbitrary: evictions }] : []),
  )

const usual: readonly ResourceName[] = [
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
export const scripts = (longest: number, kinds: readonly ResourceName[] = usual): fc.Arbitrary<Script> =>
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
