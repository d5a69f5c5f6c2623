import { containerRefused } from '@kube-node/google-fake'
import { expect } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import { type World, classOf, setOf, story } from './world.ts'

const web = 'pools-web'
const available = ({ kubectl }: World, set: string, count: number): Promise<string> =>
  kubectl(`wait --for=jsonpath={.status.availableReplicas}=${count} nodeset/${set} --timeout=90s`)
const replicasOf = ({ kubectl }: World, set: string): Promise<string> => kubectl(`get nodeset ${set} -o jsonpath={.spec.replicas}`)
const reasonOf = ({ kubectl }: World, set: string): Promise<string> =>
  kubectl(`get nodeset ${set} -o jsonpath={.status.conditions[?(@.type=="GroupReady")].reason}`)
const setsIn = async ({ kubectl }: World): Promise<readonly string[]> =>
  (await kubectl('get nodesets -o name')).trim().split('\n').toSorted()
const zone = 'europe-west1-b'

story('each pool of a cluster is imported as it is, by its class', async ({ world, signal }) => {
  const { google, kubectl } = world
  google.gke.makePool('web', 2, { zones: [zone] })
  google.gke.makePool('regional', 1)
  google.gke.makePool('scaled', 1, { zones: [zone], autoscaling: { enabled: true, minNodeCount: 0, maxNodeCount: 5 } })
  const machines = ['web', 'regional', 'scaled'].flatMap(world.alive)
  await kubectl('create -f -', classOf(world, 'pools', { importGroups: { ids: ['*'] } }))
  await eventually({ signal }, async () =>
    expect(await setsIn(world)).toEqual(['regional', 'scaled', 'web'].map(name => `nodeset.kube-node.dev/pools-${name}`)),
  )
  await available(world, web, 2)
  await available(world, 'pools-regional', 3)
  await available(world, 'pools-scaled', 1)
  expect(await world.membersOf(web)).toEqual(world.alive('web'))
  expect(await kubectl('get nodeset pools-scaled -o jsonpath={.spec.group.sizeAuthority}')).toBe('group')
  expect(
    await kubectl('get nodes -l cloud.google.com/gke-nodepool=web -o jsonpath={.items[*].metadata.labels.kube-node\\.dev/nodeset}'),
  ).toBe(`${web} ${web}`)
  expect(['web', 'regional', 'scaled'].flatMap(world.alive)).toEqual(machines)
  for (const method of ['nodePools.setSize', 'instanceGroupManagers.deleteInstances', 'instanceGroupManagers.createInstances'])
    expect(world.asked(method)).toBe(0)
})

story('kubectl scale makes a pool larger by its size, and smaller by names', async ({ world, signal }) => {
  const { kubectl } = world
  const before = world.alive('web')
  await kubectl(`scale nodeset/${web} --replicas=4`)
  await available(world, web, 4)
  expect(world.alive('web')).toEqual(expect.arrayContaining([...before]))
  const sizes = world.asked('nodePools.setSize')
  const [chosen = ''] = world.alive('web')
  await kubectl(`annotate node ${chosen} kube-node.dev/deletion-cost=-10`)
  const others = world.alive('web').filter(name => name !== chosen)
  await kubectl(`scale nodeset/${web} --replicas=3`)
  await eventually({ signal }, async () => {
    expect(world.alive('web')).toEqual(others)
    expect(await world.membersOf(web)).toEqual(others)
  })
  expect(world.asked('nodePools.setSize')).toBe(sizes)
})

story('kubectl delete node replaces just that machine, under another name', async ({ world, signal }) => {
  const [chosen = '', ...others] = world.alive('web')
  await world.kubectl(`delete node ${chosen} --timeout=60s`)
  await eventually({ signal }, () => {
    expect(world.alive('web')).toHaveLength(3)
    expect(world.alive('web')).toEqual(expect.arrayContaining(others))
    expect(world.alive('web')).not.toContain(chosen)
  })
  await available(world, web, 3)
})

story('a regional pool grows in steps of its zones, and its set says so', async ({ world, signal }) => {
  await world.kubectl('scale nodeset/pools-regional --replicas=4')
  await available(world, 'pools-regional', 6)
  await eventually({ signal }, async () => expect(await reasonOf(world, 'pools-regional')).toBe('NotAMultiple'))
  expect(world.alive('regional')).toHaveLength(6)
})

story('what somebody resizes at Google is put right, or followed where the pool has the say', async ({ world, signal }) => {
  const { google } = world
  const sizes = world.asked('nodePools.setSize')
  const removed = world.asked('instanceGroupManagers.deleteInstances')
  google.gke.resize('web', 5)
  await eventually({ signal }, () => expect(world.asked('instanceGroupManagers.deleteInstances')).toBeGreaterThan(removed))
  await eventually({ signal }, () => expect(google.gke.sizeOf('web')).toBe(3))
  await eventually({ signal }, async () => expect(await world.membersOf(web)).toEqual(world.alive('web')))
  await available(world, web, 3)
  expect([world.alive('web').length, world.asked('nodePools.setSize')]).toEqual([3, sizes])

  google.gke.resize('scaled', 3)
  await eventually({ signal }, async () => expect(await replicasOf(world, 'pools-scaled')).toBe('3'))
  await available(world, 'pools-scaled', 3)
  expect(world.alive('scaled')).toHaveLength(3)
})

story('an order waits its turn while GKE is at work, and none is given to a pool that is busy', async ({ world, signal }) => {
  const { google, kubectl } = world
  const over = google.gke.working('UPGRADE_NODES', 'web')
  await eventually({ signal }, async () => expect(await reasonOf(world, web)).toBe('Busy'))
  const asked = world.asked('nodePools.setSize')
  await kubectl(`scale nodeset/${web} --replicas=4`)
  // Of another pool, which is not busy: GKE refuses it as one too many.
  await kubectl('scale nodeset/pools-regional --replicas=9')
  await eventually({ signal }, async () => {
    expect(world.asked('nodePools.setSize')).toBeGreaterThan(asked)
    expect(await reasonOf(world, 'pools-regional')).toBe('Busy')
  })
  expect([google.gke.sizeOf('web'), google.gke.sizeOf('regional')]).toEqual([3, 6])
  over()
  await available(world, web, 4)
  await available(world, 'pools-regional', 9)
  expect([google.gke.sizeOf('web'), google.gke.sizeOf('regional')]).toEqual([4, 9])
})

story('answers that are lost are asked for again, and nothing is made or removed twice', async ({ world, signal }) => {
  const { google, kubectl } = world
  google.next('nodePools.setSize', 'lost')
  await kubectl(`scale nodeset/${web} --replicas=6`)
  await available(world, web, 6)
  expect(google.gke.sizeOf('web')).toBe(6)
  google.next('instanceGroupManagers.deleteInstances', 'lost')
  await kubectl(`scale nodeset/${web} --replicas=5`)
  await eventually({ signal }, async () => expect(await world.membersOf(web)).toHaveLength(5))
  google.next('instanceGroupManagers.createInstances', 'lost')
  const [chosen = ''] = world.alive('web')
  await kubectl(`delete node ${chosen} --timeout=120s`)
  await available(world, web, 5)
  await eventually({ signal }, () => expect(world.alive('web')).toHaveLength(5))
  expect(google.gke.sizeOf('web')).toBe(5)
})

story('a controller that is killed while an order is under way is followed by one that goes on', async ({ world, signal }) => {
  const { google, kubectl } = world
  const asked = world.asked('nodePools.setSize')
  await kubectl(`scale nodeset/${web} --replicas=7`)
  await eventually({ signal }, () => expect(world.asked('nodePools.setSize')).toBe(asked + 1))
  await world.controller.stop('SIGKILL')
  world.startController()
  await available(world, web, 7)
  expect(google.gke.sizeOf('web')).toBe(7)
  const removed = world.asked('instanceGroupManagers.deleteInstances')
  await kubectl(`scale nodeset/${web} --replicas=5`)
  await eventually({ signal }, () => expect(world.asked('instanceGroupManagers.deleteInstances')).toBeGreaterThan(removed))
  await world.controller.stop('SIGKILL')
  world.startController()
  await eventually({ signal }, async () => expect(await world.membersOf(web)).toHaveLength(5))
  await available(world, web, 5)
  expect([google.gke.sizeOf('web'), world.alive('web').length]).toEqual([5, 5])
})

story('a class that changes leaves pools as they are, and the set says so', async ({ world, signal }) => {
  const machines = world.alive('web')
  await world.kubectl('patch nodeclass pools --type=merge -p {"spec":{"config":{"machineType":"e2-standard-8"}}}')
  await eventually({ signal }, async () => expect(await reasonOf(world, web)).toBe('ClassNotFollowed'))
  expect(world.alive('web')).toEqual(machines)
})

story('a pool that somebody deletes at Google takes its imported set along, and no other', async ({ world, signal }) => {
  const { google, kubectl } = world
  google.gke.deletePool('scaled')
  // Until kube-controller-manager takes its kubelets for silent.
  await eventually({ signal, withinMs: 150_000 }, async () =>
    expect(await setsIn(world)).toEqual(['regional', 'web'].map(name => `nodeset.kube-node.dev/pools-${name}`)),
  )
  await eventually({ signal }, async () =>
    expect((await kubectl('get nodes -l cloud.google.com/gke-nodepool=scaled -o name')).trim()).toBe(''),
  )
  expect(world.alive('web')).toHaveLength(5)
})

story('a set without a pool has one made from its class, and takes it along', async ({ world, signal }) => {
  const { google, kubectl } = world
  const spot = {
    zones: [zone],
    machineType: 'e2-standard-4',
    diskSizeGiB: 50,
    imageType: 'COS_CONTAINERD',
    spot: true,
    labels: { tier: 'web' },
  }
  await kubectl('create -f -', classOf(world, 'spot', {}, spot))
  google.next('nodePools.create', 'lost')
  await kubectl('create -f -', setOf('own', { nodeClassName: 'spot', replicas: 2 }))
  await available(world, 'own', 2)
  const made = google.gke.pools().filter(({ name }) => name.startsWith('own-'))
  expect(made.map(({ config }) => config)).toMatchObject([
    { machineType: 'e2-standard-4', diskSizeGb: 50, imageType: 'COS_CONTAINERD', spot: true, labels: { tier: 'web' } },
  ])
  const stop = google.answering(method =>
    method === 'nodePools.delete'
      ? containerRefused(400, 'failedPrecondition', 'FAILED_PRECONDITION', 'Cluster is running incompatible operation operation-1.')
      : undefined,
  )
  await kubectl('delete nodeset own --cascade=foreground --wait=false')
  await eventually({ signal }, () => expect(world.asked('nodePools.delete')).toBeGreaterThan(0))
  stop()
  await kubectl('wait --for=delete nodeset/own --timeout=120s')
  await eventually({ signal }, () => expect(google.gke.pools().map(({ name }) => name)).toEqual(['web', 'regional']))
})
