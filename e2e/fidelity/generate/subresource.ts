import fc from 'fast-check'
import { keyOf } from '../memory.ts'
import type { ResourceName } from '../resources.ts'
import type { Fields, RequestStep, Value } from '../script.ts'
import { oneOf } from './chance.ts'
import { goodName, metadataName, places, uid } from './places.ts'
import { writeQuery } from './query.ts'

export const scales = (resource: ResourceName): fc.Arbitrary<RequestStep> =>
  places(resource, goodName).chain(target =>
    fc.tuple(oneOf<Value>(2, 7, 0, -1, 12), fc.nat(3), writeQuery).map(([replicas, dice, query]) => {
      const at = { do: 'request' as const, ...target, sub: 'scale' }
      if (dice === 0) return { ...at, method: 'GET' }
      if (dice === 1) return { ...at, method: 'PATCH', query, body: { spec: { replicas } } }
      const resourceVersion: Fields =
        dice === 2 ? { resourceVersion: { $seen: keyOf(target), at: ['metadata', 'resourceVersion'], back: 0, or: '1' } } : {}
      const scaleName = metadataName(target)
      return {
        ...at,
        method: 'PUT',
        query,
        body: {
          apiVersion: 'autoscaling/v1',
          kind: 'Scale',
          metadata: { name: scaleName, ...(target.ns === undefined ? {} : { namespace: `{id}-${target.ns}` }), ...resourceVersion },
          spec: { replicas },
        },
      }
    }),
  )

export const evictions: fc.Arbitrary<RequestStep> = fc
  .tuple(places('pods', goodName), writeQuery, fc.nat(5))
  .map(([target, query, dice]) => ({
    do: 'request',
    method: 'POST',
    ...target,
    sub: 'eviction',
    query,
    body: {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: dice === 0 ? 'other' : target.name, namespace: `{id}-${target.ns}` },
      ...(dice === 1
        ? { deleteOptions: { gracePeriodSeconds: 0 } }
        : dice === 2
          ? { deleteOptions: { preconditions: { uid: uid(target) } } }
          : {}),
    },
  }))
