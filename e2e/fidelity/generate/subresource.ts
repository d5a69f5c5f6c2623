import fc from 'fast-check'
import { keyOf } from '../memory.ts'
import type { ResourceName } from '../resources.ts'
import type { Fields, RequestStep, Value } from '../script.ts'
import { oneOf } from './chance.ts'
import { verdicts } from '../subjects/certificate-signing-request.ts'
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

/** The server puts in the time. No two are the same, so that each is a change at any time. */
const untimed: fc.Arbitrary<Fields> = fc
  .tuple(oneOf('Approved', 'Denied'), fc.nat())
  .map(([type, salt]) => ({ conditions: [{ type, status: 'True', reason: `Test${salt}` }] }))

export const approvals: fc.Arbitrary<RequestStep> = fc
  .tuple(
    places('certificatesigningrequests', goodName),
    fc.oneof({ weight: 4, arbitrary: oneOf(...verdicts) }, { weight: 1, arbitrary: untimed }),
    writeQuery,
    fc.nat(3),
  )
  .map(([target, status, query, dice]) => {
    const at = { do: 'request' as const, ...target, sub: 'approval', query }
    if (dice === 0) return { ...at, method: 'PATCH', body: { status } }
    const or = { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: metadataName(target) }, status }
    return { ...at, method: 'PUT', body: { $edit: keyOf(target), back: 0, merge: { status }, or } }
  })
