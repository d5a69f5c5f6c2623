import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { awsSecrets, standIn } from './world.ts'

// What is known of the real program (seen on rancher-machine, or read in its source at a057776), and that the stand-in does so too.

vi.setConfig({ testTimeout: 60_000 })

const place = async () => {
  const fake = await standIn()
  const storage = join(fake.folder, 'store')
  const env = {
    ...process.env,
    MACHINE_STORAGE_PATH: storage,
    AWS_ACCESS_KEY_ID: awsSecrets['amazonec2-access-key'],
    AWS_SECRET_ACCESS_KEY: awsSecrets['amazonec2-secret-key'],
    HETZNER_API_TOKEN: 'a-token-of-hetzner',
  }
  mkdirSync(storage)
  const run = (...args: string[]): SpawnSyncReturns<string> => spawnSync(fake.options.program, args, { env, encoding: 'utf8' })
  const config = join(storage, 'machines/a/config.json')
  return {
    fake,
    env,
    run,
    exitOf: (...args: string[]) => run(...args).status,
    config,
    driver: (): unknown => JSON.parse(readFileSync(config, 'utf8')).Driver,
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  }
}

it('ends with 3 for a check before the create, with 1 for all else', async () => {
  await using stage = await place()
  stage.fake.fault({ throttle: true })
  expect(stage.exitOf('create', '--driver', 'amazonec2', 'a')).toBe(3)
  expect(existsSync(stage.config)).toBe(false)
  stage.fake.fault({ throttle: false })
  expect(stage.exitOf('create', '--driver', 'nowhere', 'a')).toBe(1)
  expect(stage.exitOf('create', '--driver', 'amazonec2', '--amazonec2-regoin=x', 'a')).toBe(1)
  expect(stage.exitOf('create', '--driver', 'amazonec2', 'a')).toBe(0)
  expect(stage.exitOf('create', '--driver', 'amazonec2', 'a')).toBe(1)
  expect(stage.exitOf('unheard-of')).toBe(1)
})

it('lets one of two creates of one name win', async () => {
  await using stage = await place()
  stage.fake.fault({ alwaysMs: 500 })
  const create = () =>
    new Promise(resolve => {
      spawn(stage.fake.options.program, ['create', '--driver', 'amazonec2', 'a'], { env: stage.env }).once('exit', resolve)
    })
  const first = create()
  await vi.waitFor(() => expect(stage.fake.machines()).toHaveLength(1), { timeout: 20_000 })
  expect(stage.exitOf('create', '--driver', 'amazonec2', 'a')).toBe(1)
  expect(await first).toBe(0)
})

it('knows no id before its driver has succeeded, and says then that it removed what lives', async () => {
  await using stage = await place()
  stage.fake.fault({ loseLaunch: true })
  expect(stage.exitOf('create', '--driver', 'amazonec2', 'a')).toBe(1)
  expect(stage.driver()).toMatchObject({ InstanceId: '', SecretKey: awsSecrets['amazonec2-secret-key'] })
  const removed = stage.run('rm', '-y', 'a')
  expect([removed.status, removed.stdout]).toEqual([0, expect.stringContaining('Successfully removed a')])
  expect(stage.fake.machines()).toHaveLength(1)
})

it('keeps what it could not remove, and forgets it with -f', async () => {
  await using stage = await place()
  stage.run('create', '--driver', 'amazonec2', 'a')
  stage.fake.fault({ failRemove: true })
  expect(stage.exitOf('rm', '-y', 'a')).toBe(1)
  expect(existsSync(stage.config)).toBe(true)
  expect(stage.exitOf('rm', '-f', 'a')).toBe(0)
  expect(existsSync(stage.config)).toBe(false)
  expect(stage.fake.machines()).toHaveLength(1)
})

it('removes what it does not know with 0, and what it can not read with 1, but with --update-config neither', async () => {
  await using stage = await place()
  expect(stage.exitOf('rm', '-y', 'a')).toBe(0)
  expect(stage.exitOf('rm', '-y', '--update-config', 'a')).toBe(1)
  stage.run('create', '--driver', 'amazonec2', 'a')
  writeFileSync(stage.config, '{"Driver": {')
  expect(stage.exitOf('rm', '-y', 'a')).toBe(1)
  expect(stage.exitOf('inspect', 'a')).toBe(1)
})

it('forgets a machine whose driver is missing, but with --update-config', async () => {
  await using stage = await place()
  stage.run('create', '--driver', 'hetzner', 'a')
  stage.fake.fault({ missing: ['hetzner'] })
  expect(stage.exitOf('create', '--driver', 'hetzner', '--help')).toBe(1)
  expect(stage.exitOf('rm', '-y', '--update-config', 'a')).toBe(1)
  expect(existsSync(stage.config)).toBe(true)
  expect(stage.exitOf('rm', '-y', 'a')).toBe(0)
  expect(existsSync(stage.config)).toBe(false)
  expect(stage.fake.machines()).toHaveLength(1)
})

it('takes options of the driver for a removal with --update-config alone', async () => {
  await using stage = await place()
  stage.run('create', '--driver', 'amazonec2', 'a')
  expect(stage.exitOf('rm', '-y', '--amazonec2-session-password=x', 'a')).toBe(1)
  expect(stage.exitOf('rm', '-y', '--update-config', '--amazonec2-session-password=x', 'a')).toBe(0)
  expect(stage.run('rm', '--help').stdout).toContain('--update-config')
})

it('panics when it lists machines with a script of ours, and talks around its JSON', async () => {
  await using stage = await place()
  stage.run('create', '-d', 'none', '--url', 'tcp://nowhere', 'b')
  expect(stage.exitOf('ls')).toBe(0)
  const script = join(stage.fake.folder, 'script')
  writeFileSync(script, '#!/bin/sh\n')
  stage.run('create', '--driver', 'amazonec2', `--custom-install-script=${script}`, 'a')
  expect(stage.exitOf('ls')).toBe(2)
  expect(stage.run('ls', '-q').stdout).toBe('a\nb\n')
  expect(stage.run('inspect', 'a').stdout).toMatch(/^\(a\) Calling .*\n\{[\s\S]*\}\n\(a\) Closing plugin on server side\n$/)
})
