import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { mutants } from './simulation/mutants/index.ts'
import { replaceOnce } from './simulation/mutate.ts'

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

describe('npm run simulate', () => {
  it('says in its last line how many seeds were lived through, and how fast', () => {
    const out = execFileSync(process.execPath, [script('simulate.ts'), '--seeds', '2', '--minutes', '3'], { encoding: 'utf8' })
    expect(out.trimEnd().split('\n').at(-1)).toMatch(/^simulate: 2 seeds from 1, all held; .* s of cluster life per CPU second$/)
  }, 60_000)

  it('fails with the seed and its story when core has a mistake', () => {
    const args = [script('simulate.ts'), '--seeds', '10', '--mutant', 'pods deleted where evictions are refused']
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stdout).toMatch(/^seed \d+: invariant 5 is violated: .* deletes a pod instead of evicting it/)
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/FAILED with seed \d+/)
  }, 120_000)

  it('lets some things happen more often, and says which', () => {
    const args = [script('simulate.ts'), '--seeds', '1', '--minutes', '2', '--emphasis']
    const out = execFileSync(process.execPath, [...args, 'restore=8,crash=2'], { encoding: 'utf8' })
    expect(out.trimEnd().split('\n').at(-1)).toMatch(/^simulate: 1 seeds from 1 with restore=8,crash=2, all held;/)
    const { status, stderr } = spawnSync(process.execPath, [...args, 'restor=8'], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([1, expect.stringContaining('--emphasis: no incident is of kind "restor": crash, freeze,')])
  }, 60_000)
})

describe('npm run simulate:mutants', () => {
  it('finds deliberate mistakes', () => {
    const args = ['--only', 'drain skipped', '--only', 'finalizer released when the deletion is accepted', '--seeds', '30']
    const out = execFileSync(process.execPath, [script('simulate-mutants.ts'), ...args], { encoding: 'utf8' })
    expect(out.trimEnd().split('\n').at(-1)).toMatch(/2 of 2 deliberate mistakes found/)
  }, 120_000)

  it.each(mutants.map(mutant => [mutant.name, mutant.edits] as const))('knows the places in core of: %s', (_name, edits) => {
    for (const edit of edits) {
      const path = fileURLToPath(new URL(`../packages/core/src/${edit.file}`, import.meta.url))
      expect(replaceOnce(readFileSync(path, 'utf8'), edit, edit.file)).not.toBe('')
    }
  })

  it('refuses a mistake whose place in core has changed', () => {
    const edit = { file: 'a.ts', find: 'one  two', replace: '' }
    expect(() => replaceOnce('one\n  two, one two', edit, 'a.ts')).toThrow('2 times')
    expect(replaceOnce('(one\n  two)', { ...edit, replace: 'x' }, 'a.ts')).toBe('(x)')
  })
})
