/** About who owns what: told to a real kube-apiserver by `scripts/record-managed-fields.ts`, to the embedded one by the tests. */
export interface Story {
  readonly title: string
  readonly steps: readonly Step[]
}

export interface Step {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly type: string
  /** `$uid` and `$resourceVersion` in it are what the last answer said. */
  readonly body?: unknown
  readonly userAgent: string
}

type Query = Readonly<Record<string, string>>
type Rest = Readonly<Record<string, unknown>>

const step = (
  method: Step['method'],
  path: string,
  body: unknown,
  query: Query,
  type = 'application/json',
  userAgent = 'agent/1.0 (x)',
): Step => ({
  method,
  path,
  query,
  type,
  userAgent,
  ...(body === undefined ? {} : { body }),
})
const post = (path: string, body: unknown, fieldManager: string): Step => step('POST', path, body, { fieldManager })
const put = (path: string, body: unknown, fieldManager: string): Step => step('PUT', path, body, { fieldManager })
const merge = (path: string, body: unknown, fieldManager: string): Step =>
  step('PATCH', path, body, { fieldManager }, 'application/merge-patch+json')
const strategic = (path: string, body: unknown, fieldManager: string): Step =>
  step('PATCH', path, body, { fieldManager }, 'application/strategic-merge-patch+json')
const apply = (path: string, body: unknown, fieldManager: string, query: Query = {}): Step =>
  step('PATCH', path, body, { fieldManager, ...query }, 'application/apply-patch+yaml')
const force = { force: 'true' }
const get = (path: string): Step => step('GET', path, undefined, {})

const nodes = '/api/v1/nodes'
const node = (name: string, rest: Rest = {}, metadata: Rest = {}): Rest => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, ...metadata },
  ...rest,
})
const maps = '/api/v1/namespaces/default/configmaps'
const map = (name: string, data: Rest | undefined, metadata: Rest = {}): Rest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  ...(data === undefined ? {} : { data }),
})
const deployments = '/apis/apps/v1/namespaces/default/deployments'
const deployment = (name: string, spec: Rest = {}, container: Rest = {}, containers: readonly Rest[] = []): Rest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i', ...container }, ...containers] } },
    ...spec,
  },
})
const scaleOf = (name: string, spec: Rest): Rest => ({ apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name }, spec })

export const group = 'ssa.example.test'
const things = `/apis/${group}/v1/ssathings`
const thing = (name: string, spec: Rest | undefined, rest: Rest = {}, metadata: Rest = {}): Rest => ({
  apiVersion: `${group}/v1`,
  kind: 'SsaThing',
  metadata: { name, ...metadata },
  ...(spec === undefined ? {} : { spec }),
  ...rest,
})

const port = {
  type: 'object',
  required: ['port'],
  properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' }, name: { type: 'string' } },
}

/** Has every kind of list and map in it. */
export const definition: Rest = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `ssathings.${group}` },
  spec: {
    group,
    scope: 'Cluster',
    names: { plural: 'ssathings', singular: 'ssathing', kind: 'SsaThing', listKind: 'SsaThingList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  replicas: { type: 'integer' },
                  text: { type: 'string' },
                  color: { type: 'string', default: 'red' },
                  flag: { type: 'boolean' },
                  either: { 'x-kubernetes-int-or-string': true },
                  nothing: { type: 'string', nullable: true },
                  inner: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } },
                  granular: { type: 'object', additionalProperties: { type: 'string' } },
                  atomic: {
                    type: 'object',
                    'x-kubernetes-map-type': 'atomic',
                    properties: { a: { type: 'string' }, b: { type: 'string' } },
                  },
                  plain: { type: 'array', items: { type: 'string' } },
                  set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
                  numbers: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'integer' } },
                  ports: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['port', 'protocol'],
                    items: port,
                  },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  embedded: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
              status: { type: 'object', properties: { replicas: { type: 'integer' }, word: { type: 'string' } } },
            },
          },
        },
      },
    ],
  },
}

const ready = (status: string): Rest => ({ status: { conditions: [{ type: 'Ready', status, reason: 'r', message: 'm' }] } })

export const stories: readonly Story[] = [
  {
    title: 'writers own what they change',
    steps: [
      post(
        nodes,
        node('ssa-n1', { spec: { taints: [{ key: 'x', effect: 'NoSchedule' }] } }, { labels: { a: '1' }, finalizers: ['example.test/f'] }),
        'maker',
      ),
      merge(`${nodes}/ssa-n1`, { metadata: { labels: { a: '2', b: '1' } } }, 'labeller'),
      strategic(`${nodes}/ssa-n1/status`, ready('True'), 'kubelet'),
      strategic(`${nodes}/ssa-n1/status`, ready('False'), 'kubelet'),
      strategic(`${nodes}/ssa-n1/status`, ready('False'), 'kubelet'),
      strategic(`${nodes}/ssa-n1/status`, { status: { capacity: { cpu: '1' } }, metadata: { labels: { c: '1' } } }, 'other'),
      merge(`${nodes}/ssa-n1`, { metadata: { labels: { a: null }, finalizers: null } }, 'cleaner'),
      merge(`${nodes}/ssa-n1`, { spec: { taints: null, unschedulable: true } }, 'cleaner'),
      put(`${nodes}/ssa-n1`, node('ssa-n1', { spec: { providerID: 'p://1' } }), 'putter'),
      put(`${nodes}/ssa-n1/status`, node('ssa-n1', { status: { phase: 'Running' } }), 'putter'),
      get(`${nodes}/ssa-n1`),
    ],
  },
  {
    title: 'a writer without a name is known by its User-Agent',
    steps: [
      step('POST', maps, map('ssa-agent', { a: '1' }), {}),
      step(
        'PATCH',
        `${maps}/ssa-agent`,
        { data: { b: '1' } },
        { fieldManager: '' },
        'application/merge-patch+json',
        'kubectl/v1.37.2 (linux/amd64)',
      ),
      step('PATCH', `${maps}/ssa-agent`, { data: { c: '1' } }, {}, 'application/merge-patch+json', 'x'.repeat(200)),
      step('PATCH', `${maps}/ssa-agent`, { data: { d: '1' } }, { fieldManager: 'x'.repeat(129) }, 'application/merge-patch+json'),
      step('PATCH', `${maps}/ssa-agent`, { data: { d: '1' } }, { fieldManager: 'a\tb' }, 'application/merge-patch+json'),
    ],
  },
  {
    title: 'appliers conflict, force, share and let go',
    steps: [
      apply(`${maps}/ssa-share`, map('ssa-share', { a: '1', b: '1' }, { labels: { l: '1' } }), 'one'),
      apply(`${maps}/ssa-share`, map('ssa-share', { a: '1', b: '1' }, { labels: { l: '1' } }), 'one'),
      apply(`${maps}/ssa-share`, map('ssa-share', { a: '1' }), 'two'),
      apply(`${maps}/ssa-share`, map('ssa-share', { a: '2' }), 'two'),
      apply(`${maps}/ssa-share`, map('ssa-share', { a: '2', b: '2' }), 'three'),
      apply(`${maps}/ssa-share`, map('ssa-share', { a: '2', b: '2', c: '2' }), 'three', force),
      merge(`${maps}/ssa-share`, { data: { c: '3', d: '3' } }, 'updater'),
      apply(`${maps}/ssa-share`, map('ssa-share', { c: '4', d: '4' }), 'one'),
      apply(`${maps}/ssa-share`, map('ssa-share', { a: '2' }), 'three'),
      apply(`${maps}/ssa-share`, map('ssa-share', undefined), 'one'),
      apply(`${maps}/ssa-share`, map('ssa-share', undefined), 'three'),
      apply(`${maps}/ssa-share`, map('ssa-share', { d: '5' }), 'three', { ...force, dryRun: 'All' }),
      get(`${maps}/ssa-share`),
      put(`${maps}/ssa-share`, map('ssa-share', { e: '5' }), 'three'),
    ],
  },
  {
    title: 'lists and maps of all kinds are shared by their rules',
    steps: [
      apply(
        `${things}/ssa-lists`,
        thing('ssa-lists', {
          set: ['b', 'a'],
          ports: [{ port: 80, name: 'x' }],
          plain: ['p'],
          atomic: { a: '1' },
          granular: { g: '1' },
          inner: { a: '1' },
        }),
        'one',
      ),
      apply(
        `${things}/ssa-lists`,
        thing('ssa-lists', {
          set: ['c', 'a'],
          ports: [{ port: 443 }, { port: 80, protocol: 'UDP' }],
          granular: { h: '1' },
          inner: { b: '1' },
        }),
        'two',
      ),
      apply(`${things}/ssa-lists`, thing('ssa-lists', { plain: ['q'], atomic: { b: '1' }, ports: [{ port: 80, name: 'y' }] }), 'two'),
      apply(
        `${things}/ssa-lists`,
        thing('ssa-lists', { plain: ['q'], atomic: { b: '1' }, ports: [{ port: 80, name: 'y' }] }),
        'two',
        force,
      ),
      apply(`${things}/ssa-lists`, thing('ssa-lists', { set: ['a'] }), 'one'),
      apply(`${things}/ssa-lists`, thing('ssa-lists', { set: [] }), 'one'),
      apply(`${things}/ssa-lists`, thing('ssa-lists', {}), 'two'),
      merge(
        `${things}/ssa-lists`,
        {
          spec: {
            numbers: [3, 1, 2],
            set: ['z'],
            ports: [{ port: 1 }, { port: 2, name: 'n' }],
            granular: { k: 'v' },
            atomic: { a: 'x' },
            free: { deep: { er: [1, { a: 1 }] } },
          },
        },
        'upd',
      ),
      merge(
        `${things}/ssa-lists`,
        {
          spec: {
            numbers: [1, 2],
            set: null,
            ports: [{ port: 2, name: 'm' }, { port: 3 }],
            granular: null,
            atomic: { b: 'x' },
            free: { deep: { er: null, x: 1 } },
          },
        },
        'upd2',
      ),
      apply(`${things}/ssa-lists`, thing('ssa-lists', { numbers: [10, 2], free: { deep: { x: 2 } }, granular: {} }), 'three', force),
      apply(`${things}/ssa-lists`, thing('ssa-lists', { numbers: [10], nothing: null }), 'three', force),
      apply(`${things}/ssa-lists`, thing('ssa-lists', undefined), 'three', force),
    ],
  },
  {
    title: 'items keep the order of the applier among those of others',
    steps: [
      merge(`${things}/ssa-missing`, { spec: {} }, 'x'),
      post(things, thing('ssa-order', { set: ['a', 'b', 'c', 'd', 'e'] }), 'one'),
      apply(`${things}/ssa-order`, thing('ssa-order', { set: ['d', 'x', 'b', 'y'] }), 'two'),
      apply(`${things}/ssa-order`, thing('ssa-order', { set: ['z', 'e', 'a'] }), 'three'),
      apply(`${things}/ssa-order`, thing('ssa-order', { set: ['b', 'd'] }), 'two'),
      apply(`${things}/ssa-order`, thing('ssa-order', { set: ['a', 'e', 'q', 'z'] }), 'three'),
    ],
  },
  {
    title: 'what is no good to apply is refused',
    steps: [
      step('PATCH', `${things}/ssa-bad`, thing('ssa-bad', {}), {}, 'application/apply-patch+yaml'),
      apply(`${things}/ssa-bad`, thing('ssa-bad', { text: 1 }), 'one'),
      apply(`${things}/ssa-bad`, thing('ssa-bad', { replicas: 'x', flag: 1, other: 1 }), 'one'),
      apply(`${things}/ssa-bad`, thing('ssa-bad', { ports: [{ name: 'x' }] }), 'one'),
      apply(`${things}/ssa-bad`, thing('ssa-bad', { ports: [{ protocol: 'UDP' }] }), 'one'),
      apply(`${things}/ssa-bad`, thing('ssa-bad', { ports: [{ port: 1 }, { port: 1, protocol: 'TCP' }] }), 'one'),
      apply(`${things}/ssa-bad`, thing('ssa-bad', { set: ['a', 'a'] }), 'one'),
      apply(`${things}/ssa-bad`, thing('ssa-bad', { set: [{ a: 1 }] }), 'one'),
      apply(`${things}/ssa-bad`, thing('ssa-bad', { inner: ['a'] }), 'one'),
      apply(`${things}/ssa-bad`, thing('ssa-bad', { plain: { a: 'b' } }), 'one'),
      apply(`${things}/ssa-bad`, thing('ssa-bad', { inner: 'text' }), 'one'),
      apply(`${things}/ssa-bad`, thing('ssa-bad', { either: ['x'] }), 'one'),
      apply(`${things}/ssa-bad`, thing('ssa-bad', {}, {}, { managedFields: [] }), 'one'),
      apply(`${things}/ssa-bad`, thing('ssa-bad', {}, {}, { managedFields: [{ manager: 'x', operation: 'Apply' }] }), 'one'),
      apply(`${things}/ssa-bad`, { kind: 'SsaThing', metadata: { name: 'ssa-bad' } }, 'one'),
      apply(`${things}/ssa-bad`, { apiVersion: `${group}/v1`, kind: 'Other', metadata: { name: 'ssa-bad' } }, 'one'),
      apply(`${nodes}/ssa-bad`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'ssa-bad' } }, 'one'),
      apply(`${nodes}/ssa-bad`, { apiVersion: 'v1', metadata: { name: 'ssa-bad' } }, 'one'),
      apply(`${nodes}/ssa-bad`, [1], 'one'),
      apply(`${nodes}/ssa-bad`, node('ssa-other'), 'one'),
      apply(`${nodes}/ssa-bad`, { apiVersion: 'v1', kind: 'Node' }, 'one'),
      apply(`${nodes}/ssa-bad`, node('ssa-bad', { spec: { colour: 'red' } }), 'one'),
      apply(`${nodes}/ssa-bad`, node('ssa-bad', { spec: { unschedulable: 'yes' } }), 'one', { fieldValidation: 'Strict' }),
      apply(`${nodes}/ssa-bad`, node('ssa-bad', {}, { uid: '6e8a1b7a-0000-4000-8000-000000000000' }), 'one'),
      apply(`${nodes}/ssa-bad/status`, node('ssa-bad', ready('True')), 'one'),
      apply(`${nodes}/ssa-bad`, node('ssa-bad', {}, { resourceVersion: '1' }), 'one'),
      apply(`${maps}/ssa-bad`, map('ssa-bad', {}, { namespace: 'kube-system' }), 'one'),
      apply(`${things}/ssa-bad`, thing('ssa-bad', { replicas: 1 }, {}, { labels: { 'not good': 'x' } }), 'one'),
    ],
  },
  {
    title: 'an apply can be tied to a state',
    steps: [
      apply(`${maps}/ssa-tied`, map('ssa-tied', { a: '1' }), 'one'),
      apply(`${maps}/ssa-tied`, map('ssa-tied', { a: '2' }, { resourceVersion: '1' }), 'one'),
      apply(`${maps}/ssa-tied`, map('ssa-tied', { a: '2' }, { uid: '6e8a1b7a-0000-4000-8000-000000000000' }), 'one'),
      apply(`${maps}/ssa-tied`, map('ssa-tied', { a: '3' }, { uid: '$uid' }), 'one'),
    ],
  },
  {
    title: 'status and scale have owners of their own',
    steps: [
      apply(`${things}/ssa-sub`, thing('ssa-sub', { replicas: 1 }, { status: { word: 'lost' } }), 'one'),
      apply(
        `${things}/ssa-sub/status`,
        thing('ssa-sub', { replicas: 9 }, { status: { word: 'said', replicas: 1 } }, { labels: { lost: '1' } }),
        'one',
      ),
      apply(`${things}/ssa-sub/status`, thing('ssa-sub', undefined, { status: { word: 'other' } }), 'two'),
      merge(`${things}/ssa-sub/status`, { status: { word: 'updated' }, spec: { replicas: 7 } }, 'two'),
      merge(`${things}/ssa-sub/scale`, { spec: { replicas: 3 } }, 'scaler'),
      merge(`${things}/ssa-sub/scale`, { spec: { replicas: 3 } }, 'scaler'),
      merge(`${things}/ssa-sub/scale`, { spec: { replicas: 4 } }, 'scaler'),
      get(`${things}/ssa-sub`),
      apply(`${things}/ssa-sub`, thing('ssa-sub', { replicas: 1 }), 'one'),
      apply(`${things}/ssa-sub/scale`, scaleOf('ssa-sub', { replicas: 5 }), 'one'),
      apply(`${things}/ssa-sub/scale`, scaleOf('ssa-sub', { replicas: 5 }), 'one', force),
      get(`${things}/ssa-sub`),
      apply(`${things}/ssa-sub/status`, thing('ssa-sub', undefined), 'one'),
      get(`${things}/ssa-sub`),
    ],
  },
  {
    title: 'a deployment under several hands',
    steps: [
      post(
        deployments,
        deployment(
          'ssa-dep',
          { replicas: 2, paused: true },
          { ports: [{ containerPort: 80 }], env: [{ name: 'E', value: '1' }], resources: { limits: { cpu: '1000m' } } },
        ),
        'maker',
      ),
      merge(`${deployments}/ssa-dep/scale`, { spec: { replicas: 3 } }, 'scaler'),
      apply(`${deployments}/ssa-dep/scale`, scaleOf('ssa-dep', { replicas: 3 }), 'sharer'),
      apply(`${deployments}/ssa-dep/scale`, scaleOf('ssa-dep', { replicas: 4 }), 'sharer'),
      apply(`${deployments}/ssa-dep/scale`, scaleOf('ssa-dep', { replicas: 4 }), 'sharer', force),
      get(`${deployments}/ssa-dep`),
      put(`${deployments}/ssa-dep/scale`, scaleOf('ssa-dep', { replicas: 3 }), 'scaler'),
      get(`${deployments}/ssa-dep`),
      apply(`${deployments}/ssa-dep`, deployment('ssa-dep', { replicas: 1, paused: true }), 'owner'),
      apply(
        `${deployments}/ssa-dep`,
        deployment('ssa-dep', { paused: true }, { image: 'j', ports: [{ containerPort: 8080 }] }),
        'owner',
        force,
      ),
      apply(`${deployments}/ssa-dep`, deployment('ssa-dep', { paused: true }, { image: 'k' }, [{ name: 'd', image: 'd' }]), 'owner'),
      apply(`${deployments}/ssa-dep`, deployment('ssa-dep', { paused: true }), 'owner'),
      strategic(
        `${deployments}/ssa-dep`,
        { spec: { template: { spec: { containers: [{ name: 'c', env: [{ name: 'E', $patch: 'delete' }] }] } } } },
        'patcher',
      ),
      put(`${deployments}/ssa-dep`, deployment('ssa-dep', { paused: true, replicas: 3 }, { image: 'new' }), 'putter'),
    ],
  },
  {
    title: 'an applied deployment, pruned of what its owner no longer says',
    steps: [
      apply(
        `${deployments}/ssa-own`,
        deployment(
          'ssa-own',
          { paused: true, replicas: 2, strategy: { type: 'Recreate' } },
          { ports: [{ containerPort: 80 }, { containerPort: 81, protocol: 'UDP' }], env: [{ name: 'A', value: '1' }], args: ['x'] },
          [{ name: 'd', image: 'd' }],
        ),
        'owner',
      ),
      strategic(
        `${deployments}/ssa-own`,
        { spec: { template: { spec: { containers: [{ name: 'd', env: [{ name: 'X', value: '1' }] }] } } } },
        'patcher',
      ),
      apply(
        `${deployments}/ssa-own`,
        deployment('ssa-own', { paused: true }, { ports: [{ containerPort: 81, protocol: 'UDP' }] }),
        'owner',
      ),
      apply(`${deployments}/ssa-own`, deployment('ssa-own', { paused: true, replicas: 2 }), 'owner'),
    ],
  },
  {
    title: 'managed fields can be edited and reset by writing the object',
    steps: [
      post(
        maps,
        map(
          'ssa-reset',
          { a: '1' },
          {
            managedFields: [
              { manager: 'given', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:z': {} } } },
            ],
          },
        ),
        'maker',
      ),
      merge(`${maps}/ssa-reset`, { data: { b: '1' } }, 'one'),
      merge(`${maps}/ssa-reset`, { metadata: { managedFields: [{ manager: 'bad', operation: 'Nothing' }] }, data: { c: '1' } }, 'two'),
      merge(
        `${maps}/ssa-reset`,
        {
          metadata: {
            managedFields: [
              { manager: 'ed', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:a': {} } } },
            ],
          },
          data: { d: '1' },
        },
        'three',
      ),
      merge(`${maps}/ssa-reset`, { metadata: { managedFields: [] } }, 'four'),
      merge(`${maps}/ssa-reset`, { data: { e: '1' } }, 'five'),
      apply(`${maps}/ssa-reset`, map('ssa-reset', { a: '2' }), 'six'),
      apply(`${maps}/ssa-reset`, map('ssa-reset', { a: '2' }), 'six', force),
      merge(`${maps}/ssa-reset`, { metadata: { managedFields: [{}] }, data: { f: '1' } }, 'seven'),
      put(`${maps}/ssa-reset`, map('ssa-reset', { g: '1' }), 'eight'),
      get(`${maps}/ssa-reset`),
    ],
  },
  {
    title: 'of many who update the oldest become one',
    steps: [
      post(maps, map('ssa-cap', { a: '1' }), 'm00'),
      ...Array.from({ length: 12 }, (_, i) => merge(`${maps}/ssa-cap`, { data: { [`k${i}`]: '1' } }, `m${String(i + 1).padStart(2, '0')}`)),
    ],
  },
  {
    title: 'kubectl takes over what it has applied from the client before',
    steps: [
      post(
        maps,
        map(
          'ssa-csa',
          { a: '1', b: '1' },
          { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(map('ssa-csa', { a: '1', b: '1' })) } },
        ),
        'kubectl-client-side-apply',
      ),
      merge(`${maps}/ssa-csa`, { data: { b: '2' } }, 'other'),
      apply(`${maps}/ssa-csa`, map('ssa-csa', { a: '3', b: '1' }), 'kubectl'),
      apply(`${maps}/ssa-csa`, map('ssa-csa', { a: '3' }), 'kubectl'),
      apply(`${maps}/ssa-csa`, map('ssa-csa', { a: '4' }, { annotations: { x: '<1>&' } }), 'kubectl'),
    ],
  },
  {
    title: 'kinds as they are made',
    steps: [
      post(
        maps,
        map(
          'ssa-k1',
          { a: '1' },
          {
            deletionTimestamp: '2026-01-01T00:00:00Z',
            generateName: 'x',
            ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'u' }],
          },
        ),
        'maker',
      ),
      post(
        '/api/v1/namespaces/default/secrets',
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'ssa-s' }, stringData: { a: 'b' } },
        'maker',
      ),
      post(
        '/api/v1/namespaces/default/pods',
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'ssa-p' },
          spec: {
            automountServiceAccountToken: false,
            nodeSelector: { never: 'x' },
            containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }] }],
            tolerations: [{ key: 'k', operator: 'Exists' }],
          },
        },
        'maker',
      ),
      post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ssa-ns' } }, 'maker'),
      post(
        '/apis/coordination.k8s.io/v1/namespaces/default/leases',
        { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'ssa-l' }, spec: { holderIdentity: 'h' } },
        'maker',
      ),
      post(
        '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
        {
          apiVersion: 'policy/v1',
          kind: 'PodDisruptionBudget',
          metadata: { name: 'ssa-b' },
          spec: { minAvailable: 1, selector: { matchLabels: { ssa: 'x' } } },
        },
        'maker',
      ),
      post(
        '/apis/rbac.authorization.k8s.io/v1/clusterroles',
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRole',
          metadata: { name: 'ssa-r' },
          rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
        },
        'maker',
      ),
      post(
        things,
        thing(
          'ssa-made',
          { replicas: 1, embedded: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', labels: { a: 'b' } }, data: { a: 'b' } } },
          { status: { word: 'lost' } },
        ),
        'maker',
      ),
    ],
  },
]
