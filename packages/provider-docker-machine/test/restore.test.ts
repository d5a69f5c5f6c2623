import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Machine } from '@kube-node/core/provider'
import { expect, it, vi } from 'vitest'
import { unpack } from '../src/files.ts'
import { type Ground, ground } from './ground.ts'
import { awsSecrets } from './world.ts'

// Programs are started in real time.
vi.setConfig({ testTimeout: 60_000 })

const made = (stage: Ground): Promise<Machine> => stage.connect().create(stage.request(stage.ec2), stage.call())
const elsewhere = ({ fake }: Ground): string => join(fake.folder, 'elsewhere')
const configIn = (storage: string, { id }: Machine): string => join(storage, id, 'machines', id, 'config.json')

it.each([
  ['is empty', ''],
  ['ends in its middle', '{\n    "ConfigVersion": 3,\n    "Dri'],
  ['was not written any more', undefined],
])('restores what a life that died has restored in part: the configuration %s', async (_how, text) => {
  await using stage = await ground()
  const machine = await made(stage)
  const config = configIn(elsewhere(stage), machine)
  mkdirSync(dirname(config), { recursive: true })
  if (text !== undefined) writeFileSync(config, text)
  await stage.connect({ storage: elsewhere(stage) }).delete(machine, stage.call())
  expect(stage.fake.machines()).toEqual([])
  expect(existsSync(join(elsewhere(stage), machine.id))).toBe(false)
})

it('restores what was torn where it was made', async () => {
  await using stage = await ground()
  const machine = await made(stage)
  writeFileSync(configIn(stage.fake.options.storage, machine), '{"Driver": {"Instan')
  await stage.connect().delete(machine, stage.call())
  expect(stage.fake.machines()).toEqual([])
  expect(readdirSync(stage.fake.options.storage)).toEqual(['id'])
})

it('writes out all of it or nothing', async () => {
  const root = mkdtempSync(join(tmpdir(), 'restore-'))
  const folder = join(root, 'a')
  const file = (text: string): [number, string] => [0o600, Buffer.from(text).toString('base64')]
  // What is no folder can't hold a file: the second one can't be written, as on a full disk.
  const files = { 'machines/a/config.json': file('{}'), 'machines/a/config.json/key': file('key') }
  await expect(unpack(gzipSync(JSON.stringify({ folder, files })), folder)).rejects.toThrow(/ENOTDIR|EEXIST/)
  expect(existsSync(folder)).toBe(false)
  await unpack(gzipSync(JSON.stringify({ folder, files: { 'machines/a/config.json': file('{}') } })), folder)
  expect(readFileSync(join(folder, 'machines/a/config.json'), 'utf8')).toBe('{}')
  expect(readdirSync(root)).toEqual(['a'])
  rmSync(root, { recursive: true })
})

it('writes the files of the Secret where a life died before it did so', async () => {
  await using stage = await ground()
  const secrets = {
    'amazonec2-access-key': 'AKIAEXAMPLE',
    'amazonec2-secret-key': 'the-right-secret-key',
    'amazonec2-session-password.file': 'in-a-file',
  }
  const machine = await stage.connect({ secrets }).create(stage.request(stage.ec2), stage.call())
  const folder = join(stage.fake.options.storage, machine.id, 'secrets')
  rmSync(folder, { recursive: true })
  await stage.connect({ secrets }).configure?.(machine, [], stage.ec2, stage.call())
  expect(readFileSync(join(folder, 'amazonec2-session-password'), 'utf8')).toBe('in-a-file')
})

it('is restored once, by however many want to do something with it', async () => {
  await using stage = await ground()
  const machine = await made(stage)
  const connection = stage.connect({ storage: elsewhere(stage) })
  const step = { id: 'one', run: { command: 'true' } }
  await Promise.all([0, 1, 2, 3].map(() => connection.configure!(machine, [step], stage.ec2, stage.call())))
  expect(readFileSync(configIn(elsewhere(stage), machine), 'utf8')).toContain(elsewhere(stage))
  expect(readdirSync(elsewhere(stage)).toSorted()).toEqual(['id', machine.id].toSorted())
})

it('takes keys off the disk of a computer that comes back, of machines that were removed elsewhere', async () => {
  await using stage = await ground()
  const secrets = { ...awsSecrets, 'amazonec2-session-password.file': 'in-a-file' }
  const machine = await stage.connect({ secrets }).create(stage.request(stage.ec2), stage.call())
  await stage.connect({ secrets, storage: elsewhere(stage) }).delete(machine, stage.call())
  mkdirSync(join(stage.fake.options.storage, `${machine.id}.run`))
  mkdirSync(join(stage.fake.options.storage, `${machine.id}.part`))
  expect(existsSync(join(stage.fake.options.storage, machine.id, 'secrets'))).toBe(true)
  const back = stage.connect({ secrets })
  // What its shell may be about to start is not taken away.
  await stage.shown(back)
  expect(existsSync(join(stage.fake.options.storage, machine.id))).toBe(true)
  expect(await stage.shown(back, stage.call(undefined, 11_000))).toMatchObject([{ id: machine.id, state: 'gone' }])
  expect(readdirSync(stage.fake.options.storage)).toEqual(['id'])
})

it('takes nothing away from a create that is at work, though its machine was removed elsewhere', async () => {
  await using stage = await ground()
  stage.fake.fault({ slowMs: 1_000 })
  const request = stage.request(stage.ec2)
  const late = stage.connect().create(request, stage.call())
  await vi.waitFor(
    async () => {
      const [machine] = await stage.listed(stage.connect({ storage: elsewhere(stage) }))
      if (!machine) throw new Error('it is not listed yet')
      await stage.connect({ storage: elsewhere(stage) }).delete(machine, stage.call())
    },
    { timeout: 20_000 },
  )
  expect(await stage.shown(stage.connect())).toMatchObject([{ id: request.name, state: 'gone' }])
  expect(existsSync(join(stage.fake.options.storage, request.name, 'machines', request.name, 'config.json'))).toBe(true)
  expect((await late).state).toBe('gone')
  expect(readdirSync(stage.fake.options.storage)).toEqual(['id'])
})
