import { createKubeNode, freezeKey, liftedData, readyStatus } from '@kube-node/core'
import {
  ConfigMaps,
  Events,
  type Node,
  type NodeClass,
  NodeClasses,
  Nodes,
  Secrets,
  annotations,
  conditions,
  defaultController,
  findCondition,
  labels,
} from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import { afterEach, describe, expect, it } from 'vitest'
import { type Running, type TestCluster, createTestCluster } from './index.ts'

const small: NodeClass = {
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeClass',
  metadata: { name: 'small' },
  spec: { provider: 'simulated', config: { region: 'r1' } },
}
const claim = (name: string): Node => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: 'small' } } })

let cluster: TestCluster
afterEach(() => cluster[Symbol.asyncDispose]())

interface Controller extends Running {
  metric(name: string): Promise<string | undefined>
}

const lead = (identity: string, provider = cluster.cloud.provider()): Controller => {
  const kubeNode = createKubeNode({
    join: { server: 'https://127.0.0.1:6443', ca: cluster.server.certificateAuthority() },
    cluster: cluster.transport(),
    runtime: cluster.runtime,
    log: () => {},
    providers: [provider],
    leaderElection: { namespace: 'kube-node-system', identity },
  })
  const running = cluster.start(kubeNode)
  const metric = async (name: string): Promise<string | undefined> =>
    new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'm').exec((await kubeNode.handle('/metrics')).body)?.[1]
  return Object.assign(running, { metric })
}

const phaseOf = async (name: string): Promise<string | undefined> =>
  (await cluster.client.get(Nodes, { name }))?.metadata?.annotations?.[annotations.phase]
const runs = (name: string): Promise<unknown> => cluster.until(`${name} runs`, async () => (await phaseOf(name)) === 'Running')
const alive = (nodeName: string): boolean =>
  cluster.cloud.machines().some(({ owner, state }) => owner?.nodeName === nodeName && state !== 'gone')

const machineOf = (nodeName: string): string => cluster.cloud.machines().find(({ owner }) => owner?.nodeName === nodeName)?.id ?? ''

const key = freezeKey('kube-node-system', defaultController)
const written = async (): Promise<string | undefined> => (await cluster.client.get(ConfigMaps, key))?.data?.['state']
const lift = (): Promise<unknown> => cluster.lasting(cluster.client.patch(ConfigMaps, key, { merge: { data: { ...liftedData } } }))
const condition = async (): Promise<string | undefined> =>
  findCondition((await cluster.client.get(NodeClasses, { name: 'small' }))?.status?.conditions, conditions.deletionsFrozen)?.status

/** Three nodes, of which the backup knows two: too few orphans for them to look like bad information. */
const given = async (): Promise<{ readonly first: Controller; restore(): void }> => {
  cluster = await createTestCluster()
  const first = lead('first')
  await cluster.create(NodeClasses, small)
  for (const name of ['a', 'b']) {
    await cluster.create(Nodes, claim(name))
    await runs(name)
  }
  const backup = cluster.server.snapshot()
  await cluster.runtime.advance(120_000)
  await cluster.create(Nodes, claim('c'))
  await runs('c')
  expect(await cluster.lasting(written())).toBeUndefined()
  return { first, restore: () => cluster.server.restore(backup) }
}

const keepsC = async (): Promise<void> => {
  await cluster.runtime.advance(600_000)
  expect(['a', 'b', 'c'].map(alive)).toEqual([true, true, true])
}
const letsCGo = (): Promise<unknown> => cluster.until('the machine of c is gone', () => !alive('c'))

describe('after the API server was restored from a backup', () => {
  it('what its leader saw binds the next one, until a person lifts it', async () => {
    const { first, restore } = await given()
    restore()
    await cluster.until('it is written', async () => (await written()) === 'frozen')
    await cluster.until('the class says so', async () => (await condition()) === 'True')
    expect(await first.metric('kube_node_deletions_frozen')).toBe('1')
    const told: string[] = []
    for await (const page of cluster.client.pages(Events))
      told.push(...page.filter(({ reason }) => reason === 'DeletionsFrozen').map(({ message }) => message ?? ''))
    expect(told[0]).toContain('kube-node thaw')
    await first.stop()
    expect(await first.metric('kube_node_deletions_frozen'), 'it leads no more').toBe('0')

    const second = lead('second')
    await keepsC()
    expect(await second.metric('kube_node_deletions_frozen')).toBe('1')
    await lift()
    await letsCGo()
    await cluster.until('the class says so', async () => (await condition()) === 'False')
    expect(await second.metric('kube_node_deletions_frozen')).toBe('0')
    expect(['a', 'b'].map(alive)).toEqual([true, true])
  })

  it('who begins only then learns it from a machine that was made when, by the lease, nobody led', async () => {
    const { first, restore } = await given()
    await first.stop()
    restore()
    const second = lead('second')
    await keepsC()
    expect(await cluster.lasting(written())).toBe('frozen')
    await second.stop()

    lead('third')
    await keepsC()
    await lift()
    await letsCGo()
    await cluster.runtime.advance(120_000)
    expect(await cluster.lasting(written())).toBe('lifted')
  })

  it.each([
    ['of an attempt that its record knows nothing of', 'it boots', 'token'],
    ['of the same attempt, which was made anew', 'nothing is written on it', 'unique-name'],
  ] as const)('who begins only then learns it from another machine of a claim, one %s', async (_which, since, idempotency) => {
    cluster = await createTestCluster({ cloud: { bootTime: '1m' } })
    const provider = cluster.cloud.provider({ idempotency })
    const first = lead('first', provider)
    await cluster.create(NodeClasses, small)
    await cluster.client.create(Nodes, claim('a'))
    if (since === 'it boots') await cluster.until(since, async () => (await phaseOf('a')) === 'Booting')
    const past = cluster.server.snapshot()
    await runs('a')
    const running = cluster.server.snapshot()
    await first.stop()
    cluster.cloud.kill(machineOf('a'), { listed: false })
    await cluster.runtime.advance(60_000)
    // In a past in which it had not joined, another machine is made.
    cluster.server.restore(past)
    const second = lead('second', provider)
    await cluster.until('another machine boots', () => alive('a'), 600_000)
    await second.stop()
    cluster.server.restore(running)
    lead('third', provider)
    await cluster.runtime.advance(600_000)
    expect(alive('a')).toBe(true)
    expect(await cluster.lasting(written())).toBe('frozen')
  })

  it('who has led for a moment only, and found nothing, leaves to its successor what the lease told it', async () => {
    const { first, restore } = await given()
    await first.stop()
    restore()
    const second = lead('second')
    await cluster.until('second leads', () => second.metric('leader_election_master_status').then(value => value === '1'))
    await second.stop()
    expect(await cluster.lasting(written())).toBeUndefined()
    lead('third')
    await keepsC()
  })

  it('who saw it while standing by does not freeze anew what a person has lifted', async () => {
    const { first, restore } = await given()
    const standby = lead('standby')
    await cluster.runtime.advance(5_000)
    restore()
    await cluster.until('it is written', async () => (await written()) === 'frozen')
    await lift()
    await letsCGo()
    await first.stop()
    await cluster.until('standby leads', () => standby.metric('leader_election_master_status').then(value => value === '1'))
    await cluster.runtime.advance(120_000)
    expect(await cluster.lasting(written())).toBe('lifted')
    expect(await standby.metric('kube_node_deletions_frozen')).toBe('0')
  })

  it('who cannot read whether deletions are frozen decides nothing', async () => {
    const { first } = await given()
    await cluster.create(ConfigMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: key, data: { state: 'frozen' } })
    await cluster.until('the class says so', async () => (await condition()) === 'True')
    await first.stop()
    cluster.cloud.kill(machineOf('c'))
    const silence = cluster.server.faults.add({ match: { resource: 'configmaps', user: 'kube-node' }, status: 503 })
    const second = lead('second')
    await cluster.runtime.advance(600_000)
    expect(await second.metric('leader_election_master_status')).toBe('1')
    expect(await cluster.lasting(cluster.client.get(Nodes, { name: 'c' }))).toBeDefined()
    silence[Symbol.dispose]()
    await cluster.runtime.advance(600_000)
    expect(await second.metric('kube_node_deletions_frozen')).toBe('1')
    expect(await cluster.lasting(cluster.client.get(Nodes, { name: 'c' }))).toBeDefined()
  })

  it('a freeze whose ConfigMap is deleted, as another restore does, is written again', async () => {
    const { restore } = await given()
    restore()
    await cluster.until('it is written', async () => (await written()) === 'frozen')
    const uid = (await cluster.lasting(cluster.client.get(ConfigMaps, key)))?.metadata?.uid ?? ''
    await cluster.lasting(cluster.client.delete(ConfigMaps, key, { uid }))
    await keepsC()
    expect(await cluster.lasting(written())).toBe('frozen')
  })

  it('a person may freeze too, before a restore, say', async () => {
    await given()
    await cluster.create(ConfigMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: key, data: { state: 'frozen' } })
    await cluster.until('the class says so', async () => (await condition()) === 'True')
    const node = await cluster.lasting(cluster.client.get(Nodes, { name: 'c' }))
    cluster.cloud.kill(machineOf('c'))
    await cluster.runtime.advance(600_000)
    expect((await cluster.lasting(cluster.client.get(Nodes, { name: 'c' })))?.metadata?.uid).toBe(node?.metadata?.uid)
    await lift()
    await cluster.until('c has ended with its machine', async () => (await cluster.client.get(Nodes, { name: 'c' })) === undefined)
  })

  it('who is told of a machine that is long gone finds the one that its kubelet runs on', async () => {
    cluster = await createTestCluster()
    await cluster.create(NodeClasses, { ...small, spec: { ...small.spec, bootstrap: { type: 'kubelet' } } })
    const first = lead('first')
    await cluster.create(Nodes, claim('a'))
    const record = async (): Promise<unknown> => {
      const found = await cluster.client.get(Nodes, { name: 'a' })
      return JSON.parse(found?.metadata?.annotations?.[annotations.machine] ?? '{}')
    }
    await cluster.until(
      'its id is known',
      async () => (await cluster.client.get(Nodes, { name: 'a' }))?.metadata?.annotations?.[annotations.phase] === 'Booting',
    )
    const tokens = (): Promise<readonly unknown[]> =>
      listAll(cluster.client, Secrets, { namespace: 'kube-system', labels: 'kube-node.dev/bootstrap-token' })
    expect(await cluster.lasting(tokens())).toHaveLength(1)
    const gone = machineOf('a')
    const backup = cluster.server.snapshot()
    cluster.cloud.kill(gone)
    await runs('a')
    await first.stop()
    const [living] = cluster.cloud.machines().filter(({ state }) => state === 'running')
    expect(await cluster.lasting(record())).toMatchObject({ id: living?.id, attempt: 2 })

    cluster.server.restore(backup)
    expect(await cluster.lasting(record())).toMatchObject({ id: gone, attempt: 1 })
    await cluster.until(
      'its kubelet says that it is ready',
      async () => readyStatus((await cluster.client.get(Nodes, { name: 'a' })) ?? claim('a')) === 'True',
    )
    lead('second')
    await runs('a')
    expect(await cluster.lasting(record())).toMatchObject({ id: living?.id, attempt: 2 })
    // Nobody can join by the token of the first attempt.
    expect(await cluster.lasting(tokens())).toEqual([])
    expect(cluster.cloud.machines().flatMap(({ id, state }) => (state === 'gone' ? [] : id))).toEqual([living?.id])
  })
})
