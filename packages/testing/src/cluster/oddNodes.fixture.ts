import { annotations, finalizers, labels, taints } from '@kube-node/core/api'
import fc from 'fast-check'
import type { Actor } from './actors.fixture.ts'
import { type Body, type Story, ownedBySet } from './story.fixture.ts'

/** Nodes as nobody writes them: without maps, with null for them, with empty ones, with half of what belongs into them. */
const sometimes = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
  fc.oneof({ weight: 3, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constant(undefined) })

const mapOf = (keys: readonly string[], values: readonly (string | null)[]): fc.Arbitrary<Readonly<Record<string, string | null>>> =>
  fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...values), { maxKeys: 4 })

const metadata = fc.record({
  labels: sometimes(
    mapOf([labels.class, labels.revision, 'tier', 'kubernetes.io/hostname', 'kube-node.dev/x'], ['small', 'big', '', null]),
  ),
  annotations: sometimes(
    mapOf([...Object.values(annotations), 'note', 'kube-node.dev/x'], ['Running', 'small', '', '{"a": "\\u0000"}', null]),
  ),
  finalizers: sometimes(fc.uniqueArray(fc.constantFrom(finalizers.machine, 'example.com/x', 'kube-node.dev/x'))),
  ownerReferences: sometimes(
    fc.constantFrom<readonly unknown[]>([], Object.values(ownedBySet).flat(), [
      { apiVersion: 'v1', kind: 'Namespace', name: 'default', uid: 'u' },
    ]),
  ),
})
const taint = fc.record(
  { key: fc.constantFrom(taints.notUp, 'a'), effect: fc.constantFrom('NoExecute', 'NoSchedule'), value: fc.constantFrom('', 'v', null) },
  { requiredKeys: ['key', 'effect'] },
)
const spec = fc.record({
  taints: sometimes(fc.uniqueArray(taint, { selector: ({ key, effect }) => key + effect })),
  providerID: sometimes(fc.constantFrom('', 'simulated:///a/1')),
  podCIDR: sometimes(fc.constantFrom('', '10.1.0.0/24')),
  unschedulable: sometimes(fc.boolean()),
})
const kubeletEndpoint = sometimes(fc.record({ Port: sometimes(fc.constantFrom(0, 10_250)) }))
const nodeInfo = fc.record({
  kubeletVersion: sometimes(fc.constantFrom('', 'v1.37.2')),
  swap: sometimes(fc.constantFrom({}, { capacity: 1 })),
})
const status = fc.record({
  conditions: sometimes(
    fc.constantFrom<readonly unknown[]>([], [{ type: 'Ready', status: 'True' }], [{ type: 'Ready', status: 'Unknown', reason: null }]),
  ),
  addresses: sometimes(fc.constantFrom<readonly unknown[]>([], [{ type: 'InternalIP', address: '10.0.0.1' }])),
  capacity: sometimes(fc.constantFrom({}, { cpu: '1' })),
  phase: sometimes(fc.constantFrom('', 'Running')),
  nodeInfo: sometimes(nodeInfo),
  daemonEndpoints: sometimes(fc.record({ kubeletEndpoint })),
})
const anything = fc.record({ metadata: sometimes(metadata), spec: sometimes(spec), status: sometimes(status) })
const body = anything as fc.Arbitrary<Body> // border: null where a Body has nothing

const actors: readonly Actor[] = [
  'kubelet',
  'developer',
  'stranger',
  'node-controller',
  'cloud-controller-manager',
  'controller',
  'administrator',
]

/** Something done to an odd Node, or making one. */
export const oddStories: fc.Arbitrary<Story> = fc
  .record({
    who: fc.constantFrom(...actors),
    given: body,
    patch: body,
    how: fc.constantFrom('create', 'patch', 'patch status', 'delete'),
  })
  .map(({ who, given, patch, how }) => ({
    title: how,
    who,
    ends: 'ok',
    ...(how === 'create' ? {} : { given }),
    does:
      how === 'create' ? { create: patch } : how === 'delete' ? { delete: true } : how === 'patch' ? { patch } : { patch, on: 'status' },
  }))

/** What CEL says when an expression could not be evaluated; under failurePolicy Fail that is a denial. */
export const evaluationError: RegExp = /resulted in error|no such (key|overload)|failed to evaluate|cost limit/
