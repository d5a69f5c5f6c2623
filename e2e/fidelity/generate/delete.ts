import fc from 'fast-check'
import { type ResourceName, resources } from '../resources.ts'
import type { RequestStep } from '../script.ts'
import { oneOf } from './chance.ts'
import { goodName, places, uid, version } from './places.ts'
import { trimmed } from './query.ts'
import { selection } from './selection.ts'

export const removals = (resource: ResourceName): fc.Arbitrary<RequestStep> =>
  places(resource, goodName).chain(target =>
    fc
      .tuple(
        fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: oneOf('Background', 'Foreground', 'Orphan', 'Odd') }),
        fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: oneOf(0, 29, 1, -1) }),
        fc.oneof(
          { weight: 6, arbitrary: fc.constant({}) },
          { weight: 1, arbitrary: version(target).map(resourceVersion => ({ resourceVersion })) },
          { weight: 1, arbitrary: fc.constant({ uid: uid(target) }) },
          { weight: 1, arbitrary: fc.constant({ uid: '55555555-5555-4555-8555-555555555555' }) },
        ),
        fc.nat(9),
        fc.boolean(),
      )
      .map(([propagationPolicy, gracePeriodSeconds, preconditions, dry, inBody]) => {
        const options = trimmed({
          propagationPolicy: resource === 'namespaces' ? null : propagationPolicy,
          gracePeriodSeconds,
          ...(dry === 0 ? { dryRun: inBody ? ['All'] : 'All' } : {}),
        })
        const step: RequestStep = { do: 'request', method: 'DELETE', ...target }
        const conditional = Object.keys(preconditions).length > 0
        if (!inBody && !conditional) return { ...step, query: options }
        const dryRun = dry === 0 ? { dryRun: ['All'] } : {}
        return {
          ...step,
          body: { kind: 'DeleteOptions', apiVersion: 'v1', ...options, ...dryRun, ...(conditional ? { preconditions } : {}) },
        }
      }),
  )

export const collectionRemovals = (resource: ResourceName): fc.Arbitrary<RequestStep> =>
  fc.tuple(selection(resource), fc.nat(9), fc.nat(3)).map(([query, dice, body]) => ({
    do: 'request',
    method: 'DELETE',
    resource,
    ...(resources[resource].namespaced ? { ns: 'x' as const } : {}),
    query: dice < 2 ? { ...query, dryRun: 'All' } : query,
    ...(body === 0 ? { body: { kind: 'DeleteOptions', apiVersion: 'v1', ...(dice < 4 ? {} : { dryRun: ['All'] }) } } : {}),
  }))
