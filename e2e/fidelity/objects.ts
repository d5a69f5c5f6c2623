import fc from 'fast-check'
import type { ResourceName } from './resources.ts'
import { resources } from './resources.ts'
import type { Fields, Value } from './script.ts'

/** A kind's part of the generator: whole objects that are (mostly) valid, and merge patches over them, some of which no server takes. */
export interface Subject {
  /** Without apiVersion, kind and name. */
  readonly content: fc.Arbitrary<Fields>
  readonly edit: fc.Arbitrary<Fields>
  readonly status?: fc.Arbitrary<Fields>
  readonly jsonPatch: fc.Arbitrary<Value>
}

const oneOf = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
/** Mostly the first, now and then one of the others. */
const mostly = (usual: fc.Arbitrary<Fields>, odd: fc.Arbitrary<Fields>): fc.Arbitrary<Fields> =>
  fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: odd })

const labels: fc.Arbitrary<Fields> = oneOf<Fields>({}, { app: 'a' }, { app: 'b' }, { app: 'a', tier: 'front' }, { tier: 'back' })
const oddLabels: fc.Arbitrary<Fields> = oneOf<Fields>(
  { app: 'a b' },
  { 'bad key!': 'x' },
  { app: '-a' },
  { 'a/b/c': 'x' },
  { app: 'x'.repeat(64) },
  { '': 'x' },
)

const owners: fc.Arbitrary<Value> = oneOf<Value>(
  [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: '11111111-1111-4111-8111-111111111111' }],
  [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'a',
      uid: '11111111-1111-4111-8111-111111111111',
      controller: true,
      blockOwnerDeletion: true,
    },
  ],
  [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: '' }],
  [{ apiVersion: 'v1', kind: 'Event', name: 'a', uid: '11111111-1111-4111-8111-111111111111' }],
  [
    { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: '11111111-1111-4111-8111-111111111111', controller: true },
    { apiVersion: 'v1', kind: 'ConfigMap', name: 'b', uid: '22222222-2222-4222-8222-222222222222', controller: true },
  ],
  [{ apiVersion: '', kind: '', name: '', uid: '' }],
)

const finalizers: fc.Arbitrary<Value> = oneOf<Value>(
  ['example.test/hold'],
  ['example.test/hold', 'example.test/other'],
  ['hold'],
  ['foregroundDeletion'],
  ['orphan'],
  [],
  null,
)

/** `metadata` of new objects. */
export const metadata: fc.Arbitrary<Fields> = fc
  .record(
    {
      labels: mostly(labels, oddLabels),
      annotations: mostly(
        oneOf<Fields>({ note: 'one' }, { note: 'two', 'example.test/long': 'y'.repeat(40) }),
        oneOf<Fields>({ 'bad key!': 'x' }, { UPPER: 'x' }),
      ),
    },
    { requiredKeys: [] },
  )
  .chain(base =>
    fc.oneof(
      { weight: 12, arbitrary: fc.constant<Fields>(base) },
      { weight: 2, arbitrary: finalizers.map(f => ({ ...base, finalizers: f })) },
      { weight: 1, arbitrary: owners.map(o => ({ ...base, ownerReferences: o })) },
      {
        weight: 1,
        arbitrary: oneOf<Fields>(
          { ...base, resourceVersion: '1' },
          { ...base, generation: 7 },
          { ...base, uid: '33333333-3333-4333-8333-333333333333' },
          { ...base, creationTimestamp: '2020-01-01T00:00:00Z' },
          { ...base, deletionTimestamp: '2020-01-01T00:00:00Z' },
          { ...base, deletionGracePeriodSeconds: 3 },
          { ...base, namespace: 'elsewhere' },
          { ...base, selfLink: '/somewhere' },
          { ...base, unknown: true },
          { ...base, labels: { app: 1 } },
          { ...base, labels: null, annotations: null },
          { ...base, creationTimestamp: 'yesterday' },
          { ...base, finalizers: 'hold' },
        ),
      },
    ),
  )

/** Changes of `metadata`, as a merge patch. */
const metadataEdit: fc.Arbitrary<Fields> = fc
  .oneof(
    { weight: 6, arbitrary: labels.map(value => ({ labels: value })) },
    {
      weight: 2,
      arbitrary: oneOf<Fields>({ labels: { app: null } }, { labels: null }, { annotations: { note: 'three' } }, { annotations: null }),
    },
    { weight: 3, arbitrary: finalizers.map(value => ({ finalizers: value })) },
    { weight: 1, arbitrary: owners.map(value => ({ ownerReferences: value })) },
    { weight: 1, arbitrary: oddLabels.map(value => ({ labels: value })) },
    {
      weight: 2,
      arbitrary: oneOf<Fields>(
        { uid: '33333333-3333-4333-8333-333333333333' },
        { name: 'other' },
        { namespace: 'other' },
        { generation: 9 },
        { creationTimestamp: '2020-01-01T00:00:00Z' },
        { creationTimestamp: null },
        { deletionTimestamp: '2020-01-01T00:00:00Z' },
        { deletionGracePeriodSeconds: 5 },
        { uid: null },
        { resourceVersion: null },
        { resourceVersion: 'abc' },
        { resourceVersion: '0' },
        { generateName: 'x-' },
      ),
    },
  )
  .map(value => ({ metadata: value }))

const commonJsonPatch: fc.Arbitrary<Value> = oneOf<Value>(
  [{ op: 'add', path: '/metadata/labels', value: { app: 'a' } }],
  [
    { op: 'test', path: '/metadata/labels/app', value: 'a' },
    { op: 'replace', path: '/metadata/labels/app', value: 'b' },
  ],
  [{ op: 'remove', path: '/metadata/labels' }],
  [{ op: 'replace', path: '/metadata/labels/none', value: 'x' }],
  [{ op: 'remove', path: '/metadata/nothing' }],
  [{ op: 'add', path: '/metadata/annotations/note', value: 'x' }],
  [{ op: 'move', from: '/metadata/labels/app', path: '/metadata/labels/tier' }],
  [{ op: 'add', path: '/metadata/finalizers', value: ['example.test/hold'] }],
  [{ op: 'add', path: '/metadata/finalizers/-', value: 'example.test/hold' }],
  [{ op: 'remove', path: '/metadata/finalizers' }],
  [{ op: 'remove', path: '/metadata/finalizers/0' }],
  [{ op: 'explode', path: '/metadata' }],
  [{ op: 'replace', path: '/metadata/name', value: 'other' }],
  [{ op: 'test', path: '/metadata/name', value: 'nobody' }],
  [],
)

const subject = (parts: {
  content: fc.Arbitrary<Fields>
  edits: readonly Fields[]
  patches?: readonly Value[]
  status?: readonly Fields[]
}): Subject => ({
  content: parts.content,
  edit: fc.oneof({ weight: 1, arbitrary: metadataEdit }, { weight: 1, arbitrary: oneOf(...parts.edits) }),
  jsonPatch: parts.patches === undefined ? commonJsonPatch : fc.oneof(commonJsonPatch, oneOf(...parts.patches)),
  ...(parts.status === undefined ? {} : { status: oneOf(...parts.status).map(status => ({ status })) }),
})

const container = { name: 'c', image: 'registry.test/c:1' }

export const subjects: Readonly<Record<ResourceName, Subject>> = {
  configmaps: subject({
    content: mostly(
      oneOf<Fields>(
        {},
        { data: { k: 'v' } },
        { data: { k: 'v', l: 'w' } },
        { binaryData: { b: 'aGVsbG8=' } },
        { data: { k: 'v' }, immutable: true },
      ),
      oneOf<Fields>(
        { data: { k: 1 } },
        { data: { 'a b': 'x' } },
        { binaryData: { b: '!' } },
        { data: { k: 'v' }, binaryData: { k: 'aGVsbG8=' } },
        { extra: 1 },
        { data: [] },
        { data: null },
        { immutable: 'yes' },
      ),
    ),
    edits: [
      { data: { k: 'w' } },
      { data: { k: null } },
      { data: null },
      { data: { n: 'new' } },
      { immutable: true },
      { immutable: false },
      { extra: 1 },
    ],
    patches: [[{ op: 'add', path: '/data/k', value: 'p' }], [{ op: 'test', path: '/data/k', value: 'v' }]],
  }),
  secrets: subject({
    content: mostly(
      oneOf<Fields>(
        {},
        { data: { k: 'aGVsbG8=' } },
        { stringData: { k: 'hello' } },
        { type: 'example.test/kind', data: { k: 'aGVsbG8=' } },
        { immutable: true, data: { k: 'aGVsbG8=' } },
      ),
      oneOf<Fields>(
        { data: { k: 'not base64!' } },
        { type: 'kubernetes.io/tls' },
        { type: 'kubernetes.io/tls', data: { 'tls.crt': '', 'tls.key': '' } },
        { type: 'kubernetes.io/basic-auth', data: {} },
        { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'e30=' } },
        { type: 'kubernetes.io/service-account-token' },
        { type: 'kubernetes.io/ssh-auth', data: {} },
        { data: { 'a b': '' } },
      ),
    ),
    edits: [
      { data: { k: 'd29ybGQ=' } },
      { stringData: { k: 'world', n: 'new' } },
      { type: 'other' },
      { type: null },
      { immutable: true },
      { data: null },
      { data: { k: null } },
    ],
    patches: [[{ op: 'add', path: '/stringData', value: { k: 'p' } }]],
  }),
  pods: subject({
    content: mostly(
      oneOf<Fields>(
        { spec: { containers: [container] } },
        { spec: { containers: [container], nodeName: '{id}-a' } },
        {
          spec: {
            containers: [{ ...container, resources: { requests: { cpu: '0.5', memory: '1Gi' } }, ports: [{ containerPort: 80 }] }],
            terminationGracePeriodSeconds: 0,
          },
        },
        {
          spec: {
            containers: [
              { ...container, env: [{ name: 'A', value: 'b' }], args: ['x'] },
              { name: 'd', image: 'registry.test/d' },
            ],
            restartPolicy: 'Never',
            tolerations: [{ key: 'k', operator: 'Exists' }],
          },
        },
        { spec: { containers: [container], nodeName: '{id}-b', terminationGracePeriodSeconds: 5 } },
      ),
      oneOf<Fields>(
        {},
        { spec: {} },
        { spec: { containers: [] } },
        { spec: { containers: [{ name: 'c' }] } },
        { spec: { containers: [container, container] } },
        { spec: { containers: [{ ...container, name: 'C_' }] } },
        { spec: { containers: [container], restartPolicy: 'Sometimes' } },
        { spec: { containers: [{ ...container, resources: { requests: { cpu: 'lots' } } }] } },
        { spec: { containers: [{ ...container, ports: [{ containerPort: 0 }] }] } },
        { spec: { containers: [container], unknown: 1 } },
        { spec: { containers: [container], terminationGracePeriodSeconds: -1 } },
        { spec: { containers: [container], tolerations: [{ key: 'k', operator: 'Maybe' }] } },
        { spec: { containers: [container], nodeSelector: { 'a b': 'c' } } },
        { spec: { containers: container } },
      ),
    ),
    edits: [
      { spec: { containers: [{ ...container, image: 'registry.test/c:2' }] } },
      { spec: { activeDeadlineSeconds: 30 } },
      { spec: { nodeName: '{id}-c' } },
      { spec: { terminationGracePeriodSeconds: 1 } },
      { spec: { tolerations: [{ key: 'new', operator: 'Exists', effect: 'NoSchedule' }] } },
      { spec: { restartPolicy: 'OnFailure' } },
      { spec: { containers: [] } },
      { status: { phase: 'Running' } },
    ],
    status: [
      { phase: 'Running', podIP: '10.0.0.1' },
      { phase: 'Succeeded' },
      { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' }] },
      { phase: 'Odd' },
      { phase: 5 },
      { hostIP: 'nowhere' },
    ],
    patches: [
      [{ op: 'replace', path: '/spec/containers/0/image', value: 'registry.test/c:3' }],
      [{ op: 'remove', path: '/spec/containers' }],
    ],
  }),
  events: subject({
    content: mostly(
      oneOf<Fields>(
        {
          involvedObject: { kind: 'ConfigMap', namespace: '{id}-x', name: 'a' },
          reason: 'Made',
          message: 'made it',
          type: 'Normal',
          count: 1,
          firstTimestamp: '2020-01-01T00:00:00Z',
          lastTimestamp: '2020-01-01T00:00:00Z',
          source: { component: 'fidelity' },
        },
        {
          involvedObject: { kind: 'ConfigMap', namespace: '{id}-x', name: 'b' },
          reason: 'Lost',
          type: 'Warning',
          reportingComponent: 'fidelity.test/c',
          reportingInstance: 'i',
          action: 'Look',
          eventTime: '2020-01-01T00:00:00.000000Z',
        },
      ),
      oneOf<Fields>(
        {},
        { involvedObject: { namespace: 'elsewhere' } },
        { involvedObject: { namespace: '{id}-x' }, type: 'Odd' },
        { involvedObject: {} },
        { involvedObject: { namespace: '{id}-x' }, eventTime: '2020-01-01T00:00:00.000000Z' },
      ),
    ),
    edits: [
      { count: 2 },
      { message: 'again' },
      { reason: 'Other' },
      { involvedObject: { name: 'c' } },
      { series: { count: 2, lastObservedTime: '2020-01-01T00:00:00.000000Z' } },
    ],
  }),
  nodes: subject({
    content: mostly(
      oneOf<Fields>(
        {},
        { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } },
        { spec: { providerID: 'test://1' } },
        { spec: { unschedulable: true } },
        { spec: { podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24'] } },
        { status: { capacity: { cpu: '2', memory: '4Gi' }, conditions: [{ type: 'Ready', status: 'True' }] } },
        { spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] } },
      ),
      oneOf<Fields>(
        { spec: { taints: [{ key: 'a', effect: 'Never' }] } },
        {
          spec: {
            taints: [
              { key: 'a', effect: 'NoSchedule' },
              { key: 'a', effect: 'NoSchedule' },
            ],
          },
        },
        { spec: { taints: [{ key: 'a b', effect: 'NoSchedule' }] } },
        { spec: { taints: [{ key: 'a', value: 'b c', effect: 'NoExecute' }] } },
        { spec: { taints: [{ key: 'a' }] } },
        { spec: { taints: [{ effect: 'NoSchedule' }] } },
        { spec: { podCIDR: 'nowhere', podCIDRs: ['nowhere'] } },
        { spec: { podCIDRs: ['10.1.0.0/24', '10.2.0.0/24'] } },
        { spec: { externalID: 'x' } },
        { spec: { unschedulable: 'yes' } },
        { status: { capacity: { cpu: 'two' } } },
        {
          status: {
            addresses: [
              { type: 'InternalIP', address: '10.0.0.1' },
              { type: 'InternalIP', address: '10.0.0.1' },
            ],
          },
        },
      ),
    ),
    edits: [
      { spec: { taints: [{ key: 'b', effect: 'NoExecute', timeAdded: '2020-01-01T00:00:00Z' }] } },
      { spec: { taints: null } },
      { spec: { unschedulable: true } },
      { spec: { unschedulable: null } },
      { spec: { providerID: 'test://2' } },
      { spec: { providerID: null } },
      { spec: { podCIDR: '10.3.0.0/24', podCIDRs: ['10.3.0.0/24'] } },
      { spec: { taints: [{ key: 'b', effect: 'Odd' }] } },
      { status: { capacity: { cpu: '8' } } },
      { spec: null },
    ],
    status: [
      { capacity: { cpu: '4' }, allocatable: { cpu: '3' } },
      { conditions: [{ type: 'Ready', status: 'False', reason: 'Gone', message: 'm', lastTransitionTime: '2020-01-01T00:00:00Z' }] },
      { addresses: [{ type: 'Hostname', address: 'h' }], nodeInfo: { kubeletVersion: 'v1.37.2' } },
      { capacity: { cpu: 'x' } },
      { conditions: [{ type: 'Ready' }] },
      { phase: 'Running', unknown: true },
    ],
    patches: [
      [{ op: 'add', path: '/spec/taints/-', value: { key: 'z', effect: 'NoSchedule' } }],
      [{ op: 'remove', path: '/spec/taints/0' }],
      [{ op: 'add', path: '/status/capacity', value: { cpu: '1' } }],
    ],
  }),
  namespaces: subject({
    content: oneOf<Fields>(
      {},
      { spec: { finalizers: ['example.test/hold'] } },
      { spec: { finalizers: ['hold'] } },
      { status: { phase: 'Terminating' } },
      { spec: { unknown: 1 } },
    ),
    edits: [
      { spec: { finalizers: [] } },
      { spec: { finalizers: ['kubernetes', 'example.test/more'] } },
      { status: { phase: 'Terminating' } },
    ],
    status: [{ phase: 'Terminating' }, { phase: 'Active', conditions: [{ type: 'NamespaceContentRemaining', status: 'True' }] }],
  }),
  leases: subject({
    content: mostly(
      oneOf<Fields>(
        {},
        { spec: {} },
        {
          spec: {
            holderIdentity: 'me',
            leaseDurationSeconds: 15,
            renewTime: '2020-01-01T00:00:00.000000Z',
            acquireTime: '2020-01-01T00:00:00.000000Z',
            leaseTransitions: 0,
          },
        },
        { spec: { renewTime: '2020-01-01T00:00:00.123456Z' } },
      ),
      oneOf<Fields>(
        { spec: { leaseDurationSeconds: 0 } },
        { spec: { leaseTransitions: -1 } },
        { spec: { renewTime: '2020-01-01T00:00:00Z' } },
        { spec: { renewTime: '2020-01-01T00:00:00.123456789Z' } },
        { spec: { renewTime: 'now' } },
        { spec: { holderIdentity: '' } },
        { spec: { leaseDurationSeconds: '15' } },
        { spec: { strategy: 'OldestEmulationVersion' } },
        { spec: { preferredHolder: 'x' } },
      ),
    ),
    edits: [
      { spec: { holderIdentity: 'you', leaseTransitions: 1 } },
      { spec: { renewTime: '2020-01-01T00:01:00.000000Z' } },
      { spec: { leaseDurationSeconds: -5 } },
      { spec: null },
      { spec: { holderIdentity: null } },
    ],
  }),
  poddisruptionbudgets: subject({
    content: mostly(
      oneOf<Fields>(
        { spec: { minAvailable: 1, selector: { matchLabels: { none: 'such' } } } },
        { spec: { maxUnavailable: '50%', selector: { matchLabels: { none: 'such' } } } },
        { spec: { selector: { matchLabels: { none: 'such' } }, unhealthyPodEvictionPolicy: 'AlwaysAllow' } },
      ),
      oneOf<Fields>(
        { spec: { minAvailable: 1, maxUnavailable: 1, selector: { matchLabels: { none: 'such' } } } },
        { spec: { minAvailable: -1, selector: { matchLabels: { none: 'such' } } } },
        { spec: { minAvailable: 'half', selector: { matchLabels: { none: 'such' } } } },
        { spec: { minAvailable: '101%', selector: { matchLabels: { none: 'such' } } } },
        { spec: { unhealthyPodEvictionPolicy: 'Odd', selector: { matchLabels: { none: 'such' } } } },
      ),
    ),
    edits: [
      { spec: { minAvailable: 2 } },
      { spec: { maxUnavailable: 0, minAvailable: null } },
      { spec: { selector: { matchLabels: { other: 'x' } } } },
      { spec: { minAvailable: '10%' } },
    ],
    status: [
      { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2, observedGeneration: 1 },
      { disruptionsAllowed: -1 },
      {
        conditions: [
          { type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods', message: '', lastTransitionTime: '2020-01-01T00:00:00Z' },
        ],
      },
    ],
  }),
  nodeclasses: subject({
    content: mostly(
      oneOf<Fields>({ spec: { provider: 'simulated' } }, { spec: { provider: 'simulated', config: { size: 1 } } }),
      oneOf<Fields>(
        {},
        { spec: {} },
        { spec: { provider: 5 } },
        { spec: { provider: '' } },
        { spec: { provider: 'simulated', unknown: 1 } },
        { spec: { provider: 'simulated', template: { taints: [{ key: 'a', effect: 'Odd' }] } } },
      ),
    ),
    edits: [
      { spec: { config: { size: 2 } } },
      { spec: { provider: 'other' } },
      { spec: { provider: null } },
      { spec: { bootstrap: { type: 'kubeadm' } } },
      { spec: { bootstrap: { type: 'odd' } } },
      { spec: { bootstrap: { files: [{ path: 'relative' }] } } },
      {
        spec: {
          bootstrap: {
            files: [
              { path: '/a', content: 'x' },
              { path: '/a', content: 'y' },
            ],
          },
        },
      },
    ],
    status: [
      { observedGeneration: 1 },
      { conditions: [{ type: 'Ready', status: 'True', reason: 'Valid', message: '', lastTransitionTime: '2020-01-01T00:00:00Z' }] },
      { conditions: [{ type: 'Ready', status: 'Odd' }] },
      { unknown: 1 },
    ],
  }),
  nodesets: subject({
    content: mostly(
      oneOf<Fields>(
        { spec: { nodeClassName: 'small' } },
        { spec: { nodeClassName: 'small', replicas: 3, strategy: { type: 'OnDelete' } } },
        { spec: { nodeClassName: 'small', strategy: { rollingUpdate: { maxSurge: '25%' } } } },
      ),
      oneOf<Fields>(
        {},
        { spec: {} },
        { spec: { nodeClassName: 'small', replicas: -1 } },
        { spec: { nodeClassName: 'Small_' } },
        { spec: { nodeClassName: 'small', strategy: { rollingUpdate: { maxSurge: 0 } } } },
        { spec: { nodeClassName: 'small', strategy: { type: 'OnDelete', rollingUpdate: {} } } },
        { spec: { nodeClassName: 'small', minReadySeconds: 4000 } },
        { spec: { nodeClassName: 'small', maxLifetime: 'long' } },
        { spec: { nodeClassName: 'small', replicas: '3' } },
      ),
    ),
    edits: [
      { spec: { replicas: 5 } },
      { spec: { replicas: null } },
      { spec: { template: { labels: { a: 'b' } } } },
      { spec: { template: { taints: [{ key: 'a', effect: 'NoSchedule' }] } } },
      { spec: { template: { taints: [{ key: 'a' }] } } },
      { spec: { repair: { maxUnhealthy: '40%', unhealthy: [{ type: 'Ready', status: 'False', after: '5m' }] } } },
      { spec: { repair: { unhealthy: [{ type: 'Ready', status: 'Odd', after: '5m' }] } } },
    ],
    status: [{ replicas: 2, readyReplicas: 1, selector: 'a=b' }, { readyReplicas: -1 }],
  }),
  widgets: subject({
    content: mostly(
      oneOf<Fields>(
        { spec: { size: 3 } },
        { spec: { size: 5, color: 'blue', tags: ['a', 'b'], parts: [{ name: 'p' }, { name: 'q', count: 2 }] } },
        { spec: { size: 8, free: { any: ['thing'] }, unknown: { dropped: true }, fixed: 'once' } },
        { spec: { size: 1, label: null, port: 'http', nested: { depth: 1.5 }, when: '2020-01-01T00:00:00Z' } },
      ),
      oneOf<Fields>(
        {},
        { spec: {} },
        { spec: { size: 11 } },
        { spec: { size: 'big' } },
        { spec: { size: 1.5 } },
        { spec: { size: 1, color: 'blue' } },
        { spec: { size: 1, color: 'pink', label: 'UPPER', tags: ['a', 'a'] } },
        { spec: { size: 1, parts: [{ name: 'p' }, { name: 'p' }] } },
        { spec: { size: 1, parts: [{}] } },
        { spec: { size: 1, label: 'muchtoolong' } },
        { spec: { size: 1, nested: { depth: 0 } } },
        { spec: { size: 1, when: 'later' } },
        { spec: { size: null } },
        { spec: 5 },
        { spec: { size: 1, port: 1.5 } },
        { spec: { size: 1, tags: ['a', 'b', 'c', 'd'] } },
      ),
    ),
    edits: [
      { spec: { size: 9 } },
      { spec: { size: 0 } },
      { spec: { size: null } },
      { spec: { color: 'green' } },
      { spec: { color: null } },
      { spec: { color: 'blue' } },
      { spec: { fixed: 'other' } },
      { spec: { fixed: null } },
      { spec: { tags: ['x'] } },
      { spec: { parts: [{ name: 'r', extra: 1 }] } },
      { spec: { free: { more: 1 } } },
      { spec: { unknown: 1 } },
      { spec: { nested: null } },
      { spec: { nested: { on: false } } },
      { spec: null },
      { status: { phase: 'New' } },
      { other: 1 },
    ],
    status: [{ phase: 'New', replicas: 2, selector: 'app=a' }, { phase: 'Odd' }, { unknown: 1 }],
    patches: [
      [{ op: 'add', path: '/spec/tags/-', value: 'n' }],
      [{ op: 'replace', path: '/spec/size', value: 6 }],
      [
        { op: 'test', path: '/spec/size', value: 3 },
        { op: 'remove', path: '/spec/color' },
      ],
      [{ op: 'add', path: '/spec/parts/0', value: { name: 'first' } }],
    ],
  }),
  customresourcedefinitions: subject({ content: fc.constant({}), edits: [{ spec: { names: { shortNames: ['gg'] } } }] }),
  gadgets: subject({
    content: oneOf<Fields>({ spec: { size: 1 } }, { spec: { size: 5, extra: 'x' } }, { spec: { size: 50 } }, {}),
    edits: [{ spec: { size: 2 } }, { spec: { extra: 'y' } }, { spec: { size: 20 } }],
    status: [{ any: 'thing' }],
  }),
}

export const whole = (resource: ResourceName, name: Fields, content: Fields): Fields => {
  const { apiVersion, kind } = resources[resource]
  const { metadata: meta, ...rest } = content
  return {
    apiVersion,
    kind,
    metadata: { ...name, ...(typeof meta === 'object' && meta !== null && !Array.isArray(meta) ? meta : {}) },
    ...rest,
  }
}
