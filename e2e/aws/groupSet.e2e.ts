import { type Node, NodeSets, Nodes, nameOf } from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import { expect, test } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import { region } from './account.ts'
import { apiVersion, openCluster } from './cluster.ts'
import { type AwsGroupWorld, awsGroupWorld } from './groupWorld.ts'
import { motoOfFile } from './perFile.ts'

const moto = motoOfFile()

const writes = [
  'SetDesiredCapacity',
  'UpdateAutoScalingGroup',
  'SetInstanceProtection',
  'TerminateInstanceInAutoScalingGroup',
  'CreateOrUpdateTags',
]

test('a set takes a group over as it is, grows it, shrinks it by name, replaces whom a person deletes, and lets it go', async ({
  signal,
}) => {
  await using stack = new AsyncDisposableStack()
  const world = stack.use(await awsGroupWorld(moto()))
  const { client, begin } = stack.use(await openCluster({ ...world, className: 'pool', config: { region } }))
  begin()

  const id = await world.createGroup({ size: 3 })
  const nodes = async (): Promise<ReadonlyMap<string, string>> =>
    new Map((await listAll(client, Nodes)).map(node => [node.spec?.providerID?.split('/').at(-1) ?? '', nameOf(node)]))
  /** Kubelets of machines that are new say that they are there. */
  const settled = async (count: number): Promise<readonly string[]> => {
    const ids = (await world.running()).toSorted()
    const known = await nodes()
    const { Instances = [] } = (await world.group(id)) ?? {}
    for (const { InstanceId = '', AvailabilityZone = '' } of Instances) {
      if (!known.has(InstanceId)) await client.create(Nodes, nodeOf(InstanceId, AvailabilityZone))
    }
    expect(ids).toHaveLength(count)
    expect([...(await nodes()).keys()].toSorted()).toEqual(ids)
    const set = await client.get(NodeSets, { name: 'workers' })
    expect(set?.spec.replicas).toBe(count)
    expect(set?.status?.availableReplicas).toBe(count)
    return ids
  }
  const scale = (replicas: number): Promise<unknown> => client.patch(NodeSets, { name: 'workers' }, { merge: { spec: { replicas } } })

  await client.create(NodeSets, {
    apiVersion,
    kind: 'NodeSet',
    metadata: { name: 'workers' },
    spec: { nodeClassName: 'pool', replicas: 1, group: { id } },
  })
  const first = await eventually({ signal }, () => settled(3))
  expect(writes.filter(action => world.proxy.calls.has(action))).toEqual([])

  await scale(5)
  const grown = await eventually({ signal }, () => settled(5))
  expect(grown).toEqual(expect.arrayContaining([...first]))

  await scale(2)
  const left = await eventually({ signal }, () => settled(2))
  expect(await protectedIn(world, id)).toEqual(left)

  const [gone = '', stays = ''] = left
  const doomed = await client.get(Nodes, { name: (await nodes()).get(gone) ?? '' })
  await client.delete(Nodes, { name: doomed?.metadata?.name ?? '' }, { uid: doomed?.metadata?.uid ?? '' })
  await eventually({ signal }, async () => {
    const now = await settled(2)
    expect(now).toContain(stays)
    expect(now).not.toContain(gone)
  })

  const last = (await world.running()).toSorted()
  const set = await client.get(NodeSets, { name: 'workers' })
  await client.delete(NodeSets, { name: 'workers' }, { uid: set?.metadata?.uid ?? '' })
  await eventually({ signal }, async () => expect(await client.get(NodeSets, { name: 'workers' })).toBeUndefined())
  expect((await world.running()).toSorted()).toEqual(last)
  expect([...(await nodes()).keys()].toSorted()).toEqual(last)
}, 300_000)

const protectedIn = async (world: AwsGroupWorld, id: string): Promise<readonly string[]> => {
  const { Instances = [] } = (await world.group(id)) ?? {}
  return Instances.flatMap(({ InstanceId = '', ProtectedFromScaleIn }) => (ProtectedFromScaleIn ? [InstanceId] : [])).toSorted()
}

const nodeOf = (id: string, zone: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: `ip-${id.slice(2)}`, labels: { 'kubernetes.io/hostname': `ip-${id.slice(2)}` } },
  spec: { providerID: `aws:///${zone}/${id}` },
  status: {
    nodeInfo: { kubeletVersion: 'v1.37.2' },
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: '2026-11-26T08:00:00Z' }],
  },
})
