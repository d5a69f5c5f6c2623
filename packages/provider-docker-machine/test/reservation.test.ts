import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DurableStore } from '@kube-node/core/provider'
import { describe, expect, it } from 'vitest'
import { type Ground, ground, refusalOf } from './ground.ts'

const minutes = 60_000
const secretsOf = ({ fake }: Ground): Readonly<Record<string, string>> => ({ 'ssh-privatekey': fake.keys.private })
const isMarked = ({ fake }: Ground, number = 0): boolean => existsSync(join(fake.folder, `host-${number}/var/lib/kube-node/owner`))

/** A life that dies in the middle of a create: the line is written, and the host not asked or marked already. */
const dying = {
  'before its host is marked': async (stage: Ground): Promise<ReturnType<Ground['request']>> => {
    const given = new AbortController()
    const store: DurableStore = {
      ...stage.store,
      async put(...write) {
        const version = await stage.store.put(...write)
        given.abort(new Error('this life is over'))
        return version
      },
    }
    const request = stage.request(stage.pool)
    const work = stage.connect({ secrets: secretsOf(stage), store }).create(request, stage.call(given.signal))
    await expect(work).rejects.toThrow('this life is over')
    expect(isMarked(stage)).toBe(false)
    return request
  },
  'when its host is marked': async (stage: Ground): Promise<ReturnType<Ground['request']>> => {
    const given = new AbortController()
    const [host] = stage.fake.hosts
    host!.ended = () => given.abort(new Error('this life is over'))
    const request = stage.request(stage.pool)
    const work = stage.connect({ secrets: secretsOf(stage) }).create(request, stage.call(given.signal))
    await expect(work).rejects.toThrow('this life is over')
    host!.ended = () => {}
    expect(isMarked(stage)).toBe(true)
    return request
  },
}

describe.each(Object.entries(dying))('a life that dies between the line and the program, %s', (_when, die) => {
  it.each(['here', 'elsewhere'])('is followed by one that makes the machine on that very host: %s', async where => {
    await using stage = await ground()
    const request = await die(stage)
    const next = stage.connect({ secrets: secretsOf(stage), storage: join(stage.fake.folder, where) })
    // Nothing was begun: who asks again for what is not listed is the one to go on.
    expect(await stage.listed(next)).toEqual([])
    const machine = await next.create(request, stage.call())
    expect(machine.state).toBe('running')
    expect(isMarked(stage)).toBe(true)
    await next.delete(machine, stage.call())
    expect(isMarked(stage)).toBe(false)
  })

  it('keeps its host until nobody can come late any more, and then it is free', async () => {
    await using stage = await ground()
    await die(stage)
    const next = stage.connect({ secrets: secretsOf(stage) })
    expect(await stage.listed(next, stage.call(undefined, 29 * minutes))).toEqual([])
    const waiting = await refusalOf(next.create(stage.request(stage.pool), stage.call()))
    expect(waiting).toMatchObject({ code: 'InsufficientCapacity', facts: { outcome: 'none' } })
    expect(await stage.listed(next, stage.call(undefined, 31 * minutes))).toEqual([])
    expect(isMarked(stage)).toBe(false)
    expect((await next.create(stage.request(stage.pool), stage.call())).state).toBe('running')
  })
})

it('does not take back what may have been made in a cloud', async () => {
  await using stage = await ground()
  stage.fake.fault({ stopBefore: true })
  const request = stage.request(stage.ec2)
  await refusalOf(stage.connect().create(request, stage.call()))
  for (const where of ['storage', 'elsewhere']) {
    const next = stage.connect({ storage: join(stage.fake.folder, where) })
    expect(await stage.listed(next, stage.call(undefined, 31 * minutes))).toMatchObject([{ id: request.name, state: 'starting' }])
  }
})

it('asks a host again whose answer was lost: it may carry the mark, which nobody else would take off', async () => {
  await using stage = await ground(2)
  const connection = stage.connect({ secrets: secretsOf(stage) })
  stage.fake.hosts[0]!.cutAfter = 1
  const request = stage.request(stage.pool)
  const lost = await refusalOf(connection.create(request, stage.call()))
  expect(lost).toMatchObject({ code: 'Busy', facts: { outcome: 'none' } })
  expect(isMarked(stage)).toBe(true)
  const machine = await connection.create(request, stage.call())
  expect([isMarked(stage), isMarked(stage, 1)]).toEqual([true, false])
  await connection.delete(machine, stage.call())
  expect(isMarked(stage)).toBe(false)
})

it('keeps a host that may carry the mark and does not answer any more, and gives the claim no other by that attempt', async () => {
  await using stage = await ground(2)
  const request = await dying['when its host is marked'](stage)
  stage.fake.hosts[0]!.refusing = true
  const connection = stage.connect({ secrets: secretsOf(stage) })
  const silent = await refusalOf(connection.create(request, stage.call()))
  expect(silent).toMatchObject({ code: 'Unauthorized', facts: { outcome: 'none' } })
  // The next attempt gets the other one, and the one that is left is cleaned when it answers.
  const second = { ...request, name: 'second', token: 'second', owner: { ...request.owner, attempt: 2 } }
  expect((await connection.create(second, stage.call())).state).toBe('running')
  const late = stage.call(undefined, 31 * minutes)
  expect(await stage.listed(connection, late)).toMatchObject([{ id: 'second' }])
  expect([isMarked(stage), isMarked(stage, 1)]).toEqual([true, true])
  stage.fake.hosts[0]!.refusing = false
  const later = stage.call(undefined, 33 * minutes)
  expect(await stage.listed(connection, later)).toMatchObject([{ id: 'second' }])
  expect([isMarked(stage), isMarked(stage, 1)]).toEqual([false, true])
})

it("keeps no host that says that it is somebody else's", async () => {
  await using stage = await ground()
  const request = await dying['when its host is marked'](stage)
  writeFileSync(join(stage.fake.folder, 'host-0/var/lib/kube-node/owner'), 'c2 somebody 1')
  const connection = stage.connect({ secrets: secretsOf(stage) })
  for (const asked of [request, stage.request(stage.pool)])
    expect((await refusalOf(connection.create(asked, stage.call()))).message).toContain('it serves claim somebody of cluster c2')
})
