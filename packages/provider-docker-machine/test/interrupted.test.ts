import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type DurableStore, ProviderError } from '@kube-node/core/provider'
import { expect, it, vi } from 'vitest'
import { type Ground, ground, refusalOf } from './ground.ts'

// Programs are started in real time.
vi.setConfig({ testTimeout: 60_000 })

const patience = { timeout: 20_000 }
const minutes = 60_000
type Request = ReturnType<Ground['request']>

/** The program's own file on a machine, as it is kept. */
const configKept = async ({ store, call }: Ground, name: string): Promise<string> => {
  const kept = await store.get(`machine-${name}`, call())
  if (!kept) throw new Error(`nothing is kept of ${name} yet`)
  // The provider's own format: the cast at the border.
  const { files } = JSON.parse(gunzipSync(kept.bytes).toString()) as { readonly files: Readonly<Record<string, [number, string]>> }
  const [, content = ''] = files[`machines/${name}/config.json`] ?? []
  return Buffer.from(content, 'base64').toString()
}

/** A life that dies while its create is at work, and the program after it; what the driver had written down by then is kept. */
const died = async (stage: Ground): Promise<Request> => {
  stage.fake.fault({ slowMs: 400, stopAfter: true })
  const given = new AbortController()
  const request = stage.request(stage.ec2)
  const work = stage.connect().create(request, stage.call(given.signal))
  await vi.waitFor(async () => expect(await configKept(stage, request.name)).toMatch(/"InstanceId": "i-/), patience)
  given.abort(new Error('this life is over'))
  await expect(work).rejects.toThrow('this life is over')
  return request
}

const emptySecret = async ({ store, call }: Ground, name: string): Promise<void> => {
  const kept = await store.get(`machine-${name}`, call())
  if (!kept) throw new Error(`nothing is kept of ${name}`)
  await store.put(`machine-${name}`, new Uint8Array(), { version: kept.version }, call())
}

it('removes what the driver had written down when the program is stopped, and says so to who waits', async () => {
  await using stage = await ground()
  const connection = stage.connect()
  stage.fake.fault({ stopAfter: true })
  const request = stage.request(stage.ec2)
  const stopped = await refusalOf(connection.create(request, stage.call()))
  expect(stopped).toMatchObject({ code: 'Unavailable', facts: { outcome: 'none' } })
  expect(stopped.message).toContain('what it made is removed')
  expect(stage.fake.machines()).toEqual([])
  // A create of that attempt which comes late makes no other.
  expect((await connection.create(request, stage.call())).state).toBe('gone')
  expect(stage.fake.machines()).toEqual([])
})

it.each(['UnauthorizedOperation: You are not authorized', 'RequestLimitExceeded: Request limit exceeded', 'quota exceeded'])(
  'does not say that nothing was made because it can not be removed: %s',
  async failRemove => {
    await using stage = await ground()
    const connection = stage.connect()
    const request = stage.request(stage.ec2)
    stage.fake.fault({ stopAfter: true, failRemove })
    // The second time it is there already.
    for (const _time of ['first', 'second']) {
      const refused = await refusalOf(connection.create(request, stage.call()))
      expect(refused.message).toContain(failRemove)
      expect(refused.facts.outcome).toBe('unknown')
    }
    expect(stage.fake.machines()).toHaveLength(1)
    stage.fake.fault({ failRemove: false })
    expect((await refusalOf(connection.create(request, stage.call()))).facts.outcome).toBe('none')
    expect(stage.fake.machines()).toEqual([])
  },
)

it('does not say that nothing was made because the program can not be asked any more', async () => {
  await using stage = await ground()
  const connection = stage.connect()
  const request = stage.request(stage.ec2)
  stage.fake.fault({ failInspect: 'open /store: UnauthorizedOperation' })
  const refused = await refusalOf(connection.create(request, stage.call()))
  expect(refused).toMatchObject({ code: 'Unauthorized', facts: { outcome: 'unknown' } })
  expect((await connection.create(request, stage.call())).state).toBe('running')
})

it('does not say that nothing was made because it can not be written down', async () => {
  await using stage = await ground()
  const refusing: DurableStore = {
    ...stage.store,
    async put(key, ...rest) {
      if (key.startsWith('machine-')) throw new ProviderError('Unauthorized', 'secrets are forbidden')
      return stage.store.put(key, ...rest)
    },
  }
  const refused = await refusalOf(stage.connect({ store: refusing }).create(stage.request(stage.ec2), stage.call()))
  expect(refused).toMatchObject({ code: 'Unauthorized', facts: { outcome: 'unknown' } })
})

it('removes it when its machines are listed, where nobody waits any more', async () => {
  await using stage = await ground()
  const { name } = await died(stage)
  await vi.waitFor(async () => expect(await stage.shown(stage.connect())).toMatchObject([{ id: name, state: 'gone' }]), patience)
  expect(stage.fake.machines()).toEqual([])
  expect(await stage.store.get(`machine-${name}`, stage.call())).toBeUndefined()
})

it('waits on another computer until nobody can be at work on it any more, says so, and removes it then', async () => {
  await using stage = await ground()
  const { name } = await died(stage)
  const elsewhere = stage.connect({ storage: join(stage.fake.folder, 'elsewhere') })
  const [waiting] = await stage.shown(elsewhere, stage.call(undefined, 13 * minutes))
  expect(waiting).toMatchObject({ id: name, state: 'starting' })
  expect(waiting?.problem).toMatch(/was begun on another computer, .* may still be at work there until \d{4}-[\d-]+T[\d:]+Z/)
  expect(stage.fake.machines()).toHaveLength(1)
  expect(await stage.shown(elsewhere, stage.call(undefined, 16 * minutes))).toMatchObject([{ id: name, state: 'gone' }])
  expect(stage.fake.machines()).toEqual([])
})

it('asks no person to look while another computer may still be at work on it', async () => {
  await using stage = await ground()
  const connection = stage.connect()
  const request = stage.request(stage.ec2)
  stage.fake.fault({ waitMs: 1_000 })
  const work = connection.create(request, stage.call())
  const elsewhere = stage.connect({ storage: join(stage.fake.folder, 'elsewhere') })
  const [machine] = await vi.waitFor(async () => {
    const shown = await stage.shown(elsewhere)
    expect(shown).toHaveLength(1)
    return shown
  }, patience)
  // The cloud has not even answered: who looks now finds nothing, and must not be told to give up what is about to be made.
  const early = await refusalOf(elsewhere.delete(machine!, stage.call()))
  expect(early).toMatchObject({ code: 'Busy', facts: { retryAfterMs: 5_000 } })
  expect(early.message).toMatch(/was begun on another computer, .* may still be at work there until/)
  expect(early.message).not.toContain('empty the Secret')
  // Then it is known what was made, and to whom it belongs.
  expect((await work).state).toBe('stopping')
  await elsewhere.delete(machine!, stage.call())
  expect(stage.fake.machines()).toEqual([])
})

it('asks one when nobody can be at work on it any more', async () => {
  await using stage = await ground()
  stage.fake.fault({ stopInFlight: true })
  await refusalOf(stage.connect().create(stage.request(stage.ec2), stage.call()))
  const elsewhere = stage.connect({ storage: join(stage.fake.folder, 'elsewhere') })
  const [machine] = await stage.shown(elsewhere)
  const early = await refusalOf(elsewhere.delete(machine!, stage.call(undefined, 13 * minutes)))
  expect(early.code).toBe('Busy')
  const late = await refusalOf(elsewhere.delete(machine!, stage.call(undefined, 16 * minutes)))
  expect(late.message).toContain('Look in the cloud for a machine of that name')
})

it('tells whoever asks for it elsewhere that it may be at work, and makes no other', async () => {
  await using stage = await ground()
  const request = await died(stage)
  const busy = await refusalOf(stage.connect({ storage: join(stage.fake.folder, 'elsewhere') }).create(request, stage.call()))
  expect(busy.code).toBe('Busy')
  expect(busy.facts.outcome).toBe('unknown')
  expect(stage.fake.machines()).toHaveLength(1)
})

it.each([
  ['storage', 0],
  ['elsewhere', 16 * minutes],
])('shows what a person has to look for in %s, and believes it when that is done', async (where, aheadMs) => {
  await using stage = await ground()
  stage.fake.fault({ stopInFlight: true })
  const request = stage.request(stage.ec2)
  await refusalOf(stage.connect().create(request, stage.call()))
  const connection = stage.connect({ storage: join(stage.fake.folder, where) })
  const [lost] = await stage.shown(connection, stage.call(undefined, aheadMs))
  expect(lost?.problem).toContain(`Look in the cloud for a machine of that name and remove it, then empty the Secret`)
  expect(stage.fake.machines()).toHaveLength(1)
  await emptySecret(stage, request.name)
  // Nobody has to delete its Node for it.
  expect(await stage.shown(connection, stage.call(undefined, aheadMs))).toMatchObject([{ id: request.name, state: 'gone' }])
  expect(await stage.store.get(`machine-${request.name}`, stage.call())).toBeUndefined()
})

it('does not lose the list for a file that was being written when the computer died', async () => {
  await using stage = await ground()
  stage.fake.fault({ stopInFlight: true })
  const { name } = stage.request(stage.ec2, 'torn')
  await refusalOf(stage.connect().create(stage.request(stage.ec2, 'torn'), stage.call()))
  writeFileSync(join(stage.fake.options.storage, name, 'machines', name, 'config.json'), '{"Driver": {"Instan')
  const [lost] = await stage.shown(stage.connect())
  expect(lost?.problem).toContain('Look in the cloud')
})

it('shows why it can not be removed, and tries again a minute later', async () => {
  await using stage = await ground()
  const { name } = await died(stage)
  stage.fake.fault({ failRemove: true })
  const connection = stage.connect()
  await vi.waitFor(async () => {
    const [kept] = await stage.shown(connection)
    expect(kept?.problem).toContain(`rm ${name} ended with 1`)
  }, patience)
  stage.fake.fault({ failRemove: false })
  expect(await stage.shown(connection)).toMatchObject([{ id: name, state: 'starting' }])
  expect(await stage.shown(connection, stage.call(undefined, 61_000))).toMatchObject([{ id: name, state: 'gone' }])
})

it('shows as gone what is gone: that many are only absent may be a lie', async () => {
  await using stage = await ground()
  const connection = stage.connect()
  const machine = await connection.create(stage.request(stage.ec2), stage.call())
  await connection.delete(machine, stage.call())
  expect(await stage.shown(connection)).toMatchObject([{ id: machine.id, owner: machine.owner, state: 'gone' }])
})
