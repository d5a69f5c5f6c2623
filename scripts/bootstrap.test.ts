import { execFile } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'

interface Run {
  readonly code: number
  readonly said: string
}

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A workspace with the real script, and an npx that writes down its calls and installs what `recipe` says. */
const workspace = (recipe = '') => {
  const root = mkdtempSync(join(tmpdir(), 'kube-node-bootstrap-'))
  folders.push(root)
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  write('package.json', '{"packageManager":"pnpm@12.21.0"}')
  write('packages/core/package.json', '{}')
  mkdirSync(join(root, 'scripts'))
  copyFileSync(join(import.meta.dirname, 'bootstrap.mjs'), join(root, 'scripts/bootstrap.mjs'))
  write(
    'npm/npx-cli.js',
    `
    const fs = require('node:fs')
    fs.appendFileSync(${JSON.stringify(join(root, 'calls'))}, process.argv.slice(2).join(' ') + '\\n')
    ${recipe}
    fs.mkdirSync('node_modules/.bin', { recursive: true })
    fs.writeFileSync('node_modules/.modules.yaml', '')
  `,
  )
  const run = (...args: string[]): Promise<Run> =>
    new Promise(resolve => {
      const env = { ...process.env, npm_execpath: join(root, 'npm/npm-cli.js') }
      execFile(process.execPath, [join(root, 'scripts/bootstrap.mjs'), ...args], { env }, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, said: stdout + stderr }),
      )
    })
  const calls = (): string[] => (existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') : [])
  return { root, write, run, calls }
}

test('the first run installs by the lockfile with the pinned pnpm, the second has nothing to do and says nothing', async () => {
  const { run, calls } = workspace()
  expect((await run()).code).toBe(0)
  expect(calls()).toEqual(['-y pnpm@12.21.0 install --frozen-lockfile'])
  expect(await run()).toEqual({ code: 0, said: '' })
  expect(calls()).toHaveLength(1)
})

test.each(['packages/core/package.json', 'pnpm-lock.yaml', 'packages/new/package.json'])('a change of %s installs again', async path => {
  const { run, calls, write } = workspace()
  await run()
  write(path, '{"changed":true}')
  expect((await run()).said).toContain('dependencies that changed')
  expect(calls()).toHaveLength(2)
})

test('what somebody removed is installed again', async () => {
  const { root, run, calls } = workspace()
  await run()
  rmSync(join(root, 'node_modules/.modules.yaml'))
  await run()
  expect(calls()).toHaveLength(2)
})

test('of several at once one installs and the others wait for it', async () => {
  const { run, calls } = workspace('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)')
  const runs = await Promise.all([run(), run(), run()])
  expect(runs.map(r => r.code)).toEqual([0, 0, 0])
  expect(calls()).toHaveLength(1)
})

test('the lock of a set-up that was killed is taken over', async () => {
  const { root, run, write } = workspace()
  const killed = 2 ** 22 + 1 // above the largest pid that Linux gives out
  write('.cache/setup.lock', String(killed))
  expect((await run()).code).toBe(0)
  expect(existsSync(join(root, '.cache/setup.lock'))).toBe(false)
})

test('without network it says what it needs, once, and the next run tries again', async () => {
  const { run, calls } = workspace(`console.error('getaddrinfo EAI_AGAIN registry.npmjs.org'); process.exit(1)`)
  const first = await run()
  expect(first.code).toBe(1)
  expect(first.said).toContain('could not reach it')
  expect(await run('--again')).toEqual({ code: 1, said: '' })
  await run()
  expect(calls()).toHaveLength(2)
})

test('a lockfile that lags behind names the command to run', async () => {
  const { run } = workspace(`console.error('ERR_PNPM_FROZEN_LOCKFILE_WITH_OUTDATED_LOCKFILE'); process.exit(1)`)
  expect((await run()).said).toContain('run npx pnpm@12.21.0 install')
})

// dash passes over a program that it can't execute and finds the machine's own node; bash fails, and npm's script says --again.
test.each([[], ['--again']])('a node for another platform in node_modules/.bin is replaced (%s)', async (...args) => {
  const { root, run, calls, write } = workspace()
  await run()
  write('node_modules/.bin/node', '\x7fELF not for this machine')
  chmodSync(join(root, 'node_modules/.bin/node'), 0o755)
  const { code, said } = await run(...args)
  expect(code).toBe(0)
  expect(said).toContain('starting afresh')
  expect(existsSync(join(root, 'node_modules/.bin/node'))).toBe(false)
  expect(calls()).toHaveLength(2)
})
