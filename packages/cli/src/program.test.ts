import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crds } from '@kube-node/core/api'
import { manifestParts, manifests } from '@kube-node/core/manifests'
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

  it.each([
    [['--help']],
    [['dev', '--help']],
    [['run', '--help']],
    [['manifests', '--help']],
    [['status', '--help']],
    [['explain', '--help']],
    [['adopt', '--help']],
  ])('%j helps with examples', async args => {
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
    [['manifests', '--only', 'roles'], "argument 'roles' is invalid. the parts are crds, rbac, policies"],
    [
      ['run', '--provider', 'x', '--cluster-server', 'http://10.0.0.1:6443'],
      "argument 'http://10.0.0.1:6443' is invalid. it is https://HOST:PORT",
    ],
    [['run', '--provider', 'x', '--cluster-dns', 'dns.local'], "argument 'dns.local' is invalid. it is an IP address"],
    [['run'], "required option '--provider <module>' not specified"],
  ])('%j is refused, and why is said', async (args, reason) => {
    const { code, out, err } = await outcome(...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(reason)
  })
})

describe('kube-node manifests', () => {
  const printed = async (...args: string[]): Promise<unknown[]> => {
    const { code, out } = await outcome('manifests', ...args)
    expect(code).toBe(0)
    return parseAllDocuments(out).map(document => document.toJS())
  }

  it('prints all that a cluster needs, as YAML documents', async () => {
    expect(await printed()).toEqual(JSON.parse(JSON.stringify(manifests())))
    expect(await printed('--only', 'crds')).toEqual(JSON.parse(JSON.stringify(crds())))
  })

  it('names the parts that there are', async () => {
    expect((await outcome('manifests', '--help')).out).toContain(`alone: ${manifestParts.join(', ')}; repeatable`)
  })

  it('takes what the policies are to ask', async () => {
    const options = { denyEarlyDeletion: ['a', 'b'], kubeletProviderIDs: ['aws:///'], guardUnclaimedNodes: true }
    const args = ['--deny-early-deletion', 'a', '--deny-early-deletion', 'b', '--kubelet-provider-id', 'aws:///', '--guard-unclaimed-nodes']
    expect(await printed(...args)).toEqual(JSON.parse(JSON.stringify(manifests(options))))
  })

  it('takes the place and the name of the controller', async () => {
    const options = { namespace: 'nodes', user: 'ci', only: ['rbac', 'policies'] } as const
    const args = ['--namespace', 'nodes', '--user', 'ci', '--only', 'rbac', '--only', 'policies']
    expect(await printed(...args)).toEqual(JSON.parse(JSON.stringify(manifests(options))))
  })
})
