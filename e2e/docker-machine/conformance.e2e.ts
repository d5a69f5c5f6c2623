import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dockerMachine } from '@kube-node/provider-docker-machine'
import { type MachineManifest, type ProviderWorld, providerConformance } from '@kube-node/testing/conformance'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { writeImage } from '../kubelet/image.ts'
import { sweep } from '../kubelet/machine.ts'
import { createNetwork } from '../kubelet/network.ts'
import { requireParts } from '../kubelet/parts.ts'
import { createRack } from '../kubelet/rack.ts'
import { type Host, newKey, startHost } from './host.ts'
import { writeProgram } from './program.ts'

// A create of the real program takes some seconds.
vi.setConfig({ testTimeout: 240_000 })

const manifest: MachineManifest = {
  name: 'docker-machine',
  idempotency: 'token',
  bootstrap: 'steps',
  credentials: true,
  methods: ['configure'],
  cloud: ['machines'],
}
const numberOfHosts = 4
const stack = new AsyncDisposableStack()
let hosts: readonly Host[] = []
const key = await newKey()

beforeAll(async () => {
  await requireParts()
  await sweep()
  const folder = await mkdtemp(join(tmpdir(), 'kube-node-hosts-'))
  stack.defer(() => rm(folder, { recursive: true }))
  await writeImage(folder)
  // Nobody is to be reached from the hosts.
  const rack = stack.use(createRack(folder, stack.use(createNetwork()), 1))
  const booting = new AbortController()
  hosts = await Promise.all(Array.from({ length: numberOfHosts }, () => startHost(rack, key, booting.signal)))
})
afterAll(() => stack.disposeAsync())

/** The same hosts for every question, as if each were the first. */
const world = async (): Promise<ProviderWorld> => {
  const folder = await mkdtemp(join(tmpdir(), 'kube-node-docker-machine-'))
  const program = await writeProgram(folder)
  const storage = join(folder, 'storage')
  return {
    provider: dockerMachine({ program: program.path, storage }),
    config: { driver: 'generic', hosts: hosts.map(({ address }) => ({ address })) },
    credentials: { 'ssh-privatekey': key.private },
    cloud: {
      machines: () =>
        readdirSync(storage)
          .filter(name => existsSync(join(storage, name, 'machines', name, 'config.json')))
          .map(id => ({ id })),
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(hosts.map(({ machine }) => machine.run('rm -rf /var/lib/kube-node')))
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

const isReal = process.env['KUBE_NODE_DOCKER_MACHINE'] !== undefined

describe('a pool of hosts with a real sshd', () => {
  // What core's policy adds is asked of the stand-in by the package's own tests, on hosts that answer faster.
  const layers = isReal ? (['direct', 'policy'] as const) : (['direct'] as const)
  const { leftOut } = providerConformance({ test: { describe, it }, factory: world, manifest, layers, patience: '120s' })
  it('leaves out what needs a cloud that fails on purpose, or a method that the provider does not have', () => {
    const others = leftOut.filter(({ because }) => !/lacks|has no|idempotency by|bootstrap by|does not dictate|no pageSize/.test(because))
    expect(others).toEqual([])
  })
})
