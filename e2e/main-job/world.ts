import { join } from 'node:path'
import { fromKubeConfig, loadKubeConfig, systemRuntime } from '@kube-node/core'
import { type Client, createClient } from '@kube-node/core/kube'
import { defaultNamespace, defaultServiceAccount } from '@kube-node/core/manifests'
import { accountName, commandLine, createSupervisor, startControlPlane, writeAccount } from '../control-plane/index.ts'
import type { CommandLine, Component, ControlPlane, ControlPlaneOptions, KubectlResult } from '../control-plane/index.ts'
import { type Cloud, type CloudOptions, startCloud } from './cloud.ts'
import { controllers } from './controllers.ts'
import { kubeNode, root } from './kubeNode.ts'

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
  /** Starts `kube-node run` as somebody who may do what the manifests grant. */
  startController(): Component
  /** Starts the next one without the 15 s for which the lease of one that was killed would bind. */
  succeed(): Promise<void>
  readonly kubectl: CommandLine
  /** The last that the controller has logged, and the nodes: for tests that fail. */
  report(): Promise<string>
}

const example = join(root, 'examples/simulated-cloud/provider.ts')

/** A way in for kubelets, while it is not disposed of. */
export interface Joining extends AsyncDisposable {
  readonly joinAs: NonNullable<CloudOptions['joinAs']>
}

export interface WorldOptions
  extends Pick<ControlPlaneOptions, 'scheduler' | 'signal' | 'audited' | 'nodeMonitorGraceSeconds'>,
    Pick<CloudOptions, 'nodeNames' | 'heartbeat'> {
  /** How kubelets come to speak as their own nodes. Default: by impersonation. */
  readonly joining?: (controlPlane: ControlPlane) => Joining
  /** Path of the module with the cloud's provider. Default: the example's. */
  readonly provider?: string
  /**
   * As a person installs it: all that `kube-node manifests` prints without any flag is applied by the server, the controller shows a token
   * of the service account in it, and what it asks for is on record. Default: it is a user, who has the same rights.
   */
  readonly asPrinted?: boolean
  /** More options of `kube-node run`. */
  readonly flags?: readonly string[]
}

/** The service account of the manifests. */
export const printedAccount: string = accountName(defaultNamespace, defaultServiceAccount)

/** Starts all of it, with CRDs and RBAC installed, and the example's class. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const stack = new AsyncDisposableStack()
  try {
    const { asPrinted = false, provider = example, joining } = options
    const { audited = [printedAccount] } = options
    const recorded = { audited, admission: ['OwnerReferencesPermissionEnforcement'] }
    const controlPlane = stack.use(await startControlPlane({ ...options, ...(asPrinted && recorded) }))
    const { stdout: manifests } = await kubeNode(asPrinted ? ['manifests'] : ['manifests', '--user', 'controller'])
    const how = asPrinted ? ['--server-side'] : []
    const installed = await controlPlane.kubectl(['apply', ...how, '-f', '-'], { input: manifests })
    const kubeconfig = asPrinted
      ? await writeAccount(controlPlane, defaultNamespace, defaultServiceAccount)
      : controlPlane.users.controller.kubeconfig
    const transport = stack.use(fromKubeConfig(await loadKubeConfig({ file: controlPlane.kubeconfig })))
    const ways = joining && stack.use(joining(controlPlane))
    const cloudOptions = { ...options, ...(ways && { joinAs: ways.joinAs }) }
    const cloud = stack.use(await startCloud(controlPlane.kubeconfig, join(controlPlane.dir, 'cloud.log'), cloudOptions))
    const lives = controllers(stack.use(createSupervisor()), controlPlane, {
      kubeconfig,
      provider,
      env: { KUBE_NODE_SIMULATED_CLOUD: cloud.url },
      ...(options.flags && { flags: options.flags }),
    })
    const kubectl = commandLine(controlPlane.kubectl)
    await kubectl(`wait --for=condition=Established --timeout=30s crd/nodeclasses.kube-node.dev crd/nodesets.kube-node.dev`)
    await kubectl(`apply -f ${join(root, 'examples/nodeclass.yaml')}`)
    lives.start()

    return {
      controlPlane,
      cloud,
      installed,
      client: createClient({ transport, clock: systemRuntime().clock }),
      get controller() {
        return lives.last
      },
      startController: lives.start,
      succeed: async () => void (await lives.succeed()),
      kubectl,
      report: async () => {
        const { stdout, stderr } = await controlPlane.kubectl(['get', 'nodes,nodesets'])
        return `${lives.last.name}:\n${await lives.last.lastLines()}\n${stdout}${stderr}`
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}
