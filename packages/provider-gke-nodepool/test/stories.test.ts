import {
  type Call,
  type Group,
  type GroupConnection,
  type GroupOwner,
  type GroupRequest,
  type OpaqueConfig,
  type Page,
  ProviderError,
} from '@kube-node/core/provider'
import { containerRefused } from '@kube-node/google-fake'
import { manualRuntime } from '@kube-node/core/runtime'
import { describe, expect, it } from 'vitest'
import { type GkeWorld, gkeWorld, parsedOf, secretOf } from './world.ts'

const call: Call = { signal: new AbortController().signal, deadline: Infinity, clock: manualRuntime().clock, log: () => {} }
const owner: GroupOwner = { cluster: 'c1', controller: 'kube-node.dev/controller', set: 's1', setName: 'workers' }

const opened = ({ provider: { definition }, google }: GkeWorld): GroupConnection<OpaqueConfig> => {
  const secret = definition.credentials?.['~standard'].validate(secretOf('controller'))
  if (!secret || secret instanceof Promise || secret.issues) throw new Error('the key is refused')
  const store = { get: async () => undefined, put: async () => '', async *keys() {}, remove: async () => {} }
  const config = { project: google.project, location: google.gke.location, cluster: google.gke.cluster }
  return definition.connect({ config, credentials: secret.value, cluster: owner.cluster, store, call })
}

const listed = async (connection: GroupConnection<OpaqueConfig>, id: string): Promise<Group> => {
  const pages: Page<Group>[] = []
  for await (const page of connection.list(call)) pages.push(page)
  const group = pages.flatMap(({ items }) => items).find(each => each.id === id)
  if (!group) throw new Error(`no list shows pool ${id}`)
  return group
}

const failure = async (work: Promise<unknown>): Promise<ProviderError> => {
  const error: unknown = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (!ProviderError.is(error)) throw new Error(`it was to fail with an error of the contract: ${String(error)}`)
  return error
}

/** What is done at once is over at once: nothing waits here. */
const quick = { tookMs: 0 }
const ids = ({ members }: Group): readonly string[] => members.map(({ id }) => id).toSorted()
const done = { value: undefined }

describe('a regional pool', () => {
  it('has as many in each zone, and grows by the size of each', async () => {
    await using world = await gkeWorld(quick)
    const connection = opened(world)
    world.google.gke.makePool('a', 1)
    const group = await listed(connection, 'a')
    expect([group.size, group.step, new Set(group.members.map(({ zone }) => zone))]).toEqual([3, 3, new Set(world.google.zones)])
    await connection.resize(group, 6, call)
    expect(ids(await listed(connection, 'a'))).toEqual(expect.arrayContaining([...ids(group)]))
    expect(world.google.asked.filter(method => method === 'nodePools.setSize')).toHaveLength(1)
  })

  it('that has lost machines of one zone grows there, and loses none elsewhere', async () => {
    await using world = await gkeWorld(quick)
    const connection = opened(world)
    world.google.gke.makePool('a', 3)
    const before = await listed(connection, 'a')
    const [first, second] = world.google.zones
    const inZone = (zone: string | undefined) => before.members.filter(member => member.zone === zone).map(({ id }) => id)
    const gone = [...inZone(first), ...inZone(second).slice(1)]
    expect(await connection.remove(before, gone, { replace: false }, call)).toEqual(gone.map(() => done))
    const left = await listed(connection, 'a')
    expect([left.size, left.members.length]).toEqual([4, 4])
    // None, one and three are left. A size of two for each zone would take one from the last.
    await connection.resize(left, 6, call)
    const after = await listed(connection, 'a')
    expect([after.size, after.members.length]).toEqual([6, 6])
    expect(ids(after)).toEqual(expect.arrayContaining([...ids(left)]))
    expect(world.google.asked).not.toContain('nodePools.setSize')
  })

  it('is made with as many as divide, and never with more than was asked for', async () => {
    await using world = await gkeWorld(quick)
    const connection = opened(world)
    const { zones: _zones, ...config } = world.config
    const request: GroupRequest<OpaqueConfig> = { name: 'own', owner, config: parsedOf(config), revision: 'r1', size: 4 }
    expect(await connection.create?.(request, call)).toMatchObject({ id: 'own', size: 3 })
    expect(await listed(connection, 'own')).toMatchObject({ size: 3, step: 3, owner, revision: 'r1' })
  })
})

describe('a replacement', () => {
  it.each(['createInstances', 'deleteInstances'])('whose %s was not answered is asked again, and makes one and takes one', async verb => {
    await using world = await gkeWorld(quick)
    const connection = opened(world)
    world.google.gke.makePool('a', 2, { zones: world.google.zones.slice(0, 1) })
    const group = await listed(connection, 'a')
    const [first = '', second = ''] = ids(group)
    world.google.next(`instanceGroupManagers.${verb}`, 'lost')
    expect((await failure(connection.remove(group, [first], { replace: true }, call))).code).toBe('Unavailable')
    for (const _time of [1, 2]) expect(await connection.remove(group, [first], { replace: true }, call)).toEqual([done])
    const after = await listed(connection, 'a')
    expect([after.size, after.members.length]).toEqual([2, 2])
    expect([ids(after).includes(first), ids(after).includes(second)]).toEqual([false, true])
  })

  it('that never came so far as to take the old one leaves one too many, and no more', async () => {
    await using world = await gkeWorld(quick)
    const connection = opened(world)
    world.google.gke.makePool('a', 2, { zones: world.google.zones.slice(0, 1) })
    const group = await listed(connection, 'a')
    const [first = ''] = ids(group)
    const lift = world.google.answering(method => (method.endsWith('deleteInstances') ? 'cut' : undefined))
    for (const _time of [1, 2]) expect((await failure(connection.remove(group, [first], { replace: true }, call))).code).toBe('Unavailable')
    expect((await listed(connection, 'a')).size).toBe(3)
    lift()
    expect(await connection.remove(group, [first], { replace: true }, call)).toEqual([done])
    expect((await listed(connection, 'a')).size).toBe(2)
  })
})

describe('GKE at work', () => {
  it('recreates a machine under its name: it is another one, and an order for the old one leaves it', async () => {
    await using world = await gkeWorld(quick)
    const connection = opened(world)
    world.google.gke.makePool('a', 1, { zones: world.google.zones.slice(0, 1) })
    const group = await listed(connection, 'a')
    const [old] = group.members
    world.google.gke.recreate(old?.nodeName ?? '')
    const after = await listed(connection, 'a')
    expect([after.size, after.members[0]?.nodeName, after.members[0]?.providerID]).toEqual([1, old?.nodeName, old?.providerID])
    expect(after.members[0]?.id).not.toBe(old?.id)
    expect(await connection.remove(group, [old?.id ?? ''], { replace: false }, call)).toEqual([done])
    expect(await listed(connection, 'a')).toEqual(after)
  })

  it('on another pool refuses an order as one too many: it waits its turn', async () => {
    await using world = await gkeWorld(quick)
    const connection = opened(world)
    world.google.gke.makePool('a', 1, { zones: world.google.zones.slice(0, 1) })
    world.google.gke.makePool('b', 1)
    const over = world.google.gke.working('UPGRADE_NODES', 'b')
    const group = await listed(connection, 'a')
    expect(group.busy).toBeUndefined()
    const { code, facts } = await failure(connection.resize(group, 2, call))
    expect([code, facts.outcome]).toEqual(['Busy', 'none'])
    over()
    await connection.resize(group, 2, call)
    expect((await listed(connection, 'a')).size).toBe(2)
  })

  it('on the cluster itself keeps all of its pools busy', async () => {
    await using world = await gkeWorld(quick)
    const connection = opened(world)
    world.google.gke.makePool('a', 1)
    world.google.gke.working('UPGRADE_MASTER')
    expect((await listed(connection, 'a')).busy).toContain('UPGRADE_MASTER')
  })
})

describe('a pool that is asked for', () => {
  const request = (world: GkeWorld): GroupRequest<OpaqueConfig> => ({
    name: 'own',
    owner,
    config: parsedOf(world.config),
    revision: 'r1',
    size: 1,
  })

  it('and is there already, as Google says by then, is ours if it says so', async () => {
    await using world = await gkeWorld(quick)
    const connection = opened(world)
    await connection.create?.(request(world), call)
    // Nobody saw it: it was made between our look and our order.
    let hidden = true
    world.google.answering(method => {
      if (method !== 'nodePools.get' || !hidden) return undefined
      hidden = false
      return containerRefused(404, 'notFound', 'NOT_FOUND', 'Not found: projects/p/locations/l/clusters/main/nodePools/own.')
    })
    expect(await connection.create?.(request(world), call)).toMatchObject({ id: 'own', owner })
    hidden = true
    const error = await failure(connection.create?.({ ...request(world), owner: { ...owner, set: 's2' } }, call) ?? Promise.resolve())
    expect([error.code, error.facts.outcome]).toEqual(['Internal', 'none'])
  })
})

it('a stockout is told in the words of Google, and the pool has its size', async () => {
  await using world = await gkeWorld(quick)
  const connection = opened(world)
  world.google.failing(() => ({ code: 'ZONE_RESOURCE_POOL_EXHAUSTED', message: 'The zone does not have enough resources available.' }))
  world.google.gke.makePool('a', 1, { zones: world.google.zones.slice(0, 1) })
  const { size, members, problem } = await listed(connection, 'a')
  expect([size, members, problem]).toEqual([1, [], 'ZONE_RESOURCE_POOL_EXHAUSTED: The zone does not have enough resources available.'])
})

it('a pool of which a zone could not be asked says which', async () => {
  await using world = await gkeWorld(quick)
  const connection = opened(world)
  world.google.gke.makePool('a', 1)
  const zone = world.google.zones[2] ?? ''
  world.google.hide(zone)
  const pages: Page<Group>[] = []
  for await (const page of connection.list(call)) pages.push(page)
  expect(pages.map(({ missing }) => missing)).toEqual([[{ zone }]])
})
