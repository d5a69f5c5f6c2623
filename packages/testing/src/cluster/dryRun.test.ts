import { type KubeNode, createKubeNode } from '@kube-node/core'
import {
  Events,
  Namespaces,
  type Node,
  NodeClasses,
  Nodes,
  Secrets,
  annotations,
  defaultController,
  findCondition,
  labels,
} from '@kube-node/core/api'
import { createToken, newTokenSecret } from '@kube-node/core/identity'
import { listAll } from '@kube-node/core/kube'
import { expect, test } from 'vitest'
import { simulatedNodeLifecycle } from '../cloud/index.ts'
import { type Running, type TestCluster, createTestCluster } from './index.ts'

type Started = Running & { readonly metric: (name: string) => Promise<string | undefined> }

const start = (cluster: TestCluster, garbage: 'delete' | 'report'): Started => {
  const join = { server: 'https://127.0.0.1:6443', ca: cluster.server.certificateAuthority() }
  const kubeNode: KubeNode = createKubeNode({
    cluster: cluster.transport(),
    runtime: cluster.runtime,
    log: () => {},
    providers: [cluster.cloud.provider()],
    join,
    garbage,
  })
  const metric = async (name: string): Promise<string | undefined> =>
    new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'm').exec((await kubeNode.handle('/metrics')).body)?.[1]
  return Object.assign(cluster.start(kubeNode), { metric })
}

const nodeOf = (cluster: TestCluster, name: string): Promise<Node | undefined> => cluster.client.get(Nodes, { name })
const machineOf = (cluster: TestCluster, nodeName: string): string =>
  cluster.cloud.machines().find(({ owner }) => owner?.nodeName === nodeName)?.id ?? ''
const tokens = async (cluster: TestCluster): Promise<number> =>
  (await listAll(cluster.client, Secrets, { namespace: 'kube-system', labels: 'kube-node.dev/bootstrap-token' })).length

/** One Node that is well, one whose machine is gone, a machine whose Node is, and a token that nobody waits for. */
const leftOvers = async (cluster: TestCluster): Promise<void> => {
  await cluster.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: { provider: 'simulated', config: { region: 'r1' }, bootstrap: { type: 'kubelet' } },
  })
  for (const name of ['well', 'lost', 'also-well']) {
    await cluster.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: 'small' } } })
    await cluster.until(`${name} runs`, async () => (await nodeOf(cluster, name))?.metadata?.annotations?.[annotations.phase] === 'Running')
  }
  cluster.cloud.kill(machineOf(cluster, 'lost'))
  const system = await cluster.lasting(cluster.client.get(Namespaces, { name: 'kube-system' }))
  const owner = { controller: defaultController, claim: 'uid-gone', nodeName: 'gone', attempt: 1 }
  cluster.cloud.createForeign({ region: 'r1', owner: { ...owner, cluster: system?.metadata?.uid ?? '' } })
  const expiresAt = cluster.runtime.clock.now() + 86_400_000
  const document = { secret: newTokenSecret(cluster.runtime), document: Buffer.from('x'), joins: 'kubelet' as const, expiresAt }
  await cluster.lasting(createToken(cluster.client, { ...owner, ...document, id: 'stray1' }))
}

const isLost = async (cluster: TestCluster): Promise<boolean> =>
  findCondition((await nodeOf(cluster, 'lost'))?.status?.conditions, 'MachineProvisioned')?.reason === 'MachineLost'

test('Where garbage is only to be reported it is told of and left, with no more writes, and the next run deletes it', async () => {
  await using cluster = await createTestCluster()
  const lifecycle = simulatedNodeLifecycle({ transport: cluster.server.transport(), runtime: cluster.runtime })
  cluster.start({ run: ({ signal }) => lifecycle.run(signal) })
  const running = start(cluster, 'report')
  await leftOvers(cluster)
  await cluster.until('the lost one says so', () => isLost(cluster))
  await cluster.until('the token is told of', async () => (await running.metric('kube_node_stray_tokens')) === '1')
  await cluster.until('the orphan is told of', async () => (await running.metric('kube_node_orphans')) === '1')
  expect(await running.metric('kube_node_machines_missing')).toBe('1')
  expect(await running.metric('kube_node_machine_loss_frozen')).toBe('0')
  await cluster.runtime.advance(60_000)
  const events = await cluster.lasting(listAll(cluster.client, Events))
  const [orphaned] = events.filter(({ reason }) => reason === 'OrphanedMachines')
  expect(orphaned).toMatchObject({ involvedObject: { kind: 'NodeClass', name: 'small' } })
  expect(orphaned?.message).toContain(machineOf(cluster, 'gone'))
  expect(events.find(({ reason }) => reason === 'MachineLost')?.message).toContain('reported only')

  const written: string[] = []
  const stop = cluster.server.onRequest(({ user, verb, resource }) => {
    if (user === 'kube-node' && resource !== 'leases' && !['get', 'list', 'watch'].includes(verb)) written.push(`${verb} ${resource}`)
  })
  await cluster.runtime.advance(1_200_000)
  stop()
  expect(written).toEqual([])
  expect(cluster.cloud.machine(machineOf(cluster, 'gone'))?.state).toBe('running')
  expect((await cluster.lasting(nodeOf(cluster, 'lost')))?.metadata?.deletionTimestamp).toBeUndefined()
  expect(await cluster.lasting(tokens(cluster))).toBe(1)

  // What a person deletes goes as ever.
  const machine = machineOf(cluster, 'well')
  const { metadata } = (await cluster.lasting(nodeOf(cluster, 'well'))) ?? {}
  await cluster.lasting(cluster.client.delete(Nodes, { name: 'well' }, { uid: metadata?.uid ?? '' }))
  await cluster.until('it is gone', async () => (await nodeOf(cluster, 'well')) === undefined)
  expect(cluster.cloud.machine(machine)?.state).not.toBe('running')
  await running.stop()
  expect(await running.metric('kube_node_stray_tokens')).toBe('0')

  const next = start(cluster, 'delete')
  await cluster.until('the orphan is deleted', () => cluster.cloud.machine(machineOf(cluster, 'gone'))?.state !== 'running')
  await cluster.until('the lost one is gone', async () => (await nodeOf(cluster, 'lost')) === undefined)
  await cluster.until('the token is taken back', async () => (await tokens(cluster)) === 0)
  expect(await next.metric('kube_node_machines_lost_total')).toBe('1')
  expect((await cluster.lasting(nodeOf(cluster, 'also-well')))?.metadata?.deletionTimestamp).toBeUndefined()
})
