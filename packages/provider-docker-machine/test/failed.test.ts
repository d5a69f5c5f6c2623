import { expect, it, vi } from 'vitest'
import { type Ground, ground, parsed, refusalOf } from './ground.ts'

// Programs are started in real time.
vi.setConfig({ testTimeout: 60_000 })

const secrets = { 'hetzner-api-token': 'a-token-of-hetzner' }
/** A driver of which nobody but it knows where it writes down what it has made. */
const hetzner = parsed({ driver: 'hetzner', options: { 'hetzner-server-type': 'cx22' } })
const requestFor = (stage: Ground, driver: string): ReturnType<Ground['request']> =>
  stage.request(driver === 'hetzner' ? hetzner : stage.ec2)
const connect = (stage: Ground, driver: string): ReturnType<Ground['connect']> => stage.connect(driver === 'hetzner' ? { secrets } : {})

it.each([
  ['amazonec2', 'the answer of the call that makes it is lost', { loseLaunch: true }],
  ['amazonec2', 'its driver may not clean up after itself', { failCleanup: 'UnauthorizedOperation: You are not authorized' }],
  ['amazonec2', 'its driver is slowed down while it cleans up', { failCleanup: 'RequestLimitExceeded: Request limit exceeded' }],
  ['hetzner', 'its driver is slowed down, before or after it is made', { failCleanup: '429 Too Many Requests' }],
  ['hetzner', 'its driver may do only half of it', { failCleanup: '403 Forbidden: attach network' }],
])('asks a person what a create of %s that failed has made when %s', async (driver, _when, fault) => {
  await using stage = await ground()
  const connection = connect(stage, driver)
  const request = requestFor(stage, driver)
  stage.fake.fault(fault)
  const failed = await refusalOf(connection.create(request, stage.call()))
  expect(failed.facts.outcome).toBe('unknown')
  expect(failed.message).toContain(Object.values(fault)[0] === true ? 'connection reset by peer' : String(Object.values(fault)[0]))
  expect(failed.message).toContain(`Look in the cloud for a machine of that name and remove it, then empty the Secret`)
  expect(stage.fake.machines()).toHaveLength(1)

  // The same word to whoever lists it, asks for it again, or would remove it.
  const [machine] = await stage.listed(connection)
  expect(machine).toMatchObject({ id: request.name, state: 'starting' })
  expect(machine?.problem).toContain('Look in the cloud')
  expect((await refusalOf(connection.create(request, stage.call()))).facts.outcome).toBe('unknown')
  expect((await refusalOf(connection.delete(machine!, stage.call()))).message).toContain('Look in the cloud')
  expect(stage.fake.machines()).toHaveLength(1)

  const kept = await stage.store.get(`machine-${request.name}`, stage.call())
  await stage.store.put(`machine-${request.name}`, new Uint8Array(), { version: kept?.version ?? 'nothing is kept' }, stage.call())
  await connection.delete(machine!, stage.call())
  expect(await stage.listed(connection)).toEqual([])
})

it.each([
  ['amazonec2', { stockout: true }, 'InsufficientCapacity'],
  ['amazonec2', { quota: true }, 'QuotaExceeded'],
  ['amazonec2', { refuseLaunch: 'RequestLimitExceeded: Request limit exceeded.\n\tstatus code: 503, request id: 1' }, 'RateLimited'],
  ['amazonec2', { refuseLaunch: 'UnauthorizedOperation: You are not authorized.\n\tstatus code: 403, request id: 1' }, 'Unauthorized'],
  ['amazonec2', { refuseLaunch: 'InvalidParameterValue: there is no such thing.\n\tstatus code: 400, request id: 1' }, 'Internal'],
  ['hetzner', { stockout: true }, 'InsufficientCapacity'],
  ['hetzner', { quota: true }, 'QuotaExceeded'],
])('believes %s that nothing was made where the cloud has refused just that: %o', async (driver, fault, code) => {
  await using stage = await ground()
  const connection = connect(stage, driver)
  const request = requestFor(stage, driver)
  stage.fake.fault(fault)
  expect(await refusalOf(connection.create(request, stage.call()))).toMatchObject({ code, facts: { outcome: 'none' } })
  expect(await stage.listed(connection)).toEqual([])
  stage.fake.fault({ stockout: false, quota: false, refuseLaunch: false })
  // By the same attempt.
  expect((await connection.create(request, stage.call())).state).toBe('running')
})

it.each(['amazonec2', 'hetzner'])('removes what %s had made and written down before its create failed', async driver => {
  await using stage = await ground()
  const connection = connect(stage, driver)
  stage.fake.fault({ failLate: true })
  const failed = await refusalOf(connection.create(requestFor(stage, driver), stage.call()))
  expect(failed).toMatchObject({ code: 'Unavailable', facts: { outcome: 'none' } })
  expect(stage.fake.machines()).toEqual([])
  expect(await stage.listed(connection)).toEqual([])
})
