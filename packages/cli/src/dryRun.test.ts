import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Namespaces, Nodes, Secrets, annotations } from '@kube-node/core/api'
import { createToken, newTokenSecret } from '@kube-node/core/identity'
import { type Runtime, systemRuntime } from '@kube-node/core/runtime'
import { expect, it } from 'vitest'
import { testCluster } from './cluster.fixture.ts'
import { type TestHost, testHost } from './host.fixture.ts'
import { main } from './program.ts'

const { serveCloud, simulatedCloud, simulatedKubelets } = await import('@kube-node/testing/cloud')

const runtime = systemRuntime()

/** Waits are that much shorter: half a minute between two sweeps is a second. */
const hasty = (times: number): Runtime => ({
  ...runtime,
  clock: {
    now: runtime.clock.now,
    monotonic: () => runtime.clock.monotonic() * times,
    sleep: (ms, signal) => runtime.clock.sleep(ms / times, signal),
  },
})

/** Resolves once the command has logged that. */
const logged = async (host: TestHost, text: string): Promise<void> => {
  while (!host.err().includes(text)) await once(host.stderr, 'data')
}

it('kube-node run --dry-run-gc deletes no garbage, tells of it, and the next run without it does', { timeout: 60_000 }, async () => {
  await using cluster = await testCluster()
  const { client, server, kubeconfig, folder } = cluster
  await using cloud = simulatedCloud({ runtime, bootTime: '10ms', stopTime: '10ms' })
  await using served = await serveCloud(cloud)
  const ended = new AbortController()
  const kubelets = simulatedKubelets({ cloud, transport: server.transport(), runtime, joinDelay: '10ms' }).run(ended.signal)
  const provider = join(folder, 'provider.mjs')
  const module = import.meta.resolve('@kube-node/testing/cloud')
  writeFileSync(provider, `import { remoteCloudProvider } from '${module}'\nexport default remoteCloudProvider({ url: '${served.url}' })`)
  const begin = (...flags: readonly string[]) => {
    const host = testHost({ runtime: hasty(30) })
    const args = ['run', '--provider', provider, '--kubeconfig', kubeconfig, '--no-leader-elect', '--metrics-port', '0', ...flags]
    return { host, code: main(args, host) }
  }

  const rehearsal = begin('--dry-run-gc')
  await cluster.nodeClass('small')
  await cluster.claim('lost')
  const machine = (nodeName: string) => cloud.machines().find(({ owner }) => owner?.nodeName === nodeName)
  await expect
    .poll(async () => (await client.get(Nodes, { name: 'lost' }))?.metadata?.annotations?.[annotations.phase], { timeout: 20_000 })
    .toBe('Running')
  cloud.kill(machine('lost')?.id ?? '')
  const system = await client.get(Namespaces, { name: 'kube-system' })
  const owner = { controller: 'kube-node.dev/controller', claim: 'uid-gone', nodeName: 'gone', attempt: 1 }
  cloud.createForeign({ owner: { ...owner, cluster: system?.metadata?.uid ?? '' } })
  const document = { secret: newTokenSecret(runtime), document: Buffer.from('x'), joins: 'kubelet' as const }
  await createToken(client, { ...owner, ...document, id: 'stray1', expiresAt: runtime.clock.now() + 600_000 })
  const token = () => client.get(Secrets, { namespace: 'kube-system', name: 'bootstrap-token-stray1' })

  await logged(rehearsal.host, 'orphaned machines are kept')
  await logged(rehearsal.host, 'a bootstrap token that nobody waits for is kept')
  const [, port] = /metrics.* on port (\d+)/.exec(rehearsal.host.err()) ?? []
  const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  await expect.poll(metrics, { timeout: 20_000 }).toMatch(/^kube_node_machines_missing{provider="simulated"} 1$/m)
  expect(await client.get(Nodes, { name: 'lost' })).toBeDefined()
  expect(machine('gone')?.state).toBe('running')
  expect(await token()).toBeDefined()
  rehearsal.host.interrupt()
  expect(await rehearsal.code).toBe(0)
  expect(rehearsal.host.err()).not.toMatch(/deleted a (machine|bootstrap token)/)

  const real = begin()
  await logged(real.host, 'deleted a machine whose Node is gone')
  await logged(real.host, 'deleted a bootstrap token that nobody waits for')
  expect(await token()).toBeUndefined()
  real.host.interrupt()
  expect(await real.code).toBe(0)
  ended.abort()
  await kubelets
})
