import type { Call, Interruption, Machine, MachineConnection, OpaqueConfig } from '@kube-node/core/provider'
import { refused } from '@kube-node/google-fake'
import { describe, expect, it } from 'vitest'
import { call as still, opened, owner } from './connected.ts'
import { type GceWorld, gceWorld } from './world.ts'

/** Google's time and the listener's, which passes while he sleeps. */
const clockwork = () => {
  const clock = { at: Date.parse('2026-11-26T11:00:00Z'), slept: 0 }
  const call: Call = {
    ...still,
    clock: {
      now: () => clock.at,
      sleep: async ms => {
        clock.at += ms
        clock.slept += ms
      },
    },
  }
  return { clock, call }
}

interface Scene {
  readonly world: GceWorld
  readonly connection: MachineConnection<OpaqueConfig>
  readonly machines: readonly Machine[]
}

/** Spot machines in two zones, which a list has shown. */
const scene = async (now: () => number, call: Call): Promise<Scene> => {
  const world = await gceWorld({}, { now, tookMs: 0 })
  const { connection, request } = opened(world, { capacityTypes: ['spot'] })
  const make = (name: string, zone = '') =>
    connection.create(
      {
        ...request,
        name,
        token: name,
        owner: { ...owner, claim: name },
        config: opened(world, { zone, capacityTypes: ['spot'] }).request.config,
      },
      call,
    )
  const machines = [await make('n1', world.google.zones[0]), await make('n2', world.google.zones[1])]
  await listed(connection, call)
  return { world, connection, machines }
}

const listed = async (connection: MachineConnection<OpaqueConfig>, call: Call): Promise<void> => {
  for await (const _page of connection.list(call)) continue
}

const listening = ({ connection }: Scene, call: Call): AsyncIterator<Interruption> => {
  const heard = connection.interruptions?.(call)
  if (!heard) throw new Error('it announces nothing')
  return heard[Symbol.asyncIterator]()
}

const told = async (heard: AsyncIterator<Interruption>): Promise<Interruption> => {
  const { value, done } = await heard.next()
  if (done === true) throw new Error('it has ended')
  return value
}

/** Nothing is told for so many rounds; then that. */
const rounds = async (
  clock: { readonly slept: number },
  count: number,
  act: () => void,
  next: Promise<Interruption>,
  expected: object,
): Promise<void> => {
  const from = clock.slept
  await expect.poll(() => clock.slept - from).toBeGreaterThanOrEqual(count * 15_000)
  act()
  expect(await next).toMatchObject(expected)
}

describe('what Google does to instances', () => {
  it('is told once, of every zone with machines, beside much that is none of it', async () => {
    const { clock, call } = clockwork()
    const all = await scene(() => clock.at, call)
    await using world = all.world
    const [one, two] = all.machines
    const heard = listening(all, call)
    world.google.befall('compute.instances.preempted', 'n1')
    expect(await told(heard)).toEqual({
      id: one?.id,
      reason: 'Google takes this spot instance back (preempted)',
      at: '2026-11-26T11:00:30.000Z',
    })
    // More operations than a page holds, and the newest of them first.
    for (let i = 0; i < 5; i++) world.google.befall('compute.instances.migrateOnHostMaintenance', 'n2')
    clock.at += 60_000
    world.google.befall('compute.instances.hostError', 'n2')
    expect(await told(heard)).toEqual({ id: two?.id, reason: 'Google says that its host failed', kind: 'change' })
    await rounds(clock, 5, () => world.google.befall('compute.instances.guestTerminate', 'n2'), told(heard), {
      id: two?.id,
      reason: 'it was shut down from within',
    })
    await heard.return?.()
  })

  it('is asked for every quarter of a minute, and only where machines are', async () => {
    const { clock, call } = clockwork()
    const all = await scene(() => clock.at, call)
    await using world = all.world
    const before = world.google.asked.length
    const heard = listening(all, call)
    const soon = told(heard)
    await expect.poll(() => clock.slept).toBeGreaterThanOrEqual(60_000)
    world.google.befall('compute.instances.hostError', 'n2')
    await soon
    const rounds = clock.slept / 15_000
    const asked = world.google.asked.slice(before).filter(method => method === 'zoneOperations.list').length
    expect([rounds * 2, rounds * 2 + 2]).toContain(asked)
    await heard.return?.()
  })

  it('is read again by the next controller, as far back as it can matter', async () => {
    const { clock, call } = clockwork()
    const all = await scene(() => clock.at, call)
    await using world = all.world
    world.google.befall('compute.instances.preempted', 'n1')
    clock.at += 11 * 60_000
    world.google.befall('compute.instances.hostError', 'n2')
    for (const life of ['first', 'second']) {
      const heard = listening(all, call)
      expect([life, (await told(heard)).id]).toEqual([life, all.machines[1]?.id])
      await heard.return?.()
    }
  })

  it('that can not be asked for in one zone is told of the others, and then as an error; tries grow rarer', async () => {
    const { clock, call } = clockwork()
    const all = await scene(() => clock.at, call)
    await using world = all.world
    const [first] = world.google.zones
    world.google.answering((method, { path }) =>
      method === 'zoneOperations.list' && path[3] === first ? refused(403, 'rateLimitExceeded', 'slowly') : undefined,
    )
    world.google.befall('compute.instances.hostError', 'n2')
    const slept: number[] = []
    for (let i = 0; i < 3; i++) {
      clock.slept = 0
      const heard = listening(all, call)
      expect((await told(heard)).id).toBe(all.machines[1]?.id)
      await expect(heard.next()).rejects.toMatchObject({ code: 'RateLimited' })
      slept.push(clock.slept)
    }
    expect(slept).toEqual([0, 15_000, 30_000])
  })
})

describe('maintenance that Google announces with an instance', () => {
  it('is told when a list has shown it, once, and again when it is put off', async () => {
    const { clock, call } = clockwork()
    const all = await scene(() => clock.at, call)
    await using world = all.world
    const heard = listening(all, call)
    for (const windowStartTime of ['2026-12-01T12:00:00Z', '2026-12-02T12:00:00Z']) {
      for (const vm of world.google.vms()) if (vm.name === 'n1') vm.upcomingMaintenance = { type: 'SCHEDULED', windowStartTime }
      const soon = told(heard)
      await listed(all.connection, call)
      expect(await soon).toMatchObject({ id: all.machines[0]?.id, at: new Date(windowStartTime).toISOString() })
    }
    await rounds(clock, 5, () => world.google.befall('compute.instances.hostError', 'n2'), told(heard), { id: all.machines[1]?.id })
    await heard.return?.()
  })
})
