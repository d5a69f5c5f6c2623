import fc from 'fast-check'
import { keyOf } from '../memory.ts'
import { resources } from '../resources.ts'
import type { Fields, RequestStep, Script, Target, Value } from '../script.ts'
import { oneOf } from './chance.ts'

const owned = ['configmaps', 'secrets', 'leases'] as const
const names = ['a', 'b', 'c', 'd'] as const

const target: fc.Arbitrary<Target & { readonly name: string }> = fc
  .tuple(oneOf(...owned), oneOf(...names), fc.nat(7))
  .map(([resource, name, dice]) => ({ resource, name, ns: dice === 0 ? ('y' as const) : ('x' as const) }))

/** Another object as an owner, in its server's own words: one that was there once, is there, or never was. */
const reference = (owner: Target, rest: Fields): Fields => {
  const { apiVersion, kind } = resources[owner.resource]
  const uid: Value = { $seen: keyOf(owner), at: ['metadata', 'uid'], back: 0, or: '66666666-6666-4666-8666-666666666666' }
  return { apiVersion, kind, name: owner.name ?? '', uid, ...rest }
}

const owners: fc.Arbitrary<readonly Value[]> = fc.uniqueArray(
  fc.tuple(target, oneOf<Fields>({}, {}, { blockOwnerDeletion: true })).map(([owner, rest]) => reference(owner, rest)),
  { maxLength: 2, selector: ({ kind, name }) => JSON.stringify([kind, name]) },
)

const creations: fc.Arbitrary<RequestStep> = fc.tuple(target, owners, fc.nat(5)).map(([{ name, ...place }, refs, dice]) => {
  const { apiVersion, kind } = resources[place.resource]
  const metadata: Fields = {
    name,
    ...(refs.length === 0 ? {} : { ownerReferences: refs }),
    ...(dice === 0 && place.ns === 'x' ? { finalizers: ['example.test/hold'] } : {}),
  }
  return { do: 'request', method: 'POST', ...place, body: { apiVersion, kind, metadata } }
})

const removals: fc.Arbitrary<RequestStep> = fc
  .tuple(target, oneOf(null, 'Background', 'Foreground', 'Foreground', 'Orphan'))
  .map(([place, propagationPolicy]) => ({
    do: 'request',
    method: 'DELETE',
    ...place,
    ...(propagationPolicy === null ? {} : { query: { propagationPolicy } }),
  }))

const releases: fc.Arbitrary<RequestStep> = fc
  .tuple(
    target,
    oneOf<Fields>({ finalizers: null }, { finalizers: null }, { ownerReferences: null }, { finalizers: ['example.test/hold'] }),
  )
  .map(([place, metadata]) => ({ do: 'request', method: 'PATCH', ...place, ns: 'x', body: { metadata } }))

const pods: fc.Arbitrary<RequestStep> = fc.tuple(oneOf(...names), oneOf('a', 'a', 'b')).map(([name, app]) => ({
  do: 'request',
  method: 'POST',
  resource: 'pods',
  ns: 'x',
  body: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app } },
    spec: { containers: [{ name: 'c', image: 'registry.test/c:1' }] },
  },
}))

const pod = oneOf(...names).map((name): Target & { readonly name: string } => ({ resource: 'pods', ns: 'x', name }))

const readiness: fc.Arbitrary<RequestStep> = fc.tuple(pod, oneOf('True', 'True', 'False')).map(([place, status]) => ({
  do: 'request',
  method: 'PATCH',
  ...place,
  sub: 'status',
  body: { status: { phase: 'Running', conditions: [{ type: 'Ready', status }] } },
}))

const evictions: fc.Arbitrary<RequestStep> = pod.map(place => ({
  do: 'request',
  method: 'POST',
  ...place,
  sub: 'eviction',
  body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: place.name, namespace: '{id}-x' } },
}))

/** Each over pods of its own: of two over one pod, kube-controller-manager keeps one up to date, whichever that is. */
const budgets: fc.Arbitrary<RequestStep> = fc
  .tuple(oneOf(['p', 'a'] as const, ['p', 'a'] as const, ['q', 'b'] as const), oneOf<Value>(0, 1, 1, 2), fc.nat(4))
  .map(([[name, app], minAvailable, dice]): RequestStep => {
    const place = { resource: 'poddisruptionbudgets', ns: 'x' } as const
    if (dice === 0) return { do: 'request', method: 'DELETE', ...place, name }
    if (dice === 1) return { do: 'request', method: 'PATCH', ...place, name, body: { spec: { minAvailable } } }
    const spec = { minAvailable, selector: { matchLabels: { app } } }
    return {
      do: 'request',
      method: 'POST',
      ...place,
      body: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name }, spec },
    }
  })

const namespaces: RequestStep = { do: 'request', method: 'DELETE', resource: 'namespaces', name: 'y' }

/** What Kubernetes' controllers have their part in: owners, and namespaces that go; or pods and their budgets. */
export const controllerScripts = (longest: number): fc.Arbitrary<Script> => {
  const collected = fc.oneof({ weight: 8, arbitrary: creations }, { weight: 5, arbitrary: removals }, { weight: 3, arbitrary: releases })
  const disrupted = fc.oneof(
    { weight: 4, arbitrary: pods },
    { weight: 5, arbitrary: readiness },
    { weight: 3, arbitrary: budgets },
    { weight: 3, arbitrary: evictions },
  )
  const of = (steps: fc.Arbitrary<RequestStep>): fc.Arbitrary<Script> =>
    fc.array(steps, { minLength: 1, maxLength: longest, size: 'max' }).map(all => ({ steps: all }))
  // It takes kube-controller-manager five seconds to begin with a namespace, so few go, and late.
  const emptied = fc.tuple(of(collected), of(collected)).map(([{ steps }, after]) => ({ steps: [...steps, namespaces, ...after.steps] }))
  return fc.oneof({ weight: 6, arbitrary: of(collected) }, { weight: 1, arbitrary: emptied }, { weight: 4, arbitrary: of(disrupted) })
}
