import { readdir, rm } from 'node:fs/promises'
import { Nodes, conditionStatus, conditions, finalizers } from '@kube-node/core/api'
import { expect } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import { cleanings, expectFreeHosts, hostOf, kept, marks, running, served } from './look.ts'
import { claimOf, cleaned, hold, leave, reluctant, setOf } from './manifests.ts'
import { story } from './story.ts'
import type { World } from './world.ts'

/** Machines of the store whose create is at work. */
const creating = async ({ storage }: World): Promise<string[]> =>
  (await readdir(storage)).filter(entry => entry.endsWith('.run')).map(entry => entry.slice(0, -'.run'.length))

const uidOf = async ({ client }: World, name: string): Promise<string | undefined> => (await client.get(Nodes, { name }))?.metadata?.uid

story('kubectl create -f node1.yaml: a host of the pool is claimed over SSH and joins by a real kubelet', async ({ world, signal }) => {
  const { kubectl, hosts } = world
  await kubectl('create -f -', claimOf('node1', 'pool'))
  const uid = await uidOf(world, 'node1')
  const node = await running(world, 'node1', signal)
  expect(node.metadata?.uid).toBe(uid)
  expect(node.metadata?.finalizers).toEqual([finalizers.machine])
  expect(conditionStatus(node.status?.conditions, 'Ready')).toBe('True')
  expect(node.status?.nodeInfo?.kubeletVersion).toBe('v1.37.2')
  expect(node.spec?.providerID).toMatch(/^docker-machine:\/\/generic\//)
  const serving = hosts.find(({ address }) => node.status?.addresses?.some(each => each.address === address))
  expect(serving).toBeDefined()
  expect(await served(world)).toEqual([uid])
  // It was there over SSH, and nobody else was.
  expect(await serving?.machine.run('grep -c "Accepted publickey for root" /var/log/sshd.log')).not.toBe('0\n')
  const requests = await kubectl('get csr -o jsonpath={range.items[*]}{.spec.username}={.status.conditions[*].reason}{"\\n"}{end}')
  expect(requests).toMatch(/^system:bootstrap:\w+=KubeNodeFirstJoin$/m)
})

story(
  'deleted, its pod is evicted and its node is drained before its host is cleaned, and nothing of it is kept',
  async ({ world, signal }) => {
    const { kubectl, client } = world
    const host = await hostOf(world, 'node1')
    expect(await kept(world)).toHaveLength(1)
    await kubectl('create -f -', reluctant('guest'))
    await kubectl('wait --for=condition=Ready pod/guest --timeout=60s')
    await host.machine.run(`touch ${hold}`)
    await kubectl('delete node node1 --wait=false')
    const drained = async (): Promise<string | undefined> =>
      conditionStatus((await client.get(Nodes, { name: 'node1' }))?.status?.conditions, conditions.drained)
    await eventually({ signal }, async () =>
      expect(await kubectl('get pod guest -o jsonpath={.status.conditions[?(@.type=="DisruptionTarget")].reason}')).toBe(
        'EvictionByEvictionAPI',
      ),
    )
    await eventually({ signal }, async () => expect(await drained()).toBe('False'))
    expect(await host.has(cleaned)).toBe(false)
    await host.machine.run(`touch ${leave}`)
    await eventually({ signal }, async () => expect(await host.has(cleaned)).toBe(true))
    expect(await drained()).toBe('True')
    expect(await kubectl('get pods -o name')).toBe('')
    await host.machine.run(`rm ${hold}`)
    await kubectl('wait --for=delete node/node1 --timeout=60s')
    await expectFreeHosts(world)
    expect(await cleanings(host)).toBe('begun\nended\n')
  },
)

story('a set of two takes both hosts, and a third claim says that it waits for one', async ({ world, signal }) => {
  const { kubectl } = world
  await kubectl('create -f -', setOf('workers', 'pool', 2))
  await kubectl('wait --for=jsonpath={.status.availableReplicas}=2 nodeset/workers --timeout=90s')
  expect(new Set(await served(world)).size).toBe(2)
  await kubectl('create -f -', claimOf('third', 'pool'))
  await eventually({ signal }, async () =>
    expect(await kubectl('get node third -o jsonpath={.status.conditions[?(@.type=="MachineProvisioned")].message}')).toContain(
      'all 2 hosts of the class serve a claim',
    ),
  )
  // One comes free: it is cleaned, and serves the claim that waits.
  await kubectl('scale nodeset/workers --replicas=1')
  await running(world, 'third', signal)
  expect(new Set(await served(world)).size).toBe(2)
  await kubectl('delete nodeset workers --cascade=foreground --timeout=60s')
  await kubectl('delete node third --timeout=60s')
  await expectFreeHosts(world)
  await Promise.all(world.hosts.map(cleanings))
})

story(
  'kill -9 in the middle of a create: the create goes on, the next life finds it, and nothing is made twice',
  async ({ world, signal }) => {
    const { kubectl, program } = world
    const before = (await program.creates()).length
    await kubectl('create -f -', claimOf('node2', 'pool'))
    const [made] = await eventually({ signal }, async () => {
      expect(await program.creates()).toHaveLength(before + 1)
      return creating(world)
    })
    await world.controller.stop('SIGKILL')
    const uid = await uidOf(world, 'node2')
    expect(await served(world)).toEqual([uid])
    // Nobody is told that it is there: it is found by its name.
    expect((await world.client.get(Nodes, { name: 'node2' }))?.spec?.providerID).toBeUndefined()
    await world.succeed()
    const node = await running(world, 'node2', signal)
    expect(node.spec?.providerID).toBe(`docker-machine://generic/${made}`)
    expect((await program.creates()).slice(before)).toEqual([made])
    expect(await served(world)).toEqual([uid])
    expect(await kept(world)).toEqual([`machine-${made}`])
    expect(await creating(world)).toEqual([])
  },
)

story('kill -9 while its host is cleaned: the finalizer stays until it is, and it is cleaned once', async ({ world, signal }) => {
  const { kubectl, hosts } = world
  const uid = await uidOf(world, 'node2')
  const host = hosts[(await marks(world)).indexOf(uid)]
  await host?.machine.run(`touch ${hold}`)
  await kubectl('delete node node2 --wait=false')
  await eventually({ signal }, async () => expect(await host?.has(cleaned)).toBe(true))
  await world.controller.stop('SIGKILL')
  expect((await world.client.get(Nodes, { name: 'node2' }))?.metadata?.finalizers).toEqual([finalizers.machine])
  expect(await served(world)).toEqual([uid])
  expect(await kept(world)).toHaveLength(1)
  await host?.machine.run(`rm ${hold}`)
  await world.succeed()
  await kubectl('wait --for=delete node/node2 --timeout=60s')
  await expectFreeHosts(world)
  expect((await Promise.all(hosts.map(cleanings))).join('')).toBe('begun\nended\n')
})

story('a computer without what the last one kept takes the host back all the same', async ({ world, signal }) => {
  const { kubectl, storage } = world
  await kubectl('create -f -', claimOf('node3', 'pool'))
  await running(world, 'node3', signal)
  await world.controller.stop('SIGKILL')
  await rm(storage, { recursive: true })
  await world.succeed()
  await kubectl('delete node node3 --timeout=60s')
  await expectFreeHosts(world)
})
