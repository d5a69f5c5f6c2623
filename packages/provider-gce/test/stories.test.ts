import type { Machine, Page } from '@kube-node/core/provider'
import { describe, expect, it } from 'vitest'
import { call, failure, opened, owner } from './connected.ts'
import { gceWorld } from './world.ts'

describe('a create', () => {
  it('whose zone is out of stock, as Google says late, leaves nothing, and the next attempt asks in another zone', async () => {
    await using world = await gceWorld()
    const { connection, request } = opened(world)
    const first = new Set<string>()
    world.google.failing(zone => {
      first.add(zone)
      return first.size === 1 && first.has(zone) ? { code: 'ZONE_RESOURCE_POOL_EXHAUSTED', message: 'none left' } : undefined
    })
    const error = await failure(connection.create(request, call))
    const [zone = ''] = first
    expect([error.code, error.facts.outcome, error.facts.scope]).toEqual([
      'InsufficientCapacity',
      'none',
      { zone, instanceType: 'e2-standard-2', capacityType: 'on-demand' },
    ])
    expect(world.google.vms()).toEqual([])
    const avoid = error.facts.scope ? [error.facts.scope] : []
    const machine = await connection.create({ ...request, token: 't-2', name: 'n2', owner: { ...owner, attempt: 2 }, avoid }, call)
    expect(machine.zone).not.toBe(zone)
  })

  it('whose operation fails in words that prove nothing has left nothing all the same, so another attempt may begin', async () => {
    await using world = await gceWorld()
    const { connection, request } = opened(world)
    const lift = world.google.failing(() => ({ code: 'INTERNAL_ERROR', message: 'Internal error. Please try again.' }))
    const error = await failure(connection.create(request, call))
    lift()
    expect([error.code, error.facts.outcome]).toEqual(['Unavailable', 'none'])
    // Google answers the same request with the same end.
    expect((await failure(connection.create(request, call))).message).toBe(error.message)
    await connection.create({ ...request, token: 't-2', name: 'n2', owner: { ...owner, attempt: 2 } }, call)
    expect(world.google.vms().map(({ name }) => name)).toEqual(['n2'])
  })

  it('whose failed operation has left its instance so far proves nothing yet', async () => {
    await using world = await gceWorld({}, { undoneAfterMs: 100 })
    const { connection, request } = opened(world)
    world.google.failing(() => ({ code: 'ZONE_RESOURCE_POOL_EXHAUSTED', message: 'none left' }))
    expect((await failure(connection.create(request, call))).facts.outcome).toBe('unknown')
    await expect.poll(() => world.google.vms()).toEqual([])
    expect((await failure(connection.create(request, call))).facts.outcome).toBe('none')
  })

  it('a copy of which comes late makes nothing when its machine is gone already', async () => {
    await using world = await gceWorld()
    const { connection, request } = opened(world)
    const machine = await connection.create(request, call)
    await connection.delete(machine, call)
    await expect.poll(() => world.google.vms()).toEqual([])
    await failure(connection.create(request, call))
    expect([world.google.vms(), world.google.disks()]).toEqual([[], []])
  })

  it('that is asked again hours later, when Google has forgotten the request, finds its machine by the name', async () => {
    let now = Date.parse('2026-11-01T00:00:00Z')
    await using world = await gceWorld({}, { now: () => now, tookMs: 0 })
    const { connection, request } = opened(world)
    const machine = await connection.create(request, call)
    now += 5 * 3_600_000
    expect(await connection.create(request, call)).toEqual(machine)
    expect(world.google.vms()).toHaveLength(1)
  })

  it('does not take what somebody else has called so, and proves that it made nothing', async () => {
    await using world = await gceWorld()
    const { connection, request } = opened(world, { zone: world.google.zones[0] })
    world.google.make('n1')
    const error = await failure(connection.create(request, call))
    expect([error.code, error.facts.outcome]).toEqual(['Internal', 'none'])
    expect(world.google.vms()).toHaveLength(1)
  })

  it("of an image that a class names wrong is the class's fault", async () => {
    await using world = await gceWorld()
    const { connection, request } = opened(world, { image: { family: 'no-such-family' } })
    const error = await failure(connection.create(request, call))
    expect([error.code, error.facts.outcome]).toEqual(['InvalidConfig', 'none'])
    expect(error.message).toBe('no image is there of family no-such-family in project my-project-1')
  })

  it('whose wait was not answered is asked again, and makes no second machine', async () => {
    await using world = await gceWorld()
    const { connection, request } = opened(world)
    const release = world.google.hold('insert')
    world.google.next('operations.wait', 'lost')
    const lost = failure(connection.create(request, call))
    await expect.poll(() => world.google.asked).toContain('operations.wait')
    release()
    expect((await lost).facts.outcome).toBeUndefined()
    const machine = await connection.create(request, call)
    expect(world.google.vms().map(({ id }) => id)).toEqual([machine.id])
  })
})

describe('a list', () => {
  it('of which a zone is missing shows the others, and says which', async () => {
    await using world = await gceWorld()
    const { connection, request } = opened(world, { zone: world.google.zones[1] })
    const machine = await connection.create(request, call)
    world.google.hide(world.google.zones[2] ?? '')
    const pages: Page<Machine>[] = []
    for await (const page of connection.list(call)) pages.push(page)
    expect(pages).toEqual([{ items: [machine], missing: [{ zone: world.google.zones[2] }] }])
  })
})

describe('a deletion', () => {
  it('leaves what has got the name of a machine that is gone', async () => {
    await using world = await gceWorld()
    const { connection, request } = opened(world, { zone: world.google.zones[0] })
    const machine = await connection.create(request, call)
    world.google.end('n1')
    const other = world.google.make('n1')
    await connection.delete(machine, call)
    expect(await connection.get?.(machine, call)).toBeUndefined()
    expect(world.google.vms()).toEqual([other])
    expect(other.status).toBe('RUNNING')
  })
})

describe('adoption', () => {
  it('leaves members of managed groups to them', async () => {
    await using world = await gceWorld()
    const { connection } = opened(world)
    const vm = world.google.make('member')
    vm.items = [{ key: 'created-by', value: 'projects/1/zones/europe-west1-b/instanceGroupManagers/pool' }]
    const error = await failure(connection.adopt?.(`gce://my-project-1/europe-west1-b/member`, owner, call) ?? Promise.resolve())
    expect([error.code, error.facts.outcome]).toEqual(['InvalidConfig', 'none'])
    expect(error.message).toContain('abandon it there first')
  })

  it('keeps the labels and the metadata that are there', async () => {
    await using world = await gceWorld()
    const { connection } = opened(world)
    const vm = world.google.make('veteran')
    vm.labels = { team: 'web' }
    vm.items = [{ key: 'ssh-keys', value: 'k' }]
    const machine = await connection.adopt?.('gce://my-project-1/europe-west1-b/veteran', owner, call)
    expect(machine?.owner).toEqual(owner)
    expect([vm.labels['team'], vm.items.find(({ key }) => key === 'ssh-keys')?.value]).toEqual(['web', 'k'])
  })
})

describe('drift', () => {
  it('is told of what somebody has changed at Google, and of nothing else', async () => {
    await using world = await gceWorld()
    const image = { name: 'ubuntu-2404-v20261101', project: 'my-project-1' }
    const serviceAccount = { email: 'nodes@my-project-1.iam.gserviceaccount.com' }
    const { connection, request } = opened(world, { image, serviceAccount, tags: ['nodes'], labels: { team: 'web' }, network: 'default' })
    const machine = await connection.create(request, call)
    const drift = () => connection.drift?.(machine, request.config, call)
    expect(await drift()).toBeUndefined()
    const [vm] = world.google.vms()
    if (!vm) throw new Error('there is no VM')
    vm.asked = { ...vm.asked, machineType: 'zones/z/machineTypes/e2-standard-8', tags: { items: ['others'] } }
    vm.labels = { ...vm.labels, team: 'db', owner: 'somebody' }
    expect(await drift()).toBe(
      'its machine type is e2-standard-8, and the class says e2-standard-2; its network tags are others, and the class says nodes; ' +
        'its label team is db, and the class says web',
    )
  })

  it('of one that is gone is not told: lists tell that', async () => {
    await using world = await gceWorld()
    const { connection, request } = opened(world)
    const machine = await connection.create(request, call)
    world.google.end('n1')
    expect(await connection.drift?.(machine, request.config, call)).toBeUndefined()
  })
})

describe('capacity', () => {
  it('is what a machine type has, asked for once, in a zone that has it; and the disk that the class or its image says', async () => {
    await using world = await gceWorld()
    const { connection, request } = opened(world, { machineType: undefined, machineTypes: ['n2-standard-4', 'e2-highmem-2'] })
    const least = { cpu: '2', memory: '16384Mi', pods: '110', 'ephemeral-storage': '10Gi' }
    for (let i = 0; i < 3; i++) expect(await connection.capacity?.(request.config, call)).toEqual(least)
    // One zone has no N2.
    expect(world.google.asked.filter(method => method === 'machineTypes.get')).toHaveLength(5)
    const larger = opened(world, { bootDisk: { sizeGiB: 100 } }).request.config
    expect(await connection.capacity?.(larger, call)).toMatchObject({ 'ephemeral-storage': '100Gi' })
  })

  it("of a type that no zone has is the class's fault", async () => {
    await using world = await gceWorld()
    const { connection, request } = opened(world, { machineType: 'n2-enormous-4' })
    const error = await failure(connection.capacity?.(request.config, call) ?? Promise.resolve())
    expect([error.code, error.message]).toEqual([
      'InvalidConfig',
      `machine type n2-enormous-4 is in none of ${world.google.zones.join(', ')}`,
    ])
  })
})
