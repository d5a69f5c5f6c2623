import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crds } from '@kube-node/core/api'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { testHost } from './host.fixture.ts'
import { main } from './program.ts'

const manifest: { readonly version: string } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))

const outcome = async (...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => {
  const host = testHost()
  const code = await main(args, host)
  return { code, out: host.out(), err: host.err() }
}

describe('the command line', () => {
  it('tells its version', async () => {
    expect(await outcome('--version')).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' })
  })

  it.each([[['--help']], [['dev', '--help']], [['run', '--help']], [['manifests', '--help']]])('%j helps with examples', async args => {
    const { code, out, err } = await outcome(...args)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('Usage: kube-node')
    expect(out).toMatch(/Examples:\n {2}\$ kube-node/)
  })

  it.each([
    [[], 'Usage: kube-node'],
    [['deb'], "unknown command 'deb'"],
    [['dev', '--prot', '1'], 'Did you mean --port?'],
    [['dev', '--port', '70000'], "argument '70000' is invalid. a port is a whole number from 0 (any free one) to 65535"],
    [['dev', '--port', '-1'], 'a port is a whole number'],
    [['dev', '--nodes', 'three'], 'it is a whole number from 0 to 500'],
    [['dev', '--boot-time', '2'], '"2" is not a duration: write it as 500ms, 30s'],
    [['dev', '--log-level', 'loud'], 'Allowed choices are debug, info, warn, error'],
    [['dev', 'now'], 'too many arguments'],
    [['run'], "required option '--provider <module>' not specified"],
  ])('%j is refused, and why is said', async (args, reason) => {
    const { code, out, err } = await outcome(...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(reason)
  })
})

it('manifests are the CRDs, as YAML documents', async () => {
  const { code, out } = await outcome('manifests')
  expect(code).toBe(0)
  expect(parseAllDocuments(out).map(document => document.toJS())).toEqual(JSON.parse(JSON.stringify(crds())))
})
