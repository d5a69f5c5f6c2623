import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { fromKubeConfig, loadKubeConfig, systemRuntime } from '@kube-node/core'
import { type Client, createClient } from '@kube-node/core/kube'
import { createSupervisor, startComponent, startControlPlane } from '../control-plane/index.ts'
import type { Component, ControlPlane, KubectlResult } from '../control-plane/index.ts'
import { type Cloud, startCloud } from './cloud.ts'

/** A real control plane, a simulated cloud with its kubelets, and `kube-node run` as a process that may be killed. */
export interface World extends AsyncDisposable {
  readonly controlPlane: ControlPlane
  readonly cloud: Cloud
  /** What `kube-node manifests | kubectl apply -f -` answered. */
  readonly installed: KubectlResult
  /** The administrator's; for looking, which kubectl is too slow for. */
  readonly client: Client
  /** The controller that was started last. */
  readonly controller: Component
  /** Starts `kube-node run` as a user who may do what the manifests grant. */
  startController(): Component
  /** Runs kubectl, whose arguments are parted by blanks, at the root of the repository. @throws Error with its words when it fails. */
  kubectl(args: string, input?: string): Promise<string>
  /** The last that the controller has logged, and the nodes: for tests that fail. */
  report(): Promise<string>
}

export const root: string = fileURLToPath(new URL('../..', import.meta.url))
const command = join(root, 'packages/cli/src/bin.ts')
const provider = join(root, 'examples/simulated-cloud/provider.ts')

export interface WorldOptions {
  readonly scheduler?: boolean
  readonly signal?: AbortSignal
}

/** Starts all of it, with CRDs and RBAC installed, and the example's class. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const stack = new AsyncDisposableStack()
  try {
    const controlPlane = stack.use(await startControlPlane(options))
    const { stdout: manifests } = await promisify(execFile)(process.execPath, [command, 'manifests', '--user', 'controller'])
    const installed = await controlPlane.kubectl(['apply', '-f', '-'], { input: manifests })
    const transport = stack.use(fromKubeConfig(await loadKubeConfig({ file: controlPlane.kubeconfig })))
    const cloud = stack.use(await startCloud(controlPlane.kubeconfig, join(controlPlane.dir, 'cloud.log')))
    const supervisor = stack.use(createSupervisor())
    let started = 0
    const startController = (): Component => {
      started += 1
      const name = `controller-${started}`
      const { kubeconfig } = controlPlane.users.controller
      const args = [command, 'run', '--provider', provider, '--kubeconfig', kubeconfig, '--log-level', 'debug']
      const env = { ...process.env, POD_NAME: name, KUBE_NODE_SIMULATED_CLOUD: cloud.url }
      return startComponent(supervisor, name, process.execPath, args, join(controlPlane.dir, `${name}.log`), env)
    }
    const kubectl: World['kubectl'] = async (args, input) => {
      const result = await controlPlane.kubectl(args.split(' '), input === undefined ? {} : { input })
      if (result.code !== 0) throw new Error(`kubectl ${args}: ${result.stderr}`)
      return result.stdout
    }
    await kubectl(`wait --for=condition=Established --timeout=30s crd/nodeclasses.kube-node.dev crd/nodesets.kube-node.dev`)
    await kubectl(`apply -f ${join(root, 'examples/nodeclass.yaml')}`)
    let controller = startController()

    return {
      controlPlane,
      cloud,
      installed,
      client: createClient({ transport, clock: systemRuntime().clock }),
      get controller() {
        return controller
      },
      startController: () => (controller = startController()),
      kubectl,
      report: async () => {
        const { stdout, stderr } = await controlPlane.kubectl(['get', 'nodes,nodesets'])
        return `${controller.name}:\n${await controller.lastLines()}\n${stdout}${stderr}`
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}
