import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CustomResourceDefinitions, Leases, NodeClasses, Nodes, crds, nameOf } from '@kube-node/core/api'
import { type Client, createClient } from '@kube-node/core/kube'
import { systemRuntime } from '@kube-node/core/runtime'
import type { ServedCloud, SimulatedCloud, SimulatedMachine } from '@kube-node/testing/cloud'
import type { ApiServer } from '@kube-node/testing/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestHost, testHost } from './host.fixture.ts'
import { main } from './program.ts'

const { createApiServer } = await import('@kube-node/testing/server')
const { serveCloud, simulatedCloud } = await import('@kube-node/testing/cloud')

const runtime = systemRuntime()
let folder: string
let server: ApiServer
let cloud: SimulatedCloud
let served: ServedCloud
let client: Client
let kubeconfig: string
let provider: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kube-node-test-'))
  server = createApiServer({ runtime })
  await server.listen()
  client = createClient({ transport: server.transport(), clock: runtime.clock })
  cloud = simulatedCloud({ runtime, bootTime: '10ms' })
  served = await serveCloud(cloud)
  kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, server.kubeconfig())
  provider = join(folder, 'provider.mjs')
  const module = import.meta.resolve('@kube-node/testing/cloud')
  writeFileSync(provider, `import { remoteCloudProvider } from '${module}'\nexport default remoteCloudProvider({ url: '${served.url}' })`)
})
afterEach(async () => {
  await served[Symbol.asyncDispose]()
  await cloud[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

/** Resolves once the command has logged that. */
const logged = async (host: TestHost, text: string): Promise<void> => {
  while (!host.err().includes(text)) await once(host.stderr, 'data')
}
const run = (host: TestHost, ...more: readonly string[]): Promise<number> =>
  main(['run', '--provider', provider, '--kubeconfig', kubeconfig, ...more], host)
const install = async (): Promise<void> => {
  for (const crd of crds()) await client.create(CustomResourceDefinitions, crd)
}

// Real time, real sockets: a machine that is busy needs longer.
describe('kube-node run', { timeout: 30_000 }, () => {
  it('waits for the CRDs, makes machines with the providers that it was given, and stops when it is told to', async () => {
    const host = testHost()
    const ended = run(host, '--health-port', '0')
    await logged(host, 'install the CRDs with kube-node manifests | kubectl apply -f -')
    const [, port] = /on port (\d+)/.exec(host.err()) ?? []
    const ready = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/readyz`)).text()
    expect(await ready()).toContain('[-]start failed: the cluster does not know NodeClass and NodeSet')
    await install()
    await logged(host, 'ready controllers=nodes,nodesets')
    expect(await ready()).toMatch(/\nok\n$/)

    const machine = new Promise<SimulatedMachine>(resolve => {
      cloud.on('running', resolve)
    })
    await client.create(NodeClasses, {
      apiVersion: 'kube-node.dev/v1alpha1',
      kind: 'NodeClass',
      metadata: { name: 'small' },
      spec: { provider: 'simulated' },
    })
    await client.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { 'kube-node.dev/class': 'small' } } })
    expect((await machine).owner).toMatchObject({ nodeName: 'a', controller: 'kube-node.dev/controller' })

    host.interrupt()
    expect(await ended).toBe(0)
    expect(host.err()).toMatch(/stopped\n$/)
    const lease = await client.get(Leases, { namespace: 'kube-node-system', name: 'kube-node' })
    expect(lease?.spec?.holderIdentity ?? '', 'the lease was given back').toBe('')
  })

  it('has a lease for each name of a controller, and none without leader election', async () => {
    await install()
    for (const flags of [
      ['--controller', 'example.com/Mine'],
      ['--no-leader-elect', '--controller', 'other'],
    ]) {
      const host = testHost()
      const ended = run(host, ...flags, '--log-format', 'json')
      await logged(host, '"message":"ready"')
      host.interrupt()
      expect(await ended).toBe(0)
    }
    const leases = []
    for await (const page of client.pages(Leases, { namespace: 'kube-node-system' })) leases.push(...page.map(nameOf))
    expect(leases).toEqual(['kube-node-example-com-mine'])
  })

  it('leaves certificate requests alone with --no-certificates, and follows them without', async () => {
    await install()
    for (const flags of [['--no-certificates'], []]) {
      const asked: string[] = []
      const stop = server.onRequest(({ path }) => asked.push(path))
      const host = testHost()
      const ended = run(host, '--cluster-server', 'https://10.0.0.1:6443', ...flags)
      await logged(host, 'ready controllers=nodes,nodesets')
      host.interrupt()
      expect(await ended).toBe(0)
      stop()
      expect(asked.some(path => path.endsWith('/nodes'))).toBe(true)
      expect(asked.some(path => path.endsWith('/certificatesigningrequests'))).toBe(flags.length === 0)
    }
  })

  it('stands for election again when its lease was taken from it', async () => {
    await install()
    const host = testHost()
    const ended = run(host)
    await logged(host, 'ready controllers=nodes,nodesets')
    const key = { namespace: 'kube-node-system', name: 'kube-node' }
    const lease = await client.get(Leases, key)
    const thief = { spec: { holderIdentity: 'thief', leaseDurationSeconds: 1, renewTime: '2026-01-01T00:00:00.000000Z' } }
    await client.patch(Leases, key, { merge: thief }, { on: { uid: lease?.metadata?.uid ?? '' } })
    await logged(host, 'standing for election again')
    while (host.err().split('ready controllers=nodes,nodesets').length < 3) await once(host.stderr, 'data')
    host.interrupt()
    expect(await ended).toBe(0)
  })

  it.each([
    [['--context', 'nowhere'], 1, 'the kubeconfig has no context "nowhere"'],
    [['--kubeconfig', '/does/not/exist'], 1, "the kubeconfig can't be read"],
    [['--cluster-ca-file', './missing.crt'], 1, "missing.crt can't be used"],
    [['--provider', './missing.mjs'], 1, 'provider module ./missing.mjs does not exist'],
  ])('%j is refused at once', async (flags, code, reason) => {
    const host = testHost()
    expect(await run(host, ...flags)).toBe(code)
    expect(host.err()).toContain(reason)
  })

  it('refuses providers that can not work together', async () => {
    const host = testHost()
    expect(await run(host, '--provider', provider)).toBe(2)
    expect(host.err()).toContain('two providers are called simulated')
    const other = join(folder, 'other.mjs')
    writeFileSync(other, "export default { contract: 99, kind: 'machines', name: 'future', definition: {} }")
    const second = testHost()
    expect(await run(second, '--provider', other)).toBe(2)
    expect(second.err()).toContain('provider future speaks contract 99, this core speaks 1: upgrade @kube-node/core')
  })
})
