import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Nodes } from '@kube-node/core/api'
import { createClient, fromKubeConfig, loadKubeConfig } from '@kube-node/core/kube'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestHost, testHost } from './host.fixture.ts'
import { main } from './program.ts'

let folder: string
let kubeconfig: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kube-node-test-'))
  kubeconfig = join(folder, 'dev.kubeconfig')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Resolves once the command has written that. */
const written = async (host: TestHost, text: string): Promise<void> => {
  while (!host.out().includes(text)) await once(host.stdout, 'data')
}

// Real time, real sockets: a machine that is busy needs longer.
describe('kube-node dev', { timeout: 30_000 }, () => {
  it('--exit plays the example once, tells what happened, and leaves nothing behind', async () => {
    const host = testHost()
    const code = await main(['dev', '--example', '--exit', '--nodes', '2', '--boot-time', '100ms', '--kubeconfig', kubeconfig], host)
    expect({ code, err: host.err() }).toEqual({ code: 0, err: '' })
    expect(host.out().trimEnd().split('\n').at(-1)).toMatch(/^ok: 3 nodes up, 1 deleted, 0 machines leaked, \d+\.\d s$/)
    expect(existsSync(kubeconfig)).toBe(false)
  })

  it('--exit that does not succeed says why and fails', async () => {
    const host = testHost()
    const code = await main(['dev', '--exit', '--nodes', '1', '--boot-time', '1h', '--timeout', '500ms', '--kubeconfig', kubeconfig], host)
    expect(code).toBe(1)
    expect(host.err()).toMatch(/^kube-node: not within 500 ms: 2 running nodes; /)
    expect(host.out()).not.toContain('ok:')
    expect(existsSync(kubeconfig)).toBe(false)
  })

  it('--exit that is interrupted has not succeeded', async () => {
    const host = testHost()
    const ended = main(['dev', '--exit', '--boot-time', '1h', '--kubeconfig', kubeconfig], host)
    await written(host, 'node/node1  Booting')
    host.interrupt()
    expect(await ended).toBe(130)
    expect(host.err()).toBe('kube-node: stopped before the end of the example\n')
  })

  it('serves whoever has the kubeconfig until Ctrl-C, and ends in good order', async () => {
    const host = testHost()
    const ended = main(['dev', '--example', '--nodes', '1', '--port', '0', '--boot-time', '50ms', '--kubeconfig', kubeconfig], host)
    await written(host, 'nodeset/workers  1 desired, 1 ready, 1 available')
    expect(host.out()).toContain(`export KUBECONFIG=${kubeconfig}\n`)
    {
      await using transport = fromKubeConfig(await loadKubeConfig({ file: kubeconfig }))
      const client = createClient({ transport, clock: host.runtime.clock })
      const claim = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'mine', labels: { 'kube-node.dev/class': 'small' } } }
      await client.create(Nodes, claim)
    }
    await written(host, 'node/mine  Running')
    host.interrupt()
    expect(await ended).toBe(0)
    expect(host.out()).toMatch(/stopped: this cluster and its machines are gone\n$/)
    expect(existsSync(kubeconfig)).toBe(false)
  })

  it('names the option by which another port is chosen', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = String(typeof address === 'object' ? address?.port : address)
    const host = testHost()
    expect(await main(['dev', '--port', port, '--kubeconfig', kubeconfig], host)).toBe(1)
    expect(host.err()).toBe(`kube-node: port ${port} is taken: choose another with --port\n`)
    expect(await main(['dev', '--port', '0', '--metrics-port', port, '--kubeconfig', kubeconfig], host)).toBe(1)
    expect(host.err()).toContain(`port ${port} is taken: choose another with --metrics-port\n`)
    other.close()
  })
})
