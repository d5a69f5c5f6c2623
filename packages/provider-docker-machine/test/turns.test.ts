import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DurableStore } from '@kube-node/core/provider'
import { describe, expect, it } from 'vitest'
import { createTurns } from '../src/turns.ts'
import { ground, refusalOf } from './ground.ts'

describe('two calls of one machine', () => {
  it('make one, also when the second has read that it is being made, and looks for it when it is', async () => {
    await using stage = await ground()
    const reserved = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    const late = stage.call()
    const store: DurableStore = {
      ...stage.store,
      async get(key, call) {
        const found = await stage.store.get(key, call)
        if (call === late && key === 'machines') await released.promise
        return found
      },
      async put(...write) {
        const version = await stage.store.put(...write)
        reserved.resolve()
        return version
      },
    }
    const connection = stage.connect({ store })
    const request = stage.request(stage.ec2)
    const first = connection.create(request, stage.call())
    await reserved.promise
    const second = connection.create(structuredClone(request), late)
    const machine = await first
    released.resolve()
    expect((await second).id).toBe(machine.id)
    expect(await stage.listed(connection)).toMatchObject([{ id: machine.id, state: 'running' }])
    expect(stage.commandLines().match(/ create --driver/g)).toHaveLength(1)
  })

  it('never begin what a removal has just taken out of the books', async () => {
    await using stage = await ground()
    const connection = stage.connect({ secrets: { 'ssh-privatekey': stage.fake.keys.private } })
    const request = stage.request(stage.pool)
    const machine = { id: request.name, providerID: '', state: 'starting', createdAt: '' } as const
    const removal = Promise.withResolvers<unknown>()
    const [host] = stage.fake.hosts
    host!.ended = () => {
      host!.ended = () => {}
      removal.resolve(connection.delete(machine, stage.call()))
    }
    const creation = connection.create(request, stage.call())
    expect(await refusalOf(removal.promise)).toMatchObject({ code: 'Busy' })
    expect((await creation).id).toBe(machine.id)
    expect(await stage.listed(connection)).toMatchObject([{ id: machine.id }])
    await connection.delete(machine, stage.call())
    expect(await stage.listed(connection)).toEqual([])
    expect(existsSync(join(stage.fake.options.storage, request.name))).toBe(false)
  })
})

describe('a turn', () => {
  it('comes after those before it, whoever gives up waiting between them', async () => {
    const { inTurn } = createTurns()
    const told: string[] = []
    const go = Promise.withResolvers<void>()
    const given = new AbortController()
    const never = new AbortController().signal
    const first = inTurn('a', never, async () => {
      await go.promise
      told.push('first')
    })
    const impatient = inTurn('a', given.signal, async () => void told.push('impatient'))
    const last = inTurn('a', never, async () => void told.push('last'))
    given.abort(new Error('enough'))
    await expect(impatient).rejects.toThrow('enough')
    await inTurn('b', never, async () => void told.push('of another'))
    go.resolve()
    await Promise.all([first, last])
    expect(told).toEqual(['of another', 'first', 'last'])
  })

  it('comes, however the one before it ended', async () => {
    const { inTurn } = createTurns()
    const never = new AbortController().signal
    const failing = inTurn('a', never, () => Promise.reject(new Error('it failed')))
    expect(await inTurn('a', never, async () => 'done')).toBe('done')
    await expect(failing).rejects.toThrow('it failed')
  })
})
