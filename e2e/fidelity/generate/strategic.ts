import fc from 'fast-check'
import type { SubjectName } from '../resources.ts'
import type { Fields, RequestStep } from '../script.ts'
import { oneOf } from './chance.ts'
import { goodName, places } from './places.ts'
import { writeQuery } from './query.ts'

/**
 * Directives that only a strategic merge knows, in what all kinds have. None gives an order to a list of objects without a merge key (a
 * Node's taints): kube-apiserver 1.37 compares these objects as Go compares maps, panics, and drops the connection.
 */
const common: readonly Fields[] = [
  { metadata: { labels: { $patch: 'replace', app: 'b' } } },
  { metadata: { labels: { $patch: 'delete' } } },
  { metadata: { labels: { $patch: 'merge', app: 'b' } } },
  { metadata: { labels: { $retainKeys: ['app'], app: 'a' } } },
  { metadata: { labels: { $patch: 'odd' } } },
  { metadata: { $retainKeys: ['name', 'labels'] } },
  { metadata: { finalizers: ['example.test/other'] } },
  { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.test/hold'] } },
  { metadata: { '$deleteFromPrimitiveList/finalizers': 'example.test/hold' } },
  {
    metadata: {
      '$setElementOrder/finalizers': ['example.test/other', 'example.test/hold'],
      finalizers: ['example.test/other'],
    },
  },
  { metadata: { '$setElementOrder/finalizers': ['example.test/hold'], finalizers: ['example.test/other'] } },
  { metadata: { ownerReferences: [{ uid: '11111111-1111-4111-8111-111111111111', $patch: 'delete' }] } },
  { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: '77777777-7777-4777-8777-777777777777' }] } },
  { metadata: { ownerReferences: [{ name: 'no key' }] } },
  { metadata: { ownerReferences: [{ $patch: 'replace' }] } },
  { $patch: 'delete' },
  { $patch: 'replace', metadata: { name: 'a' } },
  { $retainKeys: ['metadata'] },
]

const container = { name: 'c', image: 'registry.test/c:2' }

const own: Readonly<Partial<Record<SubjectName, readonly Fields[]>>> = {
  pods: [
    { spec: { containers: [{ name: 'c', $patch: 'delete' }] } },
    { spec: { containers: [container] } },
    { spec: { '$setElementOrder/containers': [{ name: 'd' }, { name: 'c' }], containers: [container] } },
    { spec: { '$setElementOrder/containers': [{ name: 'd' }], containers: [container] } },
    { spec: { containers: [{ image: 'no key' }] } },
    { spec: { containers: [{ ...container, env: [{ name: 'A', $patch: 'delete' }] }] } },
    { spec: { tolerations: [{ key: 'new', operator: 'Exists', effect: 'NoSchedule' }] } },
    { spec: { tolerations: [{ $patch: 'replace' }] } },
    { spec: { $retainKeys: ['containers'], containers: [container] } },
    { status: { conditions: [{ type: 'Ready', status: 'False' }], podIPs: [{ ip: '10.0.0.2' }] } },
    { status: { conditions: [{ type: 'Ready', $patch: 'delete' }] } },
  ],
  nodes: [
    { spec: { taints: [{ key: 'a', $patch: 'delete' }] } },
    {
      spec: {
        taints: [
          { key: 'a', effect: 'NoExecute' },
          { key: 'z', effect: 'NoSchedule' },
        ],
      },
    },
    { spec: { taints: [{ $patch: 'replace' }, { key: 'only', effect: 'NoSchedule' }] } },
    { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
    { status: { conditions: [{ type: 'Ready', $patch: 'delete' }] } },
    { status: { addresses: [{ type: 'InternalIP', address: '10.0.0.3' }], '$setElementOrder/conditions': [{ type: 'Ready' }] } },
    { status: { capacity: { $patch: 'replace', cpu: '4' } } },
  ],
  configmaps: [{ data: { $patch: 'replace', only: 'this' } }, { data: { $patch: 'delete' } }, { data: { $retainKeys: ['k'], k: 'kept' } }],
  poddisruptionbudgets: [{ spec: { selector: { matchLabels: { app: 'b' } } } }, { spec: { $patch: 'replace', minAvailable: 1 } }],
  replicasets: [
    { spec: { template: { spec: { containers: [{ name: 'c', image: 'registry.test/c:3' }] } } } },
    { spec: { template: { spec: { containers: [{ name: 'c', $patch: 'delete' }] } } } },
  ],
}

export const strategicPatches = (resource: SubjectName): fc.Arbitrary<RequestStep> => {
  const particular = own[resource]
  const bodies = particular === undefined ? oneOf(...common) : fc.oneof(oneOf(...common), oneOf(...particular))
  return fc.tuple(places(resource, goodName), bodies, writeQuery).map(([target, body, query]) => ({
    do: 'request',
    method: 'PATCH',
    ...target,
    ...(body['status'] === undefined ? {} : { sub: 'status' }),
    query,
    contentType: 'application/strategic-merge-patch+json',
    body,
  }))
}
