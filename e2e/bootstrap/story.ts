import type { BootstrapInput, JoinPlan } from '@kube-node/core/bootstrap'
import { planBootstrap } from '@kube-node/core/bootstrap'

type Spec = BootstrapInput['spec']

/** kube-apiserver's authority of nobody, valid for a hundred years. */
const ca = `-----BEGIN CERTIFICATE-----
MIIBhjCCAS2gAwIBAgIUVU6qxiPxRERyFK1Obn25PG0tFRcwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNa3ViZXJuZXRlcy1lYzAgFw0yNjExMjUxNjEyNDhaGA8yMTI2
MTEwMTE2MTI0OFowGDEWMBQGA1UEAwwNa3ViZXJuZXRlcy1lYzBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABNljuEttKUpLeodz4OtnPAmmEuoEDWh7K0oc2T3D7C3H
7ZeYbht0vHMKTr1VBkOfXiRHIfmJKDELTgzqOCCm4nujUzBRMB0GA1UdDgQWBBTZ
nux4zC2q3o2j4RAOk56ascv5ozAfBgNVHSMEGDAWgBTZnux4zC2q3o2j4RAOk56a
scv5ozAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIAtxKGJFgn+y
IIueDSQOC+dH0BzkUUQuWW6FIjIrulG+AiAMAEl3mAeDCbWmqODRdkTRTroJKemn
6XYE9HJp39208w==
-----END CERTIFICATE-----
`

const reference = { namespace: 'kube-node-system', name: 'files', key: 'key' }

/** All that a class can say. */
export const everything: Spec = {
  files: [
    { path: '/etc/motd', content: 'Welcome to {{ node.name }} ({{ class.config.instanceType }}).\n\n  Be kind: ü€😀\n' },
    { path: '/etc/one-line', content: 'no line break' },
    { path: '/etc/nothing', content: '' },
    { path: '/etc/dos', content: 'a\r\nb\r\n' },
    { path: '/etc/blanks', content: '\n\n  \t\n x \n\n' },
    { path: '/etc/braces', content: '{% raw %}{{ .Values.x }}{% endraw %}' },
    { path: '/etc/yaml', content: '---\nyes: no\n# comment\n"a": \'b\'\n' },
    { path: '/etc/long', content: 'the same line\n'.repeat(1_000) },
    { path: '/etc/secret', secretRef: reference },
    { path: '/etc/binary', configMapRef: reference, permissions: '755' },
    { path: '/home/ops/.profile', content: 'umask 077\n', owner: 'ops', permissions: '0600' },
    { path: '/srv/shared', content: 'x', owner: 'ops:adm' },
    { path: '/srv/rooted', content: 'x', owner: 'root:root' },
    {
      path: '/etc/kubernetes/kubelet.conf.d/10-pods.conf',
      // The machine of the test may have the old control groups.
      content: 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 50\nfailCgroupV1: false\n',
    },
    { path: '/etc/kubernetes/patches/kubeletconfiguration+merge.yaml', content: 'maxPods: 50\n' },
  ],
  users: [{ name: 'ops', sshAuthorizedKeys: ['ssh-ed25519 AAAA ops@example.com', 'ssh-ed25519 BBBB'], sudo: true }, { name: 'on' }],
  commands: ['echo {{ cluster.server }}', 'printf "%s\\n" \'it is\' >/dev/null', 'if true; then\n  echo yes\nfi'],
}

const input = (spec: Spec): BootstrapInput => ({
  spec,
  node: { name: 'worker-1.example.com', labels: { 'kube-node.dev/class': 'small' } },
  class: { name: 'small', config: { instanceType: 'm7i.large' } },
  cluster: {
    ok: true,
    value: { uid: 'uid-1', server: 'https://203.0.113.7:6443', ca, dns: ['10.96.0.10', 'fd00::10'], domain: 'cluster.local' },
  },
  token: { id: 'abcdef', secret: '0123456789abcdef' },
  contents: new Map([
    ['/etc/secret', Buffer.from('{{ not a template }}')],
    ['/etc/binary', Buffer.from([0, 1, 2, 253, 254, 255])],
  ]),
})

export const planFor = (spec: Spec): JoinPlan => {
  const result = planBootstrap(input(spec))
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.value
}

export const textOf = (plan: JoinPlan, path: string): string => {
  const file = plan.files.find(one => one.path === path)
  if (!file) throw new Error(`no ${path}`)
  return Buffer.from(file.bytes).toString('utf8')
}
