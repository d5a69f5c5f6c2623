import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { systemRuntime } from '@kube-node/core/runtime'
import { memoryStore } from '@kube-node/testing/conformance'
import type { Call } from '@kube-node/core/provider'
import { expect, it } from 'vitest'
import { createKeeper } from '../src/keeper.ts'
import type { Entry } from '../src/ledger.ts'
import { refusalOf } from './ground.ts'

const call: Call = {
  signal: new AbortController().signal,
  deadline: Infinity,
  clock: systemRuntime().clock,
  log: () => undefined,
}

const entry: Entry = {
  name: 'a',
  owner: { cluster: 'c', controller: 'k', claim: 'claim', nodeName: 'a', attempt: 1 },
  driver: 'amazonec2',
  state: 'creating',
  createdAt: '2026-01-01T00:00:00Z',
  storage: 'here',
  addresses: [],
  scope: {},
  ssh: { folder: '/var/lib/kube-node', clean: [] },
}

/** A machine's folder, and a program that writes its configuration anew just when it is read, as it does: by removal and another name. */
const place = () => {
  const folder = mkdtempSync(join(tmpdir(), 'keeper-'))
  const config = join(folder, 'machines/a/config.json')
  mkdirSync(join(folder, 'machines/a'), { recursive: true })
  writeFileSync(config, 'first')
  writeFileSync(join(folder, 'machines/a/id_rsa'), 'key')
  const store = memoryStore()
  const left = { writes: 0, gone: false }
  const keeper = createKeeper(store, async path => {
    if (path === config && left.gone) rmSync(config, { force: true })
    else if (path === config && left.writes > 0) {
      left.writes--
      await rename(config, `${config}.tmp`)
      try {
        return await readFile(path)
      } finally {
        writeFileSync(`${config}.tmp`, 'second')
        await rename(`${config}.tmp`, config)
      }
    }
    return readFile(path)
  })
  const kept = async (): Promise<Record<string, string> | undefined> => {
    const there = await store.get('machine-a', call)
    if (!there) return undefined
    // The keeper's own format: the cast at the border.
    const { files } = JSON.parse(gunzipSync(there.bytes).toString()) as { readonly files: Readonly<Record<string, [number, string]>> }
    return Object.fromEntries(Object.entries(files).map(([path, [, content]]) => [path, Buffer.from(content, 'base64').toString()]))
  }
  return { folder, config, keeper, left, kept, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

it('keeps no half of what the program writes in that moment, and all of it at the next look', async () => {
  using stage = place()
  await stage.keeper.keepChanges(stage.folder, entry, call)
  expect(await stage.kept()).toEqual({ 'machines/a/config.json': 'first', 'machines/a/id_rsa': 'key' })
  writeFileSync(stage.config, 'between')
  stage.left.writes = 1
  await stage.keeper.keepChanges(stage.folder, entry, call)
  expect(await stage.kept()).toEqual({ 'machines/a/config.json': 'first', 'machines/a/id_rsa': 'key' })
  await stage.keeper.keepChanges(stage.folder, entry, call)
  expect(await stage.kept()).toEqual({ 'machines/a/config.json': 'second', 'machines/a/id_rsa': 'key' })
  expect(readFileSync(stage.config, 'utf8')).toBe('second')
})

it('does not say that all is kept when something is written in that moment', async () => {
  using stage = place()
  stage.left.gone = true
  const refused = await refusalOf(stage.keeper.keep(stage.folder, entry, call))
  expect(refused).toMatchObject({ code: 'Busy', facts: { outcome: 'unknown' } })
  expect(await stage.kept()).toBeUndefined()
})

it('keeps what it has while the configuration has no name', async () => {
  using stage = place()
  await stage.keeper.keep(stage.folder, entry, call)
  rmSync(stage.config)
  await refusalOf(stage.keeper.keep(stage.folder, entry, call))
  expect(await stage.kept()).toEqual({ 'machines/a/config.json': 'first', 'machines/a/id_rsa': 'key' })
})
