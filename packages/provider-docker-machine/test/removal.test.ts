import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { ground, parsed, refusalOf } from './ground.ts'

// Programs are started in real time.
vi.setConfig({ testTimeout: 60_000 })

const secrets = { 'hetzner-api-token': 'a-token-of-hetzner' }
const hetzner = parsed({ driver: 'hetzner', options: { 'hetzner-server-type': 'cx22' } })

it('keeps a machine whose driver is not installed any more, says so, and removes it when it is', async () => {
  await using stage = await ground()
  const connection = stage.connect({ secrets })
  const machine = await connection.create(stage.request(hetzner), stage.call())
  stage.fake.fault({ missing: ['hetzner'] })
  // The program finds no driver, takes "not found" for an answer of the cloud, and forgets the machine with exit code 0.
  const kept = await refusalOf(connection.delete(machine, stage.call()))
  expect(kept.code).toBe('Unavailable')
  expect(kept.message).toContain(`driver hetzner can't be used here`)
  expect(kept.message).toContain('"docker-machine-driver-hetzner"')
  expect(await stage.listed(connection)).toMatchObject([{ id: machine.id, state: 'stopping' }])
  expect(stage.fake.machines()).toHaveLength(1)
  stage.fake.fault({ missing: [] })
  await connection.delete(machine, stage.call())
  expect(await stage.listed(connection)).toEqual([])
  expect(stage.fake.machines()).toEqual([])
})

it('does not take what a create that failed has made for removed where its driver is gone', async () => {
  await using stage = await ground()
  const connection = stage.connect({ secrets })
  const request = stage.request(hetzner)
  stage.fake.fault({ failLate: true, missingAfterwards: ['hetzner'] })
  const failed = await refusalOf(connection.create(request, stage.call()))
  expect(failed.facts.outcome).not.toBe('none')
  expect(failed.message).toContain('Too many retries waiting for SSH')
  expect(failed.message).toContain(`driver hetzner can't be used here`)
  expect(stage.fake.machines()).toHaveLength(1)
  stage.fake.fault({ missing: [] })
  expect((await refusalOf(connection.create(request, stage.call()))).facts.outcome).toBe('none')
  expect(stage.fake.machines()).toEqual([])
})

it('does not take a machine for removed of which nothing is kept any more', async () => {
  await using stage = await ground()
  const machine = await stage.connect().create(stage.request(stage.ec2), stage.call())
  const kept = await stage.store.get(`machine-${machine.id}`, stage.call())
  await stage.store.remove(`machine-${machine.id}`, { version: kept?.version ?? 'nothing is kept' }, stage.call())
  // The program removes what it does not know with exit code 0.
  const elsewhere = stage.connect({ storage: join(stage.fake.folder, 'elsewhere') })
  const lost = await refusalOf(elsewhere.delete(machine, stage.call()))
  expect(lost.message).toContain(`what was kept of ${machine.id} is lost`)
  expect(lost.message).toContain('Look in the cloud for a machine of that name')
  expect(await stage.listed(elsewhere)).toMatchObject([{ id: machine.id, state: 'stopping' }])
  expect(stage.fake.machines()).toHaveLength(1)
})

const ec2Secrets = {
  'amazonec2-access-key': 'AKIAEXAMPLE',
  'amazonec2-secret-key': 'the-right-secret-key',
  'amazonec2-session-password': 'a-password',
}

it('removes a machine by the keys of today, not by those that it was made with', async () => {
  await using stage = await ground()
  const machine = await stage.connect({ secrets: ec2Secrets }).create(stage.request(stage.ec2), stage.call())
  stage.fake.fault({ rightKey: 'the-new-secret-key' })
  const old = await refusalOf(stage.connect({ secrets: ec2Secrets }).delete(machine, stage.call()))
  expect(old.code).toBe('Unauthorized')
  expect(stage.fake.machines()).toHaveLength(1)
  const rotated = { ...ec2Secrets, 'amazonec2-secret-key': 'the-new-secret-key' }
  await stage.connect({ secrets: rotated }).delete(machine, stage.call())
  expect(stage.fake.machines()).toEqual([])
  expect(stage.commandLines()).not.toContain('the-new-secret-key')
})

it.each(['a-new-password', 'a-new=password=='])('removes it by a new secret that no variable is for: %s', async password => {
  await using stage = await ground()
  const machine = await stage.connect({ secrets: ec2Secrets }).create(stage.request(stage.ec2), stage.call())
  stage.fake.fault({ sessionPassword: password })
  expect((await refusalOf(stage.connect({ secrets: ec2Secrets }).delete(machine, stage.call()))).code).toBe('Unauthorized')
  const rotated = { ...ec2Secrets, 'amazonec2-session-password': password, 'what-the-driver-does-not-know': 'no-matter' }
  await stage.connect({ secrets: rotated }).delete(machine, stage.call())
  expect(stage.fake.machines()).toEqual([])
})

it('removes it by a new secret that stands in a file', async () => {
  await using stage = await ground()
  const { 'amazonec2-session-password': _inNoFile, ...others } = ec2Secrets
  const secrets = (password: string) => ({ ...others, 'amazonec2-session-password.file': password })
  const machine = await stage.connect({ secrets: secrets('a-password') }).create(stage.request(stage.ec2), stage.call())
  stage.fake.fault({ sessionPassword: 'a-new-password' })
  await stage.connect({ secrets: secrets('a-new-password') }).delete(machine, stage.call())
  expect(stage.fake.machines()).toEqual([])
  expect(stage.commandLines()).not.toContain('a-new-password')
})

it('removes it by a program that takes no new secrets, as it was made', async () => {
  await using stage = await ground()
  stage.fake.fault({ old: true })
  const connection = stage.connect({ secrets: ec2Secrets })
  const machine = await connection.create(stage.request(stage.ec2), stage.call())
  await connection.delete(machine, stage.call())
  expect(stage.fake.machines()).toEqual([])
})
