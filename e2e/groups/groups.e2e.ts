import { Nodes, labels, nameOf } from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import { expect } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import { type World, story } from './world.ts'

const api = 'kube-node.dev/v1alpha1'
const group = 'pool-1'
const region = 'r1'
const pool = { apiVersion: api, kind: 'NodeClass', metadata: { name: 'pool' }, spec: { provider: 'simulated-groups', config: { region } } }
const setOf = (name: string, spec: object): object => ({
  apiVersion: api,
  kind: 'NodeSet',
  metadata: { name },
  spec: { nodeClassName: 'pool', ...spec },
})

/** Names of a set's Nodes, by what they say is their machine. */
const membersOf = async ({ client }: World, set: string): Promise<ReadonlyMap<string, string>> => {
  const nodes = await listAll(client, Nodes, { labels: `${labels.nodeset}=${set}` })
  return new Map(nodes.map(node => [node.spec?.providerID?.split('/').at(-1) ?? '', nameOf(node)]))
}
const nodesIn = async ({ client }: World): Promise<number> => (await listAll(client, Nodes)).length
const sorted = (ids: Iterable<string>): readonly string[] => [...ids].toSorted((a, b) => (a < b ? -1 : 1))
const replicasOf = ({ kubectl }: World, set: string): Promise<string> => kubectl(`get nodeset ${set} -o jsonpath={.spec.replicas}`)
const available = ({ kubectl }: World, set: string, count: number): Promise<string> =>
  kubectl(`wait --for=jsonpath={.status.availableReplicas}=${count} nodeset/${set} --timeout=60s`)

story('a group that exists is taken over as it is', async ({ world, signal }) => {
  const { cloud, kubectl } = world
  cloud.groups.create(group, { region, size: 3 })
  await eventually({ signal }, async () => expect(await nodesIn(world)).toBe(3))
  const machines = world.alive(group)
  await kubectl('create -f -', { apiVersion: 'v1', kind: 'List', items: [pool, setOf('workers', { replicas: 1, group: { id: group } })] })
  await eventually({ signal }, async () => expect(sorted((await membersOf(world, 'workers')).keys())).toEqual(machines))
  await available(world, 'workers', 3)
  expect(await replicasOf(world, 'workers')).toBe('3')
  expect(world.alive(group)).toEqual(machines)
  expect(cloud.calls).toMatchObject({ resizeGroup: 0, removeMembers: 0 })
})

story('kubectl scale makes it larger, and removes just what was chosen', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  await kubectl('scale nodeset/workers --replicas=4')
  await available(world, 'workers', 4)
  expect(cloud.groups.get(group)?.size).toBe(4)
  const members = await membersOf(world, 'workers')
  const [chosen = '', ...others] = members.keys()
  await kubectl(`annotate node ${members.get(chosen) ?? ''} kube-node.dev/deletion-cost=-10`)
  await kubectl('scale nodeset/workers --replicas=3')
  await eventually({ signal }, async () => {
    expect(sorted((await membersOf(world, 'workers')).keys())).toEqual(sorted(others))
    expect(world.alive(group)).toEqual(sorted(others))
  })
})

story('kubectl delete node replaces just that machine', async ({ world, signal }) => {
  const members = await membersOf(world, 'workers')
  const [chosen = '', ...others] = members.keys()
  await world.kubectl(`delete node ${members.get(chosen) ?? ''}`)
  // kubectl waits until the Node is gone, and that waits for its machine.
  expect(world.alive(group)).not.toContain(chosen)
  await available(world, 'workers', 3)
  await eventually({ signal }, () => {
    expect(world.alive(group)).toHaveLength(3)
    expect(world.alive(group)).toEqual(expect.arrayContaining(others))
  })
})

story('somebody else has the say over its size: replicas follow', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  await kubectl('patch nodeset workers --type=merge -p {"spec":{"group":{"sizeAuthority":"group"}}}')
  cloud.groups.resize(group, 5)
  await eventually({ signal }, async () => expect(await replicasOf(world, 'workers')).toBe('5'))
  await available(world, 'workers', 5)
  await kubectl('patch nodeset workers --type=merge -p {"spec":{"group":{"sizeAuthority":"nodeset"}}}')
  await kubectl('scale nodeset/workers --replicas=2')
  await eventually({ signal }, () => expect(world.alive(group)).toHaveLength(2))
})

story('a set that goes leaves an imported group, and takes along the one that it made', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  const machines = world.alive(group)
  await kubectl('delete nodeset workers --timeout=60s')
  expect(world.alive(group)).toEqual(machines)
  expect(await membersOf(world, 'workers')).toEqual(new Map())
  expect(await nodesIn(world)).toBe(2)

  await kubectl('create -f -', setOf('own', { replicas: 2 }))
  await available(world, 'own', 2)
  const made = cloud.groups.list().find(({ id }) => id !== group)?.id ?? ''
  expect(world.alive(made)).toHaveLength(2)
  await kubectl('delete nodeset own --cascade=foreground --timeout=90s')
  await eventually({ signal }, async () => {
    expect(cloud.groups.list().map(({ id }) => id)).toEqual([group])
    expect(await nodesIn(world)).toBe(2)
  })
})
