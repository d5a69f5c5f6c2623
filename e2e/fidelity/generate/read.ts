import fc from 'fast-check'
import { type ResourceName, resources } from '../resources.ts'
import type { Fields, Namespace, RequestStep, WatchStep } from '../script.ts'
import { oneOf } from './chance.ts'
import { goodName, places } from './places.ts'
import { selection } from './selection.ts'

/** Kinds that nobody knew of when the servers started. */
const custom: ReadonlySet<ResourceName> = new Set(['widgets', 'nodeclasses', 'nodesets'])

export const gets = (resource: ResourceName): fc.Arbitrary<RequestStep> =>
  fc.tuple(places(resource, goodName), fc.nat(9)).map(([target, dice]) => ({
    do: 'request',
    method: 'GET',
    ...target,
    ...(dice === 0 ? { sub: 'status' } : dice === 1 ? { sub: 'nothing' } : {}),
  }))

export const lists = (resource: ResourceName): fc.Arbitrary<RequestStep> =>
  fc
    .tuple(
      selection(resource),
      fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: oneOf(1, 2) }),
      fc.oneof(
        { weight: 4, arbitrary: fc.constant<Fields>({}) },
        { weight: 1, arbitrary: fc.constant<Fields>({ resourceVersion: '0' }) },
        { weight: 1, arbitrary: fc.constant<Fields>({ continue: { $list: resource, at: ['continue'], back: 0, or: '' } }) },
        {
          weight: 1,
          arbitrary: oneOf('Exact', 'NotOlderThan', 'Odd').map(match => ({
            resourceVersion: { $list: resource, at: ['resourceVersion'], back: 0, or: '' },
            resourceVersionMatch: match,
          })),
        },
        {
          weight: 1,
          arbitrary: oneOf<Fields>(
            { resourceVersion: 'abc' },
            { fieldSelector: 'metadata.nothing=a' },
            { resourceVersionMatch: 'Exact' },
            { resourceVersion: '0', resourceVersionMatch: 'Exact' },
            { continue: 'nonsense' },
            { sendInitialEvents: 'true' },
            { limit: 'many' },
          ),
        },
      ),
      fc.oneof(
        { weight: 4, arbitrary: fc.constant<Namespace | undefined>('x') },
        { weight: 1, arbitrary: oneOf<Namespace | undefined>('y') },
      ),
    )
    .map(([query, limit, at, ns]) => ({
      do: 'request',
      method: 'GET',
      resource,
      ...(ns !== undefined && resources[resource].namespaced ? { ns } : {}),
      query: { ...query, ...(limit === null || !resources[resource].namespaced ? {} : { limit }), ...at },
    }))

export const watches = (resource: ResourceName): fc.Arbitrary<WatchStep> =>
  fc
    .tuple(
      selection(resource),
      fc.oneof(
        { weight: 2, arbitrary: fc.constant<Fields>({ resourceVersion: '0' }) },
        { weight: 3, arbitrary: fc.constant<Fields>({ resourceVersion: { $list: resource, at: ['resourceVersion'], back: 0, or: '0' } }) },
        { weight: 1, arbitrary: fc.constant<Fields>({}) },
        {
          weight: 2,
          arbitrary: fc.constant<Fields>({ sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' }),
        },
        {
          weight: 1,
          arbitrary: oneOf<Fields>(
            { sendInitialEvents: 'true' },
            { resourceVersionMatch: 'Exact' },
            { resourceVersion: 'abc' },
            { sendInitialEvents: 'false', resourceVersionMatch: 'NotOlderThan' },
            // Before the first object of a custom kind; others may have been watched from the start.
            ...(custom.has(resource) ? [{ resourceVersion: '1' }, { resourceVersion: '1' }] : []),
          ),
        },
      ),
    )
    .map(([query, at]) => ({
      do: 'watch',
      resource,
      ...(resources[resource].namespaced ? { ns: 'x' as const } : {}),
      query: { ...query, ...at },
    }))
