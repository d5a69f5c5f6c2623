/** Specs that the CRD and the parse functions must judge alike; the API server's own verdict on each was compared by hand on 1.37. */
export interface Specimen {
  readonly what: string
  readonly spec: Readonly<Record<string, unknown>>
  /** Where it is wrong, as the parse functions say it. Absent: it is good. */
  readonly wrongAt?: string
}

const taint = (key: string, effect = 'NoSchedule', value = 'x'): object => ({ key, effect, value })
const file = (more: object): object => ({ bootstrap: { files: [{ path: '/etc/motd', ...more }] } })
const ref = { namespace: 'kube-node-system', name: 'motd', key: 'text' }

export const nodeClassSpecs: readonly Specimen[] = [
  { what: 'only a provider', spec: { provider: 'aws-ec2' } },
  {
    what: 'everything',
    spec: {
      controller: 'kube-node.dev/controller',
      provider: 'aws-ec2',
      config: { region: 'eu-west-1', nested: { list: [1, 'two', null], deep: { a: true } } },
      secretRef: { namespace: 'kube-node-system', name: 'aws' },
      template: {
        labels: { tier: 'web', 'example.com/a': '' },
        annotations: { 'example.com/note': 'two words', 'kube-node.dev/do-not-disrupt': 'true' },
        taints: [taint('gpu'), taint('gpu', 'NoExecute')],
        startupTaints: [taint('cni.example.com/not-ready')],
      },
      bootstrap: {
        type: 'kubeadm',
        files: [
          { path: '/etc/motd', content: '{{ node.name }}', permissions: '0644', owner: 'root' },
          { path: '/etc/secret', secretRef: ref },
          { path: '/etc/config', configMapRef: ref },
        ],
        users: [{ name: 'ops', sshAuthorizedKeys: ['ssh-ed25519 AAAA ops'], sudo: true }],
        commands: ['systemctl enable --now kubelet', 'systemctl enable --now kubelet'],
      },
      limits: { nodes: 50 },
      timeouts: { provision: '15m', join: '1h30m', drain: '1.5h', volumeDetach: '500ms' },
    },
  },
  { what: 'no provider', spec: {}, wrongAt: 'spec.provider' },
  { what: 'a provider with capitals', spec: { provider: 'AWS' }, wrongAt: 'spec.provider' },
  { what: 'a config that is a list', spec: { provider: 'a', config: [] }, wrongAt: 'spec.config' },
  { what: 'a Secret without a namespace', spec: { provider: 'a', secretRef: { name: 'aws' } }, wrongAt: 'spec.secretRef.namespace' },
  { what: 'a duration without a unit', spec: { provider: 'a', timeouts: { drain: '15' } }, wrongAt: 'spec.timeouts.drain' },
  { what: 'a limit below 0', spec: { provider: 'a', limits: { nodes: -1 } }, wrongAt: 'spec.limits.nodes' },
  { what: 'a file without a source', spec: { provider: 'a', ...file({}) }, wrongAt: 'spec.bootstrap.files[0]' },
  {
    what: 'a file with two sources',
    spec: { provider: 'a', ...file({ content: '', secretRef: ref }) },
    wrongAt: 'spec.bootstrap.files[0]',
  },
  {
    what: 'a file at a relative path',
    spec: { provider: 'a', ...file({ path: 'etc/motd', content: '' }) },
    wrongAt: 'spec.bootstrap.files[0].path',
  },
  {
    what: 'permissions that are not octal',
    spec: { provider: 'a', ...file({ content: '', permissions: '0999' }) },
    wrongAt: 'spec.bootstrap.files[0].permissions',
  },
  {
    what: 'a path twice',
    spec: {
      provider: 'a',
      bootstrap: {
        files: [
          { path: '/a', content: '1' },
          { path: '/a', content: '2' },
        ],
      },
    },
    wrongAt: 'spec.bootstrap.files',
  },
  {
    what: 'a taint twice',
    spec: { provider: 'a', template: { taints: [taint('gpu'), taint('gpu', 'NoSchedule', 'y')] } },
    wrongAt: 'spec.template.taints',
  },
  {
    what: 'a taint of an unknown effect',
    spec: { provider: 'a', template: { taints: [taint('gpu', 'NoWay')] } },
    wrongAt: 'spec.template.taints[0].effect',
  },
  {
    what: 'a taint of ours',
    spec: { provider: 'a', template: { taints: [taint('kube-node.dev/not-up')] } },
    wrongAt: 'spec.template.taints[0].key',
  },
  {
    what: 'a taint that is not a key',
    spec: { provider: 'a', template: { taints: [taint('a b')] } },
    wrongAt: 'spec.template.taints[0].key',
  },
  {
    what: 'a label of ours',
    spec: { provider: 'a', template: { labels: { 'kube-node.dev/class': 'x' } } },
    wrongAt: 'spec.template.labels',
  },
  { what: 'a label that is not a key', spec: { provider: 'a', template: { labels: { 'a b': 'x' } } }, wrongAt: 'spec.template.labels.a b' },
  { what: 'a label value with a space', spec: { provider: 'a', template: { labels: { a: 'b c' } } }, wrongAt: 'spec.template.labels.a' },
  {
    what: 'an annotation of ours',
    spec: { provider: 'a', template: { annotations: { 'kube-node.dev/machine': '{}' } } },
    wrongAt: 'spec.template.annotations',
  },
  { what: 'an unknown way to join', spec: { provider: 'a', bootstrap: { type: 'magic' } }, wrongAt: 'spec.bootstrap.type' },
]

const rolling = (rollingUpdate: object): Specimen['spec'] => ({
  nodeClassName: 'small',
  strategy: { type: 'RollingUpdate', rollingUpdate },
})

export const nodeSetSpecs: readonly Specimen[] = [
  { what: 'only a class', spec: { nodeClassName: 'small' } },
  {
    what: 'everything',
    spec: {
      replicas: 3,
      nodeClassName: 'small',
      template: { labels: { a: 'b' }, annotations: { a: 'b' }, taints: [taint('gpu')], config: { instanceType: 'large', image: null } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
      minReadySeconds: 10,
      progressDeadlineSeconds: 1800,
      revisionHistoryLimit: 10,
      paused: false,
      scaleDown: { order: 'LeastPods' },
      maxLifetime: '720h',
      repair: { unhealthy: [{ type: 'Ready', status: 'Unknown', after: '10m' }], startupTimeout: '20m', maxUnhealthy: '40%' },
    },
  },
  { what: 'no nodes', spec: { nodeClassName: 'small', replicas: 0 } },
  { what: 'OnDelete', spec: { nodeClassName: 'small', strategy: { type: 'OnDelete' } } },
  { what: 'no surge, but one unavailable', spec: rolling({ maxSurge: 0, maxUnavailable: 1 }) },
  { what: 'a surge above 100 %', spec: rolling({ maxSurge: '150%' }) },
  { what: 'no class', spec: { replicas: 1 }, wrongAt: 'spec' },
  { what: 'several classes', spec: { nodeClassNames: ['spot', 'on-demand'] } },
  { what: 'one class and several', spec: { nodeClassName: 'small', nodeClassNames: ['small'] }, wrongAt: 'spec' },
  { what: 'more classes than may be asked about', spec: { nodeClassNames: ['a', 'b', 'c', 'd', 'e'] }, wrongAt: 'spec.nodeClassNames' },
  { what: 'a group that exists', spec: { nodeClassName: 'small', group: { id: 'old', sizeAuthority: 'group', deletionPolicy: 'Delete' } } },
  { what: 'a group with zones', spec: { nodeClassName: 'small', group: {}, zones: ['a'] }, wrongAt: 'spec' },
  { what: 'a group of several classes', spec: { nodeClassNames: ['a', 'b'], group: {} }, wrongAt: 'spec' },
  { what: 'another authority', spec: { nodeClassName: 'small', group: { sizeAuthority: 'me' } }, wrongAt: 'spec.group.sizeAuthority' },
  { what: 'zones and headroom', spec: { nodeClassName: 'small', zones: ['a', 'b'], headroom: { nodes: 2 } } },
  { what: 'less than no headroom', spec: { nodeClassName: 'small', headroom: { nodes: -1 } }, wrongAt: 'spec.headroom.nodes' },
  { what: 'a class with a name that is no label value', spec: { nodeClassName: 'a'.repeat(64) }, wrongAt: 'spec.nodeClassName' },
  { what: 'fewer than no nodes', spec: { nodeClassName: 'small', replicas: -1 }, wrongAt: 'spec.replicas' },
  { what: 'half a node', spec: { nodeClassName: 'small', replicas: 1.5 }, wrongAt: 'spec.replicas' },
  { what: 'neither surge nor unavailable', spec: rolling({ maxSurge: 0, maxUnavailable: 0 }), wrongAt: 'spec.strategy.rollingUpdate' },
  { what: 'neither, in percent', spec: rolling({ maxSurge: '0%', maxUnavailable: '0%' }), wrongAt: 'spec.strategy.rollingUpdate' },
  { what: 'no surge, and unavailable is 0 by default', spec: rolling({ maxSurge: 0 }), wrongAt: 'spec.strategy.rollingUpdate' },
  { what: 'a surge in words', spec: rolling({ maxSurge: 'some' }), wrongAt: 'spec.strategy.rollingUpdate.maxSurge' },
  { what: 'a number as text', spec: rolling({ maxSurge: '3' }), wrongAt: 'spec.strategy.rollingUpdate.maxSurge' },
  { what: 'a negative surge', spec: rolling({ maxSurge: -1 }), wrongAt: 'spec.strategy.rollingUpdate.maxSurge' },
  {
    what: 'rollingUpdate with OnDelete',
    spec: { nodeClassName: 'small', strategy: { type: 'OnDelete', rollingUpdate: {} } },
    wrongAt: 'spec.strategy',
  },
  {
    what: 'a deadline before a node can be available',
    spec: { nodeClassName: 'small', minReadySeconds: 60, progressDeadlineSeconds: 60 },
    wrongAt: 'spec',
  },
  { what: 'an unknown order', spec: { nodeClassName: 'small', scaleDown: { order: 'Random' } }, wrongAt: 'spec.scaleDown.order' },
  {
    what: 'a repair without a time',
    spec: { nodeClassName: 'small', repair: { unhealthy: [{ type: 'Ready', status: 'False' }] } },
    wrongAt: 'spec.repair.unhealthy[0].after',
  },
]
