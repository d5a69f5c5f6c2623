import { Events, type Node, Nodes } from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import { refused } from '@kube-node/google-fake'
import { expect } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import { setOf } from './manifests.ts'
import { story } from './story.ts'
import type { World } from './world.ts'

/** How many of each type there are in the fake, and where. */
const types = ({ google }: World): readonly string[] => google.vms().map(({ asked }) => String(asked['machineType']).replace(/^.*\//, ''))

const scaled = async ({ kubectl }: World, replicas: number): Promise<void> => {
  await kubectl(`scale nodeset/workers --replicas=${replicas}`)
  await kubectl(`wait --for=jsonpath={.status.availableReplicas}=${replicas} nodeset/workers --timeout=60s`)
  await kubectl(`wait --for=jsonpath={.status.replicas}=${replicas} nodeset/workers --timeout=60s`)
}

const messages = async ({ client }: World): Promise<readonly string[]> =>
  (await listAll(client, Nodes)).map(({ status }) => status?.conditions?.find(({ type }) => type === 'MachineProvisioned')?.message ?? '')

/** Each VM is one Node's machine, and each Node has one. */
const eachServesOne = async ({ client, google }: World): Promise<readonly Node[]> => {
  const nodes = await listAll(client, Nodes)
  expect(new Set(nodes.map(({ spec }) => spec?.providerID))).toEqual(
    new Set(google.vms().map(({ zone, name }) => `gce://${google.project}/${zone}/${name}`)),
  )
  expect(nodes).toHaveLength(google.vms().length)
  return nodes
}

story('a set is scaled up while answers are lost: as many machines as nodes, each with its disks', async ({ world }) => {
  const { kubectl, google, cloud } = world
  for (const method of ['instances.insert', 'operations.wait', 'instances.get', 'instances.aggregatedList']) google.next(method, 'lost')
  google.next('instances.insert', 'lost')
  await kubectl('create -f -', setOf('workers', 'standard', 0))
  await scaled(world, 4)
  expect([google.vms().length, google.disks().length, cloud.made()]).toEqual([4, 8, 4])
  const nodes = await eachServesOne(world)
  expect(await kubectl('get nodeclass standard -o jsonpath={.status.resolved}')).toBe(
    JSON.stringify([{ field: 'image.name', value: 'ubuntu-2404-v20261101' }]),
  )
  for (const { metadata } of nodes) expect(google.zones).toContain(metadata?.labels?.['topology.kubernetes.io/zone'])
})

story('another machine type in the class: one after the other is replaced', async ({ world, signal }) => {
  const { kubectl } = world
  await kubectl('patch nodeclass standard --type=merge -p {"spec":{"config":{"machineType":"e2-standard-4"}}}')
  await kubectl('wait --for=jsonpath={.status.updatedReplicas}=4 nodeset/workers --timeout=60s')
  await eventually({ signal }, () => expect(types(world)).toEqual(Array.from({ length: 4 }, () => 'e2-standard-4')))
})

story(
  'operations that fail in the end, of which nobody knows what they left: looked for, and made again',
  async ({ world, onTestFinished }) => {
    const { google } = world
    let left = 2
    onTestFinished(
      google.failing(() => (left-- > 0 ? { code: 'INTERNAL_ERROR', message: 'Internal error. Please try again.' } : undefined)),
    )
    await scaled(world, 6)
    expect([google.vms().length, google.disks().length]).toEqual([6, 12])
  },
)

story('a quota that is used up is told on the nodes that wait for it, which can be deleted', async ({ world, signal, onTestFinished }) => {
  const { google } = world
  const most = google.vms().length
  onTestFinished(
    google.answering(method =>
      method === 'instances.insert' && google.vms().length >= most
        ? refused(403, 'quotaExceeded', "Quota 'CPUS' exceeded.  Limit: 24.0")
        : undefined,
    ),
  )
  await world.kubectl('scale nodeset/workers --replicas=8')
  await eventually({ signal }, async () =>
    expect(
      (await messages(world)).filter(message => message.includes('QuotaExceeded') && message.includes("Quota 'CPUS' exceeded")),
    ).toHaveLength(2),
  )
  await scaled(world, 6)
  expect(google.vms()).toHaveLength(most)
})

story(
  'kill -9 in the middle of a scale-up: what was asked for is found by its name, and nothing is made twice',
  async ({ world, signal }) => {
    const { kubectl, google, cloud } = world
    const before = cloud.made()
    // The other three are asked for too, which Google never hears of.
    const heard = google.answering(method => (method === 'instances.insert' && cloud.made() - before >= 3 ? 'hang' : undefined))
    const killed = cloud.reaches('PROVISIONING', 3, signal).then(() => world.controller.stop('SIGKILL'))
    await kubectl('scale nodeset/workers --replicas=12')
    await killed
    expect(cloud.made() - before).toBe(3)
    heard()
    await world.succeed()
    await scaled(world, 12)
    expect([cloud.made() - before, google.vms().length, google.disks().length]).toEqual([6, 12, 24])
  },
)

story('a machine that Google takes back: its Node ends before the next list, and another takes its place', async ({ world, signal }) => {
  const { kubectl, google, client } = world
  const before = google.vms()
  const [taken] = before
  google.befall('compute.instances.preempted', taken?.name ?? '')
  await eventually({ signal }, async () => {
    const said = (await listAll(client, Events)).filter(({ reason }) => reason === 'InterruptionAnnounced')
    expect(said.map(({ message }) => message).join()).toContain('Google takes this spot instance back (preempted)')
    expect(google.vms().map(({ id }) => id)).not.toContain(taken?.id)
  })
  await kubectl(`wait --for=jsonpath={.status.availableReplicas}=${before.length} nodeset/workers --timeout=60s`)
  await eventually({ signal }, async () => expect(await eachServesOne(world)).toHaveLength(before.length))
  expect(google.disks()).toHaveLength(before.length * 2)
})

story('a zone that runs out of machines, as its operations say late: the others have them', async ({ world, onTestFinished }) => {
  const { google, cloud } = world
  const before = new Set(google.vms().map(({ id }) => id))
  let soldOut: string | undefined
  onTestFinished(
    google.failing(zone => {
      soldOut ??= zone
      return zone === soldOut ? { code: 'ZONE_RESOURCE_POOL_EXHAUSTED', message: 'not enough resources' } : undefined
    }),
  )
  const made = cloud.made()
  await scaled(world, 16)
  const added = google.vms().filter(({ id }) => !before.has(id))
  expect(added.map(({ zone }) => zone)).not.toContain(soldOut)
  expect(added).toHaveLength(4)
  // At least one was begun there, and undone with its disks.
  expect(cloud.made() - made).toBeGreaterThan(4)
  expect(google.disks()).toHaveLength(32)
  await eachServesOne(world)
})

story('kill -9 in the middle of the way back to 0, with lost answers: nothing is left', async ({ world, signal }) => {
  const { kubectl, google, cloud, client } = world
  const release = google.hold('delete')
  google.next('instances.delete', 'lost')
  google.next('instances.delete', 'hang')
  const killed = cloud.reaches('STOPPING', 5, signal).then(() => world.controller.stop('SIGKILL'))
  await kubectl('scale nodeset/workers --replicas=0')
  await killed
  // Whoever died has taken no finalizer off whose machine is there.
  const claims = new Set((await listAll(client, Nodes)).map(({ metadata }) => metadata?.uid))
  expect(google.vms().filter(({ labels }) => !claims.has(labels['kube-node-claim'] ?? ''))).toEqual([])
  const asked = google.asked.length
  await world.succeed()
  // The next one asks for all of them, those included of which it can't know that somebody has.
  await eventually({ signal }, () => {
    expect(google.asked.slice(asked).filter(method => method === 'instances.delete').length).toBeGreaterThanOrEqual(google.vms().length)
    expect(new Set(google.vms().map(({ status }) => status))).toEqual(new Set(['STOPPING']))
  })
  expect(await listAll(client, Nodes)).toHaveLength(google.vms().length)
  release()
  await eventually({ signal }, async () => expect(await kubectl('get nodes -o name')).toBe(''))
  expect(cloud.living()).toEqual([])
  expect(google.disks()).toEqual([])
})
