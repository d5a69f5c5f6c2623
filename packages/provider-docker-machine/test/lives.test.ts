import { randomUUID } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { ground, parsed, refusalOf } from './ground.ts'

// Programs are started in real time.
vi.setConfig({ testTimeout: 60_000 })

it('brings the create of a life that died to its end when its machines are listed, and nobody asks for it', async () => {
  await using stage = await ground(2)
  const secrets = { 'ssh-privatekey': stage.fake.keys.private }
  stage.fake.fault({ slowMs: 700 })
  const given = new AbortController()
  const first = stage.connect({ secrets }).create(stage.request(stage.pool), stage.call(given.signal))
  const next = stage.connect({ secrets })
  await vi.waitFor(async () => expect(await stage.listed(next)).toMatchObject([{ state: 'starting' }]), { timeout: 20_000 })
  given.abort(new Error('this life is over'))
  await expect(first).rejects.toThrow('this life is over')
  await vi.waitFor(async () => expect(await stage.listed(next)).toMatchObject([{ state: 'running' }]), { timeout: 20_000 })
})

it('takes back the host of a create that failed when its life was over', async () => {
  await using stage = await ground()
  const secrets = { 'ssh-privatekey': stage.fake.keys.private }
  stage.fake.fault({ slowMs: 700, failGeneric: true })
  const given = new AbortController()
  const first = stage.connect({ secrets }).create(stage.request(stage.pool), stage.call(given.signal))
  const next = stage.connect({ secrets })
  await vi.waitFor(async () => expect(await stage.listed(next)).toHaveLength(1), { timeout: 20_000 })
  given.abort(new Error('this life is over'))
  await expect(first).rejects.toThrow('this life is over')
  await vi.waitFor(async () => expect(await stage.listed(next)).toEqual([]), { timeout: 20_000 })
  expect(existsSync(join(stage.fake.folder, 'host-0/var/lib/kube-node/owner'))).toBe(false)
  stage.fake.fault({ failGeneric: false })
  expect((await next.create(stage.request(stage.pool), stage.call())).state).toBe('running')
})

it('does not list what a call is making: many machines that were there and vanish are not believed', async () => {
  await using stage = await ground()
  stage.fake.fault({ slowMs: 700 })
  const connection = stage.connect()
  const request = stage.request(stage.ec2)
  const work = connection.create(request, stage.call())
  await vi.waitFor(() => expect(stage.fake.machines()).toHaveLength(1), { timeout: 20_000 })
  expect(await stage.shown(connection)).toEqual([])
  // Whom nobody answers sees it.
  expect(await stage.shown(stage.connect())).toMatchObject([{ id: request.name, state: 'starting' }])
  await work
  expect(await stage.shown(connection)).toMatchObject([{ id: request.name, state: 'running' }])
})

it('tells a create that comes late that its machine is gone, and makes no other', async () => {
  await using stage = await ground()
  const connection = stage.connect()
  const request = stage.request(stage.ec2)
  const machine = await connection.create(request, stage.call())
  await connection.delete(machine, stage.call())
  expect((await connection.create(request, stage.call())).state).toBe('gone')
  expect((await stage.connect({ storage: join(stage.fake.folder, 'elsewhere') }).create(request, stage.call())).state).toBe('gone')
  expect(stage.fake.machines()).toEqual([])
  expect(await stage.listed(connection)).toEqual([])
})

it("does not take another claim's machine for its own because it has the name", async () => {
  await using stage = await ground()
  const connection = stage.connect()
  const request = stage.request(stage.ec2)
  await connection.create(request, stage.call())
  const other = { ...request, owner: { ...request.owner, claim: randomUUID() } }
  expect((await refusalOf(connection.create(other, stage.call()))).message).toContain('the one of a machine of another claim')
})

it('does not take the answer of the program from others when the one who asked first gives up', async () => {
  await using stage = await ground()
  const connection = stage.connect()
  const given = new AbortController()
  const first = connection.create(stage.request(stage.ec2), stage.call(given.signal))
  const second = connection.create(stage.request(stage.ec2), stage.call())
  given.abort(new Error('not any more'))
  await expect(first).rejects.toThrow('not any more')
  expect((await second).state).toBe('running')
})

it('keeps of a machine what the program keeps, and not the files of the Secret', async () => {
  await using stage = await ground()
  const secrets = { 'ssh-privatekey': stage.fake.keys.private }
  const connection = stage.connect({ secrets })
  const machine = await connection.create(stage.request(stage.pool), stage.call())
  const kept = await stage.store.get(`machine-${machine.id}`, stage.call())
  const { files } = JSON.parse(gunzipSync(kept?.bytes ?? new Uint8Array()).toString()) as { files: Record<string, unknown> }
  expect(Object.keys(files).toSorted()).toEqual([`machines/${machine.id}/config.json`, `machines/${machine.id}/id_rsa`])
})

it('writes nothing when a deletion is repeated', async () => {
  await using stage = await ground()
  const connection = stage.connect()
  const machine = await connection.create(stage.request(stage.ec2), stage.call())
  stage.fake.fault({ failRemove: true })
  await refusalOf(connection.delete(machine, stage.call()))
  const before = await stage.store.get('machines', stage.call())
  await refusalOf(connection.delete(machine, stage.call()))
  expect((await stage.store.get('machines', stage.call()))?.version).toBe(before?.version)
})

it('writes the files of the Secret out again where the machine is restored', async () => {
  await using stage = await ground()
  const secrets = { 'ssh-privatekey': stage.fake.keys.private, 'amazonec2-session-password.file': 'in-a-file' }
  const config = parsed({ driver: 'amazonec2', options: { 'amazonec2-instance-type': 't3.large' } })
  const all = { ...secrets, 'amazonec2-access-key': 'AKIAEXAMPLE', 'amazonec2-secret-key': 'the-right-secret-key' }
  const machine = await stage.connect({ secrets: all }).create(stage.request(config), stage.call())
  const storage = join(stage.fake.folder, 'elsewhere')
  await stage.connect({ secrets: all, storage }).configure?.(machine, [], config, stage.call())
  expect(readFileSync(join(storage, machine.id, 'secrets/amazonec2-session-password'), 'utf8')).toBe('in-a-file')
})

it('lets a create that ends elsewhere bring nothing back that is gone', async () => {
  await using stage = await ground()
  stage.fake.fault({ slowMs: 600 })
  const request = stage.request(stage.ec2)
  const late = stage.connect().create(request, stage.call())
  const elsewhere = stage.connect({ storage: join(stage.fake.folder, 'elsewhere') })
  await vi.waitFor(
    async () => {
      const [machine] = await stage.listed(elsewhere)
      if (!machine) throw new Error('it is not listed yet')
      // Of what the driver has not written down yet nobody takes anything away.
      await elsewhere.delete(machine, stage.call())
    },
    { timeout: 20_000 },
  )
  expect(stage.fake.machines()).toEqual([])
  expect((await late).state).toBe('gone')
  expect(await stage.listed(elsewhere)).toEqual([])
  expect(await stage.store.get(`machine-${request.name}`, stage.call())).toBeUndefined()
  expect(readdirSync(stage.fake.options.storage)).toEqual(['id'])
})
