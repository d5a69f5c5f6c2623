import { appendFileSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createKubeNode, createLog, fromKubeConfig, loadKubeConfig, systemRuntime } from '@kube-node/core'
import { type Client, createClient } from '@kube-node/core/kube'
import { manifests } from '@kube-node/core/manifests'
import { type CommandLine, type ControlPlane, commandLine, startControlPlane } from '../control-plane/index.ts'
import { writeImage } from './image.ts'
import { sweep } from './machine.ts'
import { classes, clusterInfo } from './manifests.ts'
import { createNetwork } from './network.ts'
import { requireParts } from './parts.ts'
import { type Cloud, createCloud } from './provider.ts'
import { type Rack, createRack } from './rack.ts'

/** A real control plane, and a cloud whose machines run real kubelets. The controller runs with the rights of the manifests. */
export interface World extends AsyncDisposable {
  readonly controlPlane: ControlPlane
  readonly cloud: Cloud
  /** A machine that the cloud knows nothing of. */
  readonly powerOn: Rack['powerOn']
  /** The administrator's; for looking, which kubectl is too slow for. */
  readonly client: Client
  readonly kubectl: CommandLine
  /** The last that was logged, and the nodes: for tests that fail. */
  report(): Promise<string>
}

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
    await kubectl('create -f -', clusterInfo(`https://${network.gateway}:${port}`, controlPlane.caPem), ...classes)

    const folder = join(controlPlane.dir, 'machines')
    await mkdir(folder)
    await writeImage(folder)
    const rack = stack.use(createRack(folder, network, port))
    const cloud = createCloud(rack.powerOn)

    const runtime = systemRuntime()
    const logFile = join(controlPlane.dir, 'controller.log')
    const log = createLog({ clock: runtime.clock, level: 'debug', format: 'text', write: line => appendFileSync(logFile, line) })
    const transport = stack.use(fromKubeConfig(await loadKubeConfig({ file: controlPlane.users.controller.kubeconfig })))
    const stopping = new AbortController()
    const running = createKubeNode({ cluster: transport, providers: [cloud.provider], runtime, log }).run({ signal: stopping.signal })
    stack.defer(async () => {
      stopping.abort()
      await running
    })
    const administrator = stack.use(fromKubeConfig(await loadKubeConfig({ file: controlPlane.kubeconfig })))

    return {
      controlPlane,
      cloud,
      powerOn: rack.powerOn,
      client: createClient({ transport: administrator, clock: runtime.clock }),
      kubectl,
      report: async () => {
        const logs = [logFile, ...rack.names().map(name => join(folder, `${name}.log`))]
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
