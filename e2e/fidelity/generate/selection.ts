import fc from 'fast-check'
import { type ResourceName, resources } from '../resources.ts'
import type { Fields } from '../script.ts'
import { oneOf } from './chance.ts'
import { trimmed } from './query.ts'

const selectors = oneOf(
  'app=a',
  'app!=a',
  'app in (a,b)',
  'app',
  '!app',
  'app=a,tier=front',
  'app notin (a)',
  'app==b',
  'app=a b',
  'app in a',
  'x y',
)

const fieldSelectors: Readonly<Partial<Record<ResourceName, readonly string[]>>> = {
  pods: ['spec.nodeName={id}-a', 'status.phase=Pending', 'spec.nodeName!={id}-a'],
  nodes: ['spec.unschedulable=true'],
  secrets: ['type=Opaque'],
  events: ['reason=Made', 'involvedObject.name=a', 'type!=Normal'],
  namespaces: ['status.phase=Active'],
}

export const selection = (resource: ResourceName): fc.Arbitrary<Fields> =>
  fc
    .record({
      labelSelector: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: selectors }),
      fieldSelector: fc.oneof(
        { weight: 5, arbitrary: fc.constant(null) },
        {
          weight: 1,
          arbitrary: oneOf(
            resources[resource].namespaced ? 'metadata.name=a' : 'metadata.name={id}-a',
            ...(fieldSelectors[resource] ?? []),
          ),
        },
      ),
    })
    .map(query => {
      if (resources[resource].namespaced) return trimmed(query)
      const own = query.labelSelector === null ? 'script={id}' : `script={id},${query.labelSelector}`
      return trimmed({ ...query, labelSelector: own })
    })
