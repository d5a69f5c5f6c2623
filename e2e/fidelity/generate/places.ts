import fc from 'fast-check'
import { keyOf } from '../memory.ts'
import { type ResourceName, resources } from '../resources.ts'
import type { Fields, Namespace, Target, Value } from '../script.ts'
import { oneOf } from './chance.ts'

export const name: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: oneOf('a', 'b', 'c') },
  { weight: 1, arbitrary: oneOf('Bad_Name', 'x'.repeat(254), 'dot.ted', '-a') },
)

export const goodName: fc.Arbitrary<string> = oneOf('a', 'b', 'c')

const namespace = fc.oneof({ weight: 5, arbitrary: fc.constant<Namespace>('x') }, { weight: 1, arbitrary: fc.constant<Namespace>('y') })

export const places = (resource: ResourceName, names: fc.Arbitrary<string>): fc.Arbitrary<Target & { readonly name: string }> =>
  fc.tuple(names, namespace).map(([n, ns]) => ({ resource, name: n, ...(resources[resource].namespaced ? { ns } : {}) }))

export const metadataName = ({ resource, name: n = '' }: Target): string => (resources[resource].namespaced ? n : `{id}-${n}`)

/** Cluster-scoped objects of all scripts lie side by side: those of this one are known by a label. */
export const marked = (resource: ResourceName, content: Fields, meta: Fields): Fields => {
  const { labels } = meta
  const own = typeof labels === 'object' && labels !== null && !Array.isArray(labels) ? (labels as Fields) : {}
  return resources[resource].namespaced
    ? { ...content, metadata: meta }
    : { ...content, metadata: { ...meta, labels: { ...own, script: '{id}' } } }
}

export const back: fc.Arbitrary<number> = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: oneOf(1, 2) })

export const version = (target: Target): fc.Arbitrary<Value> =>
  back.map(n => ({ $seen: keyOf(target), at: ['metadata', 'resourceVersion'], back: n, or: '1' }))

export const uid = (target: Target): Value => ({
  $seen: keyOf(target),
  at: ['metadata', 'uid'],
  back: 0,
  or: '44444444-4444-4444-8444-444444444444',
})
