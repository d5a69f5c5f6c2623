import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { BootstrapSpec } from '../api/index.ts'
import { facts, given, planOf, problemsOf, secretOfToken, textOf } from './bootstrap.fixture.ts'
import { certificates } from './certificates.fixture.ts'
import { planBootstrap } from './plan.ts'

describe('type none', () => {
  it('wants nothing where the user wants nothing', () => {
    expect(planOf(given({}))).toEqual({ users: [], files: [], commands: [] })
    expect(planOf(given({ type: 'none' }))).toEqual({ users: [], files: [], commands: [] })
  })

  it('wants what the user wants and no more, and needs neither cluster nor token', () => {
    const { token: _, ...input } = given({
      type: 'none',
      files: [{ path: '/etc/motd', content: '{{ node.name }}' }],
      users: [{ name: 'ops' }],
      commands: ['touch /{{ class.name }}'],
    })
    const plan = planOf({ ...input, cluster: { ok: false, problems: [{ path: 'cluster.server', message: 'unknown' }] } })
    expect(plan).toEqual({
      users: [{ name: 'ops', sshAuthorizedKeys: [], sudo: false }],
      files: [{ path: '/etc/motd', bytes: Buffer.from('worker-1'), mode: '0644', owner: 'root' }],
      commands: ['touch /small'],
    })
  })
})

describe('type kubelet', () => {
  const plan = planOf(given({ type: 'kubelet', commands: ['apt-get install -y containerd'] }))

  it('gives the kubelet a bootstrap kubeconfig for this one claim', () => {
    const kubeconfig = parse(textOf(plan, '/etc/kubernetes/bootstrap-kubelet.conf')) as Record<string, unknown>
    expect(kubeconfig).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'cluster',
          cluster: { server: facts.server, 'certificate-authority-data': Buffer.from(facts.ca).toString('base64') },
        },
      ],
      users: [{ name: 'kubelet-bootstrap', user: { token: `abcdef.${secretOfToken}` } }],
      contexts: [{ name: 'bootstrap', context: { cluster: 'cluster', user: 'kubelet-bootstrap' } }],
      'current-context': 'bootstrap',
    })
    expect(plan.files.find(file => file.path === '/etc/kubernetes/bootstrap-kubelet.conf')?.mode).toBe('0600')
    expect(textOf(plan, '/etc/kubernetes/pki/ca.crt')).toBe(facts.ca)
  })

  it('lets only the API server in, and has certificates renewed', () => {
    expect(parse(textOf(plan, '/var/lib/kubelet/config.yaml'))).toEqual({
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true },
        x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' },
      },
      authorization: { mode: 'Webhook' },
      cgroupDriver: 'systemd',
      clusterDNS: ['10.96.0.10'],
      clusterDomain: 'cluster.local',
      rotateCertificates: true,
      serverTLSBootstrap: true,
    })
  })

  it('says nothing of DNS where the cluster has none', () => {
    const without = planOf(given({ type: 'kubelet' }, { cluster: { ok: true, value: { ...facts, dns: [] } } }))
    expect(textOf(without, '/var/lib/kubelet/config.yaml')).not.toMatch(/DNS|Domain/)
  })

  it('starts it under the name of the claim, whatever unit the image has', () => {
    expect(textOf(plan, '/etc/systemd/system/kubelet.service')).toContain('[Install]\nWantedBy=multi-user.target\n')
    const dropIn = textOf(plan, '/etc/systemd/system/kubelet.service.d/90-kube-node.conf')
    // A variable or a percent sign would be systemd's.
    expect(dropIn).toMatch(/^ExecStartPre=-timeout 60 \/bin\/sh -c '[^'$%]* -S \/run\/containerd\/containerd\.sock [^'$%]*'$/m)
    expect(dropIn).toContain(
      'ExecStart=\n' +
        'ExecStart=kubelet --hostname-override=worker-1 --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf ' +
        '--kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml $KUBELET_EXTRA_ARGS\n',
    )
    expect(plan.hostname).toBe('worker-1')
  })

  it('joins after the commands of the user', () => {
    expect(plan.commands).toEqual([
      'apt-get install -y containerd',
      'systemctl daemon-reload',
      'systemctl enable kubelet',
      'systemctl restart kubelet',
    ])
  })

  it('takes single settings from a directory, where the user puts files there', () => {
    const own = planOf(given({ type: 'kubelet', files: [{ path: '/etc/kubernetes/kubelet.conf.d/10-pods.conf', content: 'maxPods: 50' }] }))
    expect(textOf(own, '/etc/systemd/system/kubelet.service.d/90-kube-node.conf')).toContain(
      ' --config-dir=/etc/kubernetes/kubelet.conf.d ',
    )
  })

  it.each(['on', '1e3', '0x10', '12345', 'null'])('quotes a node called %s', name => {
    const named = planOf(given({ type: 'kubeadm' }, { node: { name } }))
    const document = parse(textOf(named, '/etc/kubernetes/kube-node-join.yaml'), { version: '1.1' }) as { nodeRegistration: unknown }
    expect(document.nodeRegistration).toHaveProperty('name', name)
  })
})

describe('type kubeadm', () => {
  it('joins by token, with the authority pinned by its hash', () => {
    const plan = planOf(given({ type: 'kubeadm', commands: ['true'] }))
    expect(parse(textOf(plan, '/etc/kubernetes/kube-node-join.yaml'))).toEqual({
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      kind: 'JoinConfiguration',
      discovery: {
        bootstrapToken: {
          apiServerEndpoint: '203.0.113.7:6443',
          token: `abcdef.${secretOfToken}`,
          caCertHashes: [certificates[0].hash],
        },
      },
      nodeRegistration: {
        name: 'worker-1',
        kubeletExtraArgs: [{ name: 'hostname-override', value: 'worker-1' }],
        ignorePreflightErrors: [
          'FileAvailable--etc-kubernetes-bootstrap-kubelet.conf',
          'FileAvailable--etc-kubernetes-pki-ca.crt',
          'Port-10250',
        ],
      },
    })
    expect(plan.files.map(({ path, mode }) => [path, mode])).toEqual([['/etc/kubernetes/kube-node-join.yaml', '0600']])
    expect(plan.commands).toEqual([
      'true',
      'test -s /etc/kubernetes/kubelet.conf || kubeadm join --config /etc/kubernetes/kube-node-join.yaml',
    ])
  })

  it.each([
    ['https://api.example.com', 'api.example.com:443'],
    ['https://api.example.com:443/', 'api.example.com:443'],
    ['https://[2001:db8::1]:6443', '[2001:db8::1]:6443'],
  ])('takes %s as %s', (server, endpoint) => {
    const plan = planOf(given({ type: 'kubeadm' }, { cluster: { ok: true, value: { ...facts, server } } }))
    expect(parse(textOf(plan, '/etc/kubernetes/kube-node-join.yaml'))).toHaveProperty(
      'discovery.bootstrapToken.apiServerEndpoint',
      endpoint,
    )
  })

  it('that joins again keeps what is good: its kubelet tells whether its certificate is, and kubeadm joins where nothing is left', () => {
    const steps = { attempt: 'uid-1-1', rejoins: true }
    const plan = planOf(given({ type: 'kubeadm' }, { steps }))
    expect(plan.files.map(({ path, mode }) => [path, mode])).toEqual([
      ['/etc/kubernetes/kube-node-join.yaml', '0600'],
      ['/etc/kubernetes/pki/ca.crt', '0644'],
      ['/etc/kubernetes/bootstrap-kubelet.conf', '0600'],
    ])
    expect(textOf(plan, '/etc/kubernetes/bootstrap-kubelet.conf')).toContain(`abcdef.${secretOfToken}`)
    expect(plan.commands).toEqual([
      'if test -s /etc/kubernetes/kubelet.conf; then systemctl restart kubelet; ' +
        'else kubeadm join --config /etc/kubernetes/kube-node-join.yaml; fi',
    ])
  })

  it("hands the user's patches on", () => {
    const files = [{ path: '/etc/kubernetes/patches/kubeletconfiguration+merge.yaml', content: 'maxPods: 50' }]
    const plan = planOf(given({ type: 'kubeadm', files }))
    expect(parse(textOf(plan, '/etc/kubernetes/kube-node-join.yaml'))).toHaveProperty('patches', { directory: '/etc/kubernetes/patches' })
  })
})

describe('files', () => {
  it.each(['kubelet', 'kubeadm'] as const)("of the user's take the place of ours: %s", type => {
    for (const { path } of planOf(given({ type })).files) {
      const plan = planOf(given({ type, files: [{ path: `/.${path}`, content: 'mine', permissions: '640', owner: 'ops:adm' }] }))
      expect(plan.files.filter(file => file.path === path)).toEqual([{ path, bytes: Buffer.from('mine'), mode: '0640', owner: 'ops:adm' }])
    }
  })

  it('from Secrets and ConfigMaps are verbatim, and a Secret is for its owner alone', () => {
    const reference = { namespace: 'a', name: 'b', key: 'c' }
    const plan = planOf(
      given(
        {
          files: [
            { path: '/s', secretRef: reference },
            { path: '/s2', secretRef: reference, permissions: '0640' },
            { path: '/c', configMapRef: reference },
          ],
        },
        {
          contents: new Map([
            ['/s', Buffer.from('{{ node.name }}')],
            ['/s2', Buffer.from([0, 255])],
            ['/c', Buffer.from('{% broken')],
          ]),
        },
      ),
    )
    expect(plan.files).toEqual([
      { path: '/s', bytes: Buffer.from('{{ node.name }}'), mode: '0600', owner: 'root' },
      { path: '/s2', bytes: Buffer.from([0, 255]), mode: '0640', owner: 'root' },
      { path: '/c', bytes: Buffer.from('{% broken'), mode: '0644', owner: 'root' },
    ])
  })
})

describe('hostname', () => {
  it.each(['kubelet', 'kubeadm'] as const)('is the machine’s own where the cloud dictates names (%s)', type => {
    const plan = planOf(given({ type }, { nodeNames: 'cloud' }))
    expect(plan).not.toHaveProperty('hostname')
    expect(JSON.stringify(plan.files.map(({ bytes }) => Buffer.from(bytes).toString('utf8')))).not.toMatch(/hostname-override|worker-1/)
  })

  it('is left out where the kernel would not take it', () => {
    expect(planOf(given({ type: 'kubelet' }, { node: { name: 'a'.repeat(64) } }))).toHaveProperty('hostname', 'a'.repeat(64))
    expect(planOf(given({ type: 'kubelet' }, { node: { name: 'a'.repeat(65) } }))).not.toHaveProperty('hostname')
  })
})

describe('problems', () => {
  const broken = { ok: false, problems: [{ path: 'cluster.server', message: 'unknown: tell the controller' }] } as const

  it.each<[string, BootstrapSpec, RegExp]>([
    [
      'a variable',
      {
        files: [
          { path: '/a', content: 'x' },
          { path: '/b', content: '{{ nod.name }}' },
        ],
      },
      /^spec\.bootstrap\.files\[1\]\.content: line 1: there is no nod/,
    ],
    [
      'a variable in a command',
      { commands: ['true', 'echo {{ node.ip }}'] },
      /^spec\.bootstrap\.commands\[1\]: line 1: there is no node\.ip/,
    ],
    ['a relative path', { files: [{ path: 'etc/motd', content: '' }] }, /^spec\.bootstrap\.files\[0\]\.path: must be the absolute path/],
    ['a folder', { files: [{ path: '/etc/', content: '' }] }, /^spec\.bootstrap\.files\[0\]\.path: must be/],
    ['two lines in a path', { files: [{ path: '/etc/a\nb', content: '' }] }, /^spec\.bootstrap\.files\[0\]\.path: must be/],
    [
      'one path twice',
      {
        files: [
          { path: '/etc/a', content: '' },
          { path: '/etc//b/../a', content: '' },
        ],
      },
      /^spec\.bootstrap\.files\[1\]\.path: is \/etc\/a, as that of files\[0\]/,
    ],
    [
      'an owner that a shell would run',
      { files: [{ path: '/a', content: '', owner: 'a;reboot' }] },
      /^spec\.bootstrap\.files\[0\]\.owner: must be/,
    ],
    ['no source', { files: [{ path: '/a' }] }, /^spec\.bootstrap\.files\[0\]: has no content: set one of/],
    [
      'a key of two lines',
      { users: [{ name: 'ops', sshAuthorizedKeys: ['ssh-ed25519 A', 'a\nb'] }] },
      /^spec\.bootstrap\.users\[0\]\.sshAuthorizedKeys\[1\]: must be one line/,
    ],
    ['NUL in a command', { commands: ['a\0b'] }, /^spec\.bootstrap\.commands\[0\]: has a NUL/],
  ])('name the field: %s', (_, spec, words) => {
    const problems = problemsOf(given(spec))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(words)
  })

  it('come all at once', () => {
    expect(problemsOf(given({ files: [{ path: 'a', content: '{{ x }}' }], commands: ['{{ y }}'] }))).toHaveLength(3)
  })

  it.each(['kubelet', 'kubeadm'] as const)('say what %s lacks', type => {
    expect(problemsOf(given({ type }, { cluster: broken }))).toEqual([
      `spec.bootstrap.type: ${type} needs the cluster's address and authority, and cluster.server: unknown: tell the controller`,
    ])
    const { token: _, ...input } = given({ type })
    expect(problemsOf(input)).toEqual([`spec.bootstrap.type: ${type} needs a bootstrap token, and none was made`])
  })

  it('say what a template lacks', () => {
    expect(problemsOf(given({ commands: ['curl {{ cluster.server }}'] }, { cluster: broken }))).toEqual([
      'spec.bootstrap.commands[0]: needs to know the cluster, and cluster.server: unknown: tell the controller',
    ])
  })
})

const anyText = fc.string({ unit: 'binary', maxLength: 40 })
const anyFile = fc.record({
  path: fc.oneof(fc.constantFrom('/a', '/b/../a', 'c', '/var/lib/kubelet/config.yaml'), anyText),
  content: fc.oneof(anyText, fc.constantFrom('{{ node.name }}', '{{ nothing }}', '{% if', '{{ cluster.ca }}')),
  owner: fc.constantFrom('root', 'ops', 'a b'),
})
const anySpec = fc.record({
  type: fc.constantFrom('kubelet', 'kubeadm', 'none'),
  files: fc.array(anyFile, { maxLength: 4 }),
  commands: fc.array(anyText, { maxLength: 4 }),
})

describe('whatever the class says', () => {
  it('the same input is the same plan', () => {
    fc.assert(
      fc.property(anySpec, spec => {
        expect(planBootstrap(given(structuredClone(spec)))).toEqual(planBootstrap(given(spec)))
      }),
    )
  })

  it('no problem shows a token, or what a Secret holds', () => {
    const content = 'hunter2-{{ node.nothing }}-{% broken'
    fc.assert(
      fc.property(anySpec, spec => {
        const files = [
          ...spec.files,
          { path: '/secret', secretRef: { namespace: 'a', name: 'b', key: 'c' } },
          { path: '/secret', secretRef: { namespace: 'a', name: 'b', key: 'c' }, owner: 'no body' },
        ]
        const problems = problemsOf(given({ ...spec, files }, { contents: new Map([['/secret', Buffer.from(content)]]) })).join('\n')
        expect(problems).toContain('spec.bootstrap.files')
        expect(problems).not.toContain('hunter2')
        expect(problems).not.toContain(secretOfToken)
      }),
    )
  })
})
