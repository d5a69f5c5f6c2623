import { createKubeNode } from '@kube-node/core'
import type { ClusterOptions } from '@kube-node/core/bootstrap'
import {
  type BootstrapSpec,
  ConfigMaps,
  Events,
  type Node,
  NodeClasses,
  Nodes,
  type Secret,
  Secrets,
  annotations,
  findCondition,
  labels,
} from '@kube-node/core/api'
import { afterEach, describe, expect, it } from 'vitest'
import type { Faults, SimulatedProviderOptions } from '../cloud/index.ts'
import { type TestCluster, createTestCluster } from './index.ts'

let cluster: TestCluster
afterEach(() => cluster[Symbol.asyncDispose]())

const begin = async (
  bootstrap: BootstrapSpec,
  provider: SimulatedProviderOptions = {},
  wrong: (faults: Faults) => void = () => {},
  timeouts: object = {},
  join?: ClusterOptions,
): Promise<void> => {
  cluster = await createTestCluster()
  wrong(cluster.cloud.faults)
  const { runtime, cloud, server } = cluster
  cluster.start(
    createKubeNode({
      cluster: cluster.transport(),
      runtime,
      log: (level, message, facts) => void logged.push(JSON.stringify([level, message, facts])),
      providers: [cloud.provider(provider)],
      join: join ?? { server: 'https://10.0.0.1:6443', ca: server.certificateAuthority() },
    }),
  )
  await cluster.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: { provider: 'simulated', config: { region: 'r1' }, bootstrap, timeouts },
  })
  await cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'small' } } })
}
const logged: string[] = []
let forbidden: Disposable

/** As kubeadm publishes it. */
const publish = async (address: string): Promise<void> => {
  const ca = Buffer.from(cluster.server.certificateAuthority()).toString('base64')
  const kubeconfig = JSON.stringify({ clusters: [{ name: '', cluster: { server: address, 'certificate-authority-data': ca } }] })
  const metadata = { namespace: 'kube-public', name: 'cluster-info' }
  const known = await cluster.client.get(ConfigMaps, metadata)
  await (known
    ? cluster.lasting(cluster.client.patch(ConfigMaps, metadata, { merge: { data: { kubeconfig } } }))
    : cluster.create(ConfigMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { kubeconfig } }))
}

const node = async (): Promise<Node | undefined> => cluster.client.get(Nodes, { name: 'a' })
const runs = async (): Promise<boolean> => (await node())?.metadata?.annotations?.[annotations.phase] === 'Running'
const why = async (): Promise<string> => findCondition((await node())?.status?.conditions, 'MachineProvisioned')?.message ?? ''
const userData = (): string => Buffer.from(cluster.cloud.machines()[0]?.userData ?? []).toString('utf8')
const tokens = async (): Promise<readonly Secret[]> => {
  const found: Secret[] = []
  for await (const page of cluster.client.pages(Secrets, { namespace: 'kube-system', labels: 'kube-node.dev/bootstrap-token' }))
    found.push(...page)
  return found
}
const text = (secret: Secret | undefined, key: string): string => Buffer.from(secret?.data?.[key] ?? '', 'base64').toString('utf8')

describe('a claim whose class says how machines join', () => {
  it('tells its machine by user data, and takes its token back when it has joined', async () => {
    await begin({ type: 'kubelet', files: [{ path: '/etc/motd', content: 'this is {{ node.name }}' }] })
    await cluster.until('a machine starts', () => cluster.cloud.machines().length === 1)
    const [token] = await cluster.lasting(tokens())
    expect(userData()).toContain('this is a')
    expect(userData()).toContain('https://10.0.0.1:6443')
    expect(userData()).toContain(`${text(token, 'token-id')}.${text(token, 'token-secret')}`)
    await cluster.until('a runs', runs)
    expect(await cluster.lasting(tokens())).toEqual([])
    // The half that is a secret has been nowhere but in the Secret and on the machine.
    const half = text(token, 'token-secret')
    const events: unknown[] = []
    for await (const page of cluster.client.pages(Events)) events.push(page)
    expect(half).toHaveLength(16)
    expect(JSON.stringify([await node(), events, logged])).not.toContain(half)
  })

  it('says on the Node what is wrong with a template, makes nothing, and goes on when the class is mended', async () => {
    await begin({ type: 'none', commands: ['echo {{ node.nmae }}'] })
    await cluster.until('a says why', async () => (await why()).includes('spec.bootstrap.commands[0]'))
    expect(await why()).toContain('InvalidConfig')
    expect(cluster.cloud.machines()).toEqual([])
    await cluster.lasting(
      cluster.client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { bootstrap: { commands: ['echo {{ node.name }}'] } } } }),
    )
    await cluster.until('a runs', runs, 20_000)
    expect(userData()).toContain('echo a')
  })

  it('waits for a file that is missing, never shows what is in it, and goes on as soon as it is there, however long that was', async () => {
    const reference = { namespace: 'kube-system', name: 'files', key: 'motd' }
    await begin({ files: [{ path: '/etc/motd', configMapRef: reference }] })
    await cluster.until('a says why', async () => (await why()).includes('ConfigMap kube-system/files does not exist'))
    await cluster.runtime.advance(3_600_000)
    await cluster.create(ConfigMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'files', namespace: 'kube-system' },
      data: { motd: 'welcome' },
    })
    await cluster.until('a runs', runs, 20_000)
    expect(userData()).toContain('welcome')
  })

  it('looks for what is missing as long as somebody waits for it, and no longer', async () => {
    await begin({ files: [{ path: '/etc/motd', configMapRef: { namespace: 'kube-system', name: 'files', key: 'motd' } }] })
    await cluster.until('a says why', async () => (await why()).includes('does not exist'))
    let looks = 0
    cluster.server.onRequest(({ verb, resource, name }) => {
      if (verb === 'get' && resource === 'configmaps' && name === 'files') looks += 1
    })
    await cluster.runtime.advance(60_000)
    expect(looks).toBeGreaterThan(8)
    await cluster.lasting(cluster.client.delete(Nodes, { name: 'a' }, { uid: (await node())?.metadata?.uid ?? '' }))
    await cluster.until('a is gone', async () => (await node()) === undefined)
    await cluster.runtime.advance(10_000)
    looks = 0
    await cluster.runtime.advance(600_000)
    expect(looks).toBe(0)
  })

  it('says which file it may not read, and goes on as soon as it may', async () => {
    const reference = { namespace: 'kube-system', name: 'files', key: 'motd' }
    await begin({ files: [{ path: '/etc/motd', secretRef: reference }] }, {}, () => {
      forbidden = cluster.server.faults.add({ match: { verb: 'get', resource: 'secrets', name: 'files' }, status: 403 })
    })
    await cluster.until('a says why', async () => (await why()).includes('Secret kube-system/files'))
    expect(await why()).toMatch(/InvalidConfig: .*may not be read/)
    const metadata = { name: 'files', namespace: 'kube-system' }
    await cluster.create(Secrets, { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { motd: 'welcome' } })
    await cluster.runtime.advance(3_600_000)
    forbidden[Symbol.dispose]()
    await cluster.until('a runs', runs, 20_000)
    expect(userData()).toContain('welcome')
  })

  it('takes a failure of the API server for what it is: nothing was sent, and its end waits for nothing', async () => {
    let kept: Disposable | undefined
    await begin({ type: 'kubelet' }, { idempotency: 'lookup' }, () => {
      kept = cluster.server.faults.add({ match: { verb: 'create', resource: 'secrets', namespace: 'kube-system' }, status: 503 })
    })
    await cluster.until('a says why', async () => (await why()).includes('nothing of this attempt was sent'))
    const attempt = (await node())?.metadata?.annotations?.[annotations.machine]
    await cluster.runtime.advance(60_000)
    expect((await node())?.metadata?.annotations?.[annotations.machine]).toBe(attempt)
    await cluster.lasting(cluster.client.delete(Nodes, { name: 'a' }, { uid: (await node())?.metadata?.uid ?? '' }))
    await cluster.until('a is gone', async () => (await node()) === undefined, 10_000)
    kept?.[Symbol.dispose]()
    expect(cluster.cloud.calls.create).toBe(0)
  })

  it('tells each machine the cluster as it is published then', async () => {
    await begin({ type: 'kubelet' }, {}, () => {}, {}, {})
    await cluster.until('a says why', async () => (await why()).includes('cluster-info'))
    await cluster.runtime.advance(3_600_000)
    await publish('https://10.0.0.1:6443')
    await cluster.until('a runs', runs, 20_000)
    expect(userData()).toContain('https://10.0.0.1:6443')
    await publish('https://10.0.0.2:6443')
    await cluster.runtime.advance(60_000)
    await cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'b', labels: { [labels.class]: 'small' } } })
    await cluster.until('a second machine starts', () => cluster.cloud.machines().length === 2)
    expect(Buffer.from(cluster.cloud.machines()[1]?.userData ?? []).toString('utf8')).toContain('https://10.0.0.2:6443')
  })

  it('refuses user data that the provider does not take before any machine is made', async () => {
    const noise = Array.from({ length: 3_000 }, (_, i) => ((i * 7_919) % 104_729).toString(36)).join('')
    await begin({ files: [{ path: '/etc/noise', content: noise }] }, { maxUserData: 1_000 })
    await cluster.until('a says why', async () => (await why()).includes('and the provider takes 1000'))
    expect(cluster.cloud.calls.create).toBe(0)
  })

  it('takes its token along when it is deleted before anybody joined', async () => {
    await begin({ type: 'kubelet' }, {}, faults => faults.joinFails(1))
    await cluster.until('a machine runs', () => cluster.cloud.machines()[0]?.state === 'running')
    expect(await cluster.lasting(tokens())).toHaveLength(1)
    await cluster.lasting(cluster.client.delete(Nodes, { name: 'a' }, { uid: (await node())?.metadata?.uid ?? '' }))
    await cluster.until('a is gone', async () => (await node()) === undefined)
    expect(await cluster.lasting(tokens())).toEqual([])
  })

  it('gives the next attempt a token of its own, and nobody that of the last one', async () => {
    await begin({ type: 'kubelet' }, {}, faults => faults.joinFails(1))
    await cluster.until('a machine runs', () => cluster.cloud.machines()[0]?.state === 'running')
    const [first] = await cluster.lasting(tokens())
    await cluster.until('a runs', runs, 3_600_000)
    expect(cluster.cloud.machines()).toHaveLength(2)
    const second = Buffer.from(cluster.cloud.machines()[1]?.userData ?? []).toString('utf8')
    expect(second).toContain('.')
    expect(second).not.toContain(text(first, 'token-secret'))
    expect(await cluster.lasting(tokens())).toEqual([])
  })

  it('waits a long stockout out, and its token with it', async () => {
    await begin({ type: 'kubelet' }, {}, faults => faults.stockout({}), { provision: '1m', join: '5m' })
    await cluster.until('a says why', async () => (await why()).includes('InsufficientCapacity'))
    await cluster.runtime.advance(1_800_000)
    cluster.cloud.faults.restock()
    await cluster.until('a runs', runs, 900_000)
    expect(cluster.cloud.machines()).toHaveLength(1)
  })
})
