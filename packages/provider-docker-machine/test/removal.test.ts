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
