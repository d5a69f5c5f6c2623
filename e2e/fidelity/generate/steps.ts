import fc from 'fast-check'
import type { SubjectName } from '../resources.ts'
import type { RequestStep, WatchStep } from '../script.ts'
import { applies, scaleApplies } from './apply.ts'
import { patches, updates } from './change.ts'
import { creations } from './create.ts'
import { collectionRemovals, removals } from './delete.ts'
import { withAccept } from './query.ts'
import { gets, lists, watches } from './read.ts'
import { strategicPatches } from './strategic.ts'
import { approvals, evictions, scales } from './subresource.ts'

/** Kinds with a scale, and one without. */
const scaled: ReadonlySet<SubjectName> = new Set(['widgets', 'nodesets', 'replicasets', 'configmaps'])

const custom: ReadonlySet<SubjectName> = new Set(['widgets', 'gadgets', 'newgadgets', 'gizmos', 'nodesets', 'nodeclasses'])
const isCustom = (resource: SubjectName): boolean => custom.has(resource)

/** Steps about one kind, as often as people do them. */
export const stepsOf = (resource: SubjectName): fc.Arbitrary<RequestStep | WatchStep> =>
  fc.oneof(
    { weight: 6, arbitrary: withAccept(creations(resource)) },
    { weight: 5, arbitrary: updates(resource) },
    { weight: 5, arbitrary: withAccept(patches(resource)) },
    ...(isCustom(resource) ? [] : [{ weight: 1, arbitrary: strategicPatches(resource) }]),
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
    ...(resource === 'certificatesigningrequests' ? [{ weight: 5, arbitrary: approvals }] : []),
    ...(resource === 'pods' ? [{ weight: 2, arbitrary: evictions }] : []),
  )
