import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CertificateSigningRequests, Events, Namespaces, NodeClasses, Nodes, Pods, Secrets, annotations } from '@kube-node/core/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestCluster, nodeSet, testCluster } from './cluster.fixture.ts'

const { serveCloud, simulatedCloud } = await import('@kube-node/testing/cloud')
const { systemRuntime } = await import('@kube-node/core/runtime')

let cluster: TestCluster
beforeEach(async () => {
  cluster = await testCluster()
  await cluster.lease()
})
afterEach(() => cluster[Symbol.asyncDispose]())

const secretHalf = 'topsecrettopsecr'
const booting = {
  startedAt: '2026-05-01T12:00:00Z',
  createdAt: '2026-05-01T12:00:10Z',
  id: 'i-1',
  providerID: 'sim:///i-1',
  token: 'abc123',
  connection: { config: { region: 'local' }, secret: { namespace: 'kube-node-system', name: 'cloud' } },
}
const base64 = (text: string): string => Buffer.from(text).toString('base64')

const bootstrapToken = (expiration: string): Promise<unknown> =>
  cluster.client.create(Secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'kube-system', name: 'bootstrap-token-abc123' },
    type: 'bootstrap.kubernetes.io/token',
    data: { 'token-id': base64('abc123'), 'token-secret': base64(secretHalf), expiration: base64(expiration) },
  })

const event = (uid: string, reason: string, message: string, minute: number): Promise<unknown> =>
  cluster.client.create(Events, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace: 'default', name: `a.${minute}` },
    involvedObject: { apiVersion: 'v1', kind: 'Node', name: 'a', uid },
    type: 'Warning',
    reason,
    message,
    count: 2,
    firstTimestamp: `2026-05-01T12:${minute}:00Z`,
    lastTimestamp: `2026-05-01T12:${minute}:00Z`,
    source: { component: 'nodes' },
  })

describe('kube-node explain', { timeout: 30_000 }, () => {
  it('tells the whole chain of a node, and no secret', async () => {
    await cluster.nodeClass('small', { config: { region: 'local' } })
    const node = await cluster.claim('a')
    const uid = node.metadata?.uid ?? ''
    await cluster.becomes('a', 'Booting', booting)
    await bootstrapToken('2099-01-01T00:00:00Z')
    await event(uid, 'CertificateRefused', 'certificate request csr-9: KeyRefused: RSA of 512 bits', 20)
    await event(uid, 'MachineCreated', 'simulated made machine sim:///i-1', 10)
    await event('another-uid', 'Old', 'of an earlier node of that name', 30)
    const { code, out, err } = await cluster.outcome('explain', 'node/a')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).not.toContain(secretHalf)
    for (const line of [
      /^NODE +a$/m,
      new RegExp(`^ +uid ${uid}, created 20\\d\\d-`, 'm'),
      /^PHASE +Booting for \d+ (min|h)/m,
      /^WHY +certificate request csr-9: KeyRefused: RSA of 512 bits$/m,
      /^NEXT +its time to join is over: it is to be replaced$/m,
      /^KUBELET +has not joined$/m,
      /^FINALIZERS +kube-node.dev\/machine$/m,
      /^CLASS +small: provider simulated, Ready Unknown$/m,
      /^CONTROLLER +kube-node.dev\/controller: acting, held by host-1, renewed /m,
      /^RECORD +attempt 1 at simulated, begun 2026-05-01T12:00:00Z \(/m,
      /^ +connection \{"region":"local"\}$/m,
      /^ +credentials in Secret kube-node-system\/cloud: there is none$/m,
      /^MACHINE +i-1, sim:\/\/\/i-1$/m,
      /^TOKEN +abc123: good until 2099-01-01T00:00:00Z \(in \d+ h/m,
      /^PODS +0$/m,
    ])
      expect(out).toMatch(line)
    const events = out.slice(out.indexOf('EVENTS'))
    expect(events).not.toContain('earlier node')
    expect(events.indexOf('MachineCreated'), 'in their order').toBeLessThan(events.indexOf('CertificateRefused'))
  })

  it('compares the revision of the class now with that of the Node', async () => {
    await cluster.nodeClass('small')
    await cluster.claim('a')
    await cluster.client.patch(Nodes, { name: 'a' }, { merge: { metadata: { labels: { 'kube-node.dev/revision': 'a000000000' } } } })
    const { out } = await cluster.outcome('explain', 'node/a')
    expect(out).toMatch(/^ +revision a\w{9}; the Node was made by revision a000000000: a new machine would be another$/m)
    const [, revision = ''] = /revision (a\w{9});/.exec(out) ?? []
    await cluster.client.patch(Nodes, { name: 'a' }, { merge: { metadata: { labels: { 'kube-node.dev/revision': revision } } } })
    expect((await cluster.outcome('explain', 'node/a')).out).toContain(`revision ${revision}, by which the Node was made`)
  })

  it('names the pods that hold a drain, and expired tokens', async () => {
    await cluster.nodeClass('small')
    const { metadata } = await cluster.claim('a')
    await cluster.becomes('a', 'Draining', { ...booting, connection: { config: {} } })
    await bootstrapToken('2026-05-01T12:00:00Z')
    await cluster.client.create(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
    for (const [name, keep] of [
      ['web', 'false'],
      ['db', 'true'],
    ] as const)
      await cluster.client.create(Pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { namespace: 'shop', name, annotations: { [annotations.doNotDisrupt]: keep } },
        spec: { nodeName: 'a', containers: [{ name: 'c', image: 'i' }] },
      })
    expect((await cluster.outcome('explain', 'node/a')).out).toMatch(/^PODS +2$/m)
    await cluster.client.delete(Nodes, { name: 'a' }, { uid: metadata?.uid ?? '' })
    const { out } = await cluster.outcome('explain', 'node', 'a')
    expect(out).toMatch(/^PODS +2, of which these hold the drain:$/m)
    expect(out).toMatch(/^ +shop\/web: to be evicted$/m)
    expect(out).toMatch(/^ +shop\/db: annotation kube-node.dev\/do-not-disrupt$/m)
    expect(out).toMatch(/^TOKEN +abc123: expired 2026-05-01T12:00:00Z \(/m)
  })

  it('is for programs too', async () => {
    await cluster.nodeClass('small')
    await cluster.claim('a')
    await cluster.becomes('a', 'Booting', booting)
    await bootstrapToken('2099-01-01T00:00:00Z')
    const { out } = await cluster.outcome('explain', 'node/a', '-o', 'json')
    expect(out).not.toContain(secretHalf)
    expect(JSON.parse(out)).toMatchObject({
      node: { name: 'a', phase: 'Booting', state: 'progress', machine: 'i-1' },
      class: { name: 'small', state: 'there', provider: 'simulated' },
      controller: { state: 'acting' },
      record: { attempt: 1, secret: 'kube-node-system/cloud', secretState: 'missing' },
      token: { id: 'abc123', state: 'there', expiresAt: '2099-01-01T00:00:00Z' },
      pods: { count: 0, holding: [] },
    })
  })

  it('shows certificate requests of the machine, by token and by name', async () => {
    await cluster.claim('a')
    await cluster.becomes('a', 'Booting', booting)
    const { certificateRequest } = await import('@kube-node/testing/server')
    const { createClient } = await import('@kube-node/core/kube')
    const { generateKeyPairSync } = await import('node:crypto')
    const asked = async (name: string, user: string, group: string): Promise<void> => {
      const client = createClient({
        transport: cluster.server.transport({ user, groups: [group, 'system:masters'] }),
        clock: systemRuntime().clock,
      })
      const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const request = certificateRequest({ commonName: 'system:node:a' }, keys)
      await client.create(CertificateSigningRequests, {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { name },
        spec: {
          request,
          signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
          usages: ['digital signature', 'client auth'],
        },
      })
    }
    await asked('csr-token', 'system:bootstrap:abc123', 'system:bootstrappers:kube-node')
    await asked('csr-other', 'system:bootstrap:zzz999', 'system:bootstrappers:kube-node')
    await asked('csr-name', 'system:node:a', 'system:nodes')
    const { out, err } = await cluster.outcome('explain', 'node/a')
    expect(err).toBe('')
    expect(out).toMatch(/csr-token for first join: pending/)
    expect(out).toMatch(/csr-name for client: pending/)
    expect(out).not.toContain('csr-other')
  })

  it('asks the provider itself, which changes nothing', async () => {
    const cloud = simulatedCloud({ runtime: systemRuntime(), bootTime: '1h' })
    const served = await serveCloud(cloud)
    const provider = join(cluster.folder, 'provider.mjs')
    const module = import.meta.resolve('@kube-node/testing/cloud')
    writeFileSync(provider, `import { remoteCloudProvider } from '${module}'\nexport default remoteCloudProvider({ url: '${served.url}' })`)
    const node = await cluster.claim('a')
    const system = await cluster.client.get(Namespaces, { name: 'kube-system' })
    const owner = { controller: 'kube-node.dev/controller', claim: node.metadata?.uid ?? '', nodeName: 'a', attempt: 1 }
    const mine = cloud.createForeign({ owner: { ...owner, cluster: system?.metadata?.uid ?? '' } })
    cloud.createForeign({ owner: { ...owner, cluster: 'x', claim: 'y', nodeName: 'b' } })
    await cluster.becomes('a', 'Booting', { ...booting, token: undefined, connection: { config: { region: 'local' } }, id: mine.id })
    const before = JSON.stringify(cloud.machines())

    const { code, out } = await cluster.outcome('explain', 'node/a', '--provider', './provider.mjs')
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`^PROVIDER +${mine.id} \\w+, .*its tags: this claim, attempt 1`, 'm'))
    expect(out.match(/its tags/g)).toHaveLength(1)

    await cluster.becomes('a', 'Booting', {
      ...booting,
      token: undefined,
      connection: { config: { region: 'local' } },
      provider: 'aws-ec2',
    })
    expect((await cluster.outcome('explain', 'node/a', '--provider', './provider.mjs')).out).toContain(
      'could not be asked: none of the modules exports provider aws-ec2; they have: simulated',
    )
    expect(JSON.stringify(cloud.machines())).toBe(before)
    await served[Symbol.asyncDispose]()
    await cloud[Symbol.asyncDispose]()
  })

  it('explains sets and classes with their conditions and nodes', async () => {
    await cluster.nodeClass('small', { limits: { nodes: 3 } })
    const resolved = [
      { field: 'ami.id', value: 'ami-1' },
      { field: 'subnets.ids', value: '["subnet-1","subnet-2"]' },
    ]
    const connections = [{ provider: 'simulated', account: '7', config: { region: 'r1' }, secret: { namespace: 'n', name: 's' } }]
    await cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { status: { resolved, connections } } }, { subresource: 'status' })
    await cluster.claim('a')
    await nodeSet(cluster.client, 'workers', 'gpu')
    const aClass = await cluster.outcome('explain', 'class/small')
    expect(JSON.parse((await cluster.outcome('explain', 'class/small', '-o', 'json')).out)).toMatchObject({
      class: { resolved, connections },
    })
    expect(aClass.out).toMatch(/^RESOLVED +ami.id: ami-1\n +subnets.ids: \["subnet-1","subnet-2"\]$/m)
    expect(aClass.out).toMatch(/^CONNECTIONS +simulated account 7: {"region":"r1"}, credentials in Secret n\/s$/m)
    expect(aClass).toMatchObject({ code: 0, err: '' })
    expect(aClass.out).toMatch(/^SIZE +1 nodes of 3 \(spec.limits.nodes\)$/m)
    expect(aClass.out).toMatch(/^NODES +a: Pending, nobody has begun with it$/m)
    const aSet = await cluster.outcome('explain', 'nodeset/workers')
    expect(aSet.out).toMatch(/^WHY +there is no NodeClass "gpu"$/m)
    expect(aSet.out.match(/^CONTROLLER/gm)).toHaveLength(1)
    expect(aSet.out).toMatch(/^SIZE +2 desired, 0 current/m)
    expect(JSON.parse((await cluster.outcome('explain', 'nodeset/workers', '-o', 'json')).out)).toMatchObject({ nodeSet: { desired: 2 } })
  })

  it.each([
    [['nodes'], 2, 'write which one: node/NAME'],
    [['pod/a'], 2, '"pod/a" is nothing that kube-node knows'],
    [['class/a', '--provider', './x.mjs'], 2, '--provider is for nodes'],
    [[], 2, "missing required argument 'what'"],
    [['node/a'], 1, 'there is no Node "a"'],
    [['class/a'], 1, 'there is no NodeClass "a"'],
  ])('%j exits with %i and words', async (args, code, reason) => {
    const outcome = await cluster.outcome('explain', ...args)
    expect(outcome).toMatchObject({ code, out: '' })
    expect(outcome.err).toContain(reason)
  })
})
