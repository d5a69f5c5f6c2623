import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemRuntime } from '@kube-node/core/runtime'
import { expect, it, vi } from 'vitest'
import { begin, creationIn } from '../src/creation.ts'
import { ground, refusalOf } from './ground.ts'

// Programs are started in real time.
vi.setConfig({ testTimeout: 60_000 })

const patience = { timeout: 20_000 }
const seconds = 1_000
const { clock } = systemRuntime()

/** A folder for a create, a program that counts its starts, and a disk that can be full: nothing new gets its name then. */
const place = () => {
  const root = mkdtempSync(join(tmpdir(), 'creation-'))
  const [folder, started, full] = [join(root, 'a.run'), join(root, 'started'), join(root, 'full')]
  for (const tool of ['ln', 'mv']) {
    const refusal = `if [ -e '${full}' ]; then echo '${tool}: No space left on device' >&2; exit 1; fi`
    writeFileSync(join(root, tool), `#!/bin/sh\n${refusal}\nPATH=/usr/bin:/bin exec ${tool} "$@"\n`, { mode: 0o755 })
  }
  return {
    folder,
    isFull: (is: boolean) => (is ? writeFileSync(full, '') : rmSync(full)),
    begin: (more = '') => begin(folder, ['/bin/sh', '-c', `echo started >>'${started}'; ${more}`], { PATH: `${root}:/usr/bin:/bin` }),
    creation: (aheadMs = 0) => creationIn(folder, clock.now() + aheadMs),
    starts: () => (existsSync(started) ? readFileSync(started, 'utf8').split('\n').length - 1 : 0),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  }
}

it('starts no program whose number can not be written down, says why, and starts it when there is room', async () => {
  using stage = place()
  stage.isFull(true)
  const refused = await refusalOf(stage.begin())
  expect(refused).toMatchObject({ code: 'Unavailable', facts: { outcome: 'none' } })
  expect(refused.message).toContain('No space left on device')
  expect(await stage.creation()).toEqual({ state: 'none' })
  stage.isFull(false)
  await stage.begin('exit 3')
  await vi.waitFor(async () => expect(await stage.creation()).toEqual({ state: 'ended', exit: 3, output: '' }), patience)
  expect(stage.starts()).toBe(1)
})

it('takes a program for running whose end can not be written down, until it can', async () => {
  using stage = place()
  await stage.begin(`touch '${join(stage.folder, '..', 'full')}'; echo done; exit 4`)
  await vi.waitFor(() => expect(readFileSync(join(stage.folder, 'log'), 'utf8')).toBe('done\n'), patience)
  for (const aheadMs of [0, 60 * seconds]) expect(await stage.creation(aheadMs)).toEqual({ state: 'running' })
  stage.isFull(false)
  await vi.waitFor(async () => expect(await stage.creation()).toEqual({ state: 'ended', exit: 4, output: 'done\n' }), patience)
})

it('takes what died before its number was written down for never begun, and begins it once, by however many', async () => {
  using stage = place()
  mkdirSync(stage.folder)
  // Its shell may be about to start.
  expect(await stage.creation()).toEqual({ state: 'running' })
  expect(await stage.creation(11 * seconds)).toEqual({ state: 'none' })
  await Promise.all([0, 1, 2, 3].map(() => stage.begin('exit 0')))
  await vi.waitFor(async () => expect(await stage.creation()).toMatchObject({ state: 'ended', exit: 0 }), patience)
  expect(stage.starts()).toBe(1)
})

it('leaves nothing at work in a folder that was taken away', async () => {
  using stage = place()
  await stage.begin(`while [ -e '${stage.folder}' ]; do sleep 0.05; done`)
  expect(await stage.creation()).toEqual({ state: 'running' })
  const pid = Number(readFileSync(join(stage.folder, 'pid'), 'utf8'))
  rmSync(stage.folder, { recursive: true })
  await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), patience)
})

it.each(['a driver of a cloud', 'a pool'])('makes a machine of %s whose create died before its program was started', async what => {
  await using stage = await ground()
  const isCloud = what === 'a driver of a cloud'
  const connection = stage.connect(isCloud ? {} : { secrets: { 'ssh-privatekey': stage.fake.keys.private } })
  const request = stage.request(isCloud ? stage.ec2 : stage.pool)
  const run = join(stage.fake.options.storage, `${request.name}.run`)
  mkdirSync(run)
  utimesSync(run, new Date(0), new Date(0))
  expect((await connection.create(request, stage.call())).state).toBe('running')
  expect(stage.fake.machines()).toHaveLength(1)
})
