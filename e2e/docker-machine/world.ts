import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fromKubeConfig, loadKubeConfig, systemRuntime } from '@kube-node/core'
import { type Client, createClient } from '@kube-node/core/kube'
import { defaultNamespace, manifests } from '@kube-node/core/manifests'
import {
  type CommandLine,
  type Component,
  commandLine,
  createSupervisor,
  startComponent,
  startControlPlane,
} from '../control-plane/index.ts'
import { writeImage } from '../kubelet/image.ts'
import { sweep } from '../kubelet/machine.ts'
import { clusterInfo } from '../kubelet/manifests.ts'
import { createNetwork } from '../kubelet/network.ts'
import { requireParts } from '../kubelet/parts.ts'
import { createRack } from '../kubelet/rack.ts'
import { type Host, type Key, newKey, startHost } from './host.ts'
import { poolOf, secret } from './manifests.ts'
import { type Program, longEnoughToDie, writeProgram } from './program.ts'

/** A real control plane, hosts with a real sshd, and a controller that may be killed. Class `pool` has all of the hosts. */
export interface World extends AsyncDisposable {
  readonly hosts: readonly Host[]
  /** Opens all of them. */
  readonly key: Key
  readonly program: Program
  /** Where the program keeps what it knows. */
  readonly storage: string
  /** The administrator's. */
  readonly client: Client
  /** The controller that was started last. */
  readonly controller: Component
  startController(): Component
  /** Starts the next one without the 15 s for which the lease of one that was killed would bind. */
  succeed(): Promise<void>
  readonly kubectl: CommandLine
  /** The last that was logged, and the nodes: for tests that fail. */
  report(): Promise<string>
}

const numberOfHosts = 2
const main = fileURLToPath(new URL('controller.ts', import.meta.url))
const lastLines = 60

export const startWorld = async (): Promise<World> => {
  await requireParts()
  await sweep()
  const stack = new AsyncDisposableStack()
  try {
    const network = stack.use(createNetwork())
    const controlPlane = stack.use(await startControlPlane({ scheduler: true, gateway: network.gateway }))
    const kubectl = commandLine(controlPlane.kubectl)
    const port = Number(new URL(controlPlane.server).port)
    await kubectl('apply -f -', ...manifests({ user: controlPlane.users.controller.name }))
    await kubectl('wait --for=condition=Established --timeout=30s crd --all')

    const folder = join(controlPlane.dir, 'machines')
    await mkdir(folder)
    await writeImage(folder)
    const rack = stack.use(createRack(folder, network, port))
    const key = await newKey()
    const booting = new AbortController()
    const hosts = await Promise.all(Array.from({ length: numberOfHosts }, () => startHost(rack, key, booting.signal)))
    await kubectl(
      'create -f -',
      clusterInfo(`https://${network.gateway}:${port}`, controlPlane.caPem),
      secret('hosts', key),
      poolOf('pool', hosts),
    )

    const program = await writeProgram(join(controlPlane.dir, 'program'), longEnoughToDie)
    const storage = join(controlPlane.dir, 'storage')
    const supervisor = stack.use(createSupervisor())
    let started = 0
    const logOf = (name: string): string => join(controlPlane.dir, `${name}.log`)
    const startController = (): Component => {
      const name = `controller-${(started += 1)}`
      const args = [main, controlPlane.users.controller.kubeconfig, program.path, storage]
      return startComponent(supervisor, name, process.execPath, args, logOf(name), { ...process.env, POD_NAME: name })
    }
    let controller = startController()
    const administrator = stack.use(fromKubeConfig(await loadKubeConfig({ file: controlPlane.kubeconfig })))

    return {
      hosts,
      key,
      program,
      storage,
      client: createClient({ transport: administrator, clock: systemRuntime().clock }),
      get controller() {
        return controller
      },
      startController: () => (controller = startController()),
      async succeed() {
        await kubectl(`-n ${defaultNamespace} delete lease kube-node --ignore-not-found`)
        controller = startController()
      },
      kubectl,
      report: async () => {
        const logs = [logOf(controller.name), ...rack.names().map(name => join(folder, `${name}.log`))]
        const ends = await Promise.all(logs.map(async file => `${file}:\n${tail(await readFile(file, 'utf8'))}`))
        return [...ends, await kubectl('get nodes,csr,pods -A -o wide'), await kubectl('get events -A')].join('\n\n')
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

const tail = (text: string): string =>
  text
    .split('\n')
    .slice(-lastLines)
    .map(line => line.slice(0, 400))
    .join('\n')
