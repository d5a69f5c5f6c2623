import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadProviders } from './index.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kube-node-test-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(cwd, file)), { recursive: true })
  writeFileSync(join(cwd, file), text)
}
const provider = (name: string): string => `{ contract: 1, kind: 'machines', name: '${name}', definition: {} }`
const names = async (...modules: readonly string[]): Promise<readonly string[]> =>
  (await loadProviders(modules, cwd)).map(({ name }) => name)

describe('a provider module', () => {
  it.each([
    ['a default export', `export default ${provider('a')}`, ['a']],
    ['a default export that makes one', `export default () => (${provider('a')})`, ['a']],
    ['a default export beside others', `export default ${provider('a')}\nexport const b = ${provider('b')}`, ['a']],
    ['named exports', `export const a = ${provider('a')}\nexport const b = ${provider('b')}`, ['a', 'b']],
    ['makers of them', `export const a = async () => (${provider('a')})\nexport const b = (o = {}) => (${provider('b')})`, ['a', 'b']],
    ['exports besides that are none', `export const a = ${provider('a')}\nexport const version = 3`, ['a']],
  ])('may have %s', async (_what, text, expected) => {
    write('mine.mjs', text)
    expect(await names('./mine.mjs')).toEqual(expected)
    expect(await names(join(cwd, 'mine.mjs'))).toEqual(expected)
  })

  it('gives one of its exports, where that is asked for', async () => {
    write('mine.mjs', `export const a = () => (${provider('a')})\nexport const b = () => (${provider('b')})`)
    expect(await names('./mine.mjs#b')).toEqual(['b'])
    await expect(names('./mine.mjs#c')).rejects.toThrow('./mine.mjs has no export "c"; it has: a, b')
  })

  it('may be TypeScript, and a file without ./ before it', async () => {
    write('mine.ts', `const a: object = ${provider('a')}\nexport { a }`)
    expect(await names('mine.ts')).toEqual(['a'])
  })

  it('may be a package that is installed where the command is run', async () => {
    write('node_modules/@some/provider/package.json', '{"name": "@some/provider", "type": "module", "exports": "./main.js"}')
    write('node_modules/@some/provider/main.js', `export const a = () => (${provider('a')})`)
    write('other.mjs', `export const b = ${provider('b')}`)
    expect(await names('@some/provider', './other.mjs')).toEqual(['a', 'b'])
  })

  it('is not called with guesses: classes, and functions that need something, are left alone', async () => {
    const fails = 'throw new Error("called")'
    write('mine.mjs', `export class A { constructor() { ${fails} } }\nexport const b = options => { ${fails} }`)
    await expect(names('./mine.mjs')).rejects.toThrow(/^\.\/mine\.mjs exports no provider \(an object made by .*\); it exports: A, b$/)
  })

  it.each([
    ['./missing.mjs', '', 'provider module ./missing.mjs does not exist: looked for /'],
    ['@some/missing', '', 'provider module @some/missing is not installed: npm install @some/missing in /'],
    ['@some/missing/deep', '', 'npm install @some/missing in /'],
    ['./mine.mjs', 'throw new Error("no region")', "provider module ./mine.mjs can't be loaded: no region"],
    ['./mine.mjs', 'export const a = () => { throw new Error("no region") }', 'export "a" of ./mine.mjs failed: no region'],
    ['./mine.mjs', 'export default 3', 'export "default" of ./mine.mjs is no provider, nor a function without arguments that answers one'],
    ['./mine.mjs', '', 'it exports: nothing'],
  ])('%s with %j is named, with what is wrong', async (module, text, reason) => {
    write('mine.mjs', text)
    await expect(names(module)).rejects.toThrow(reason)
  })
})
