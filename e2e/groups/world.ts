import { createKubeNode, fromKubeConfig, loadKubeConfig, systemRuntime } from '@kube-node/core'
import { type Client, type KubeTransport, createClient } from '@kube-node/core/kube'
import { type SimulatedCloud, type SimulatedMachine, simulatedCloud, simulatedKubelets } from '@kube-node/testing/cloud'
import type { TestAPI } from 'vitest'
import { apply } from '../admission/cluster.ts'
import { type CommandLine, type ControlPlane, commandLine, startControlPlane } from '../control-plane/index.ts'
import { asNode } from '../main-job/asNode.ts'
import { type Scene, storiesIn } from '../story/index.ts'

/** A real control plane, and a simulated cloud of groups with its kubelets and the controller in the test's own process. */
export interface World extends Scene {
  readonly controlPlane: ControlPlane
  readonly cloud: SimulatedCloud
  /** The administrator's; for looking. */
  readonly client: Client
  readonly kubectl: CommandLine
  /** What is in a group and not on its way out, by id. */
  alive(group: string): readonly string[]
}

/** Until the stack is disposed. */
const start = (stack: AsyncDisposableStack, run: (signal: AbortSignal) => Promise<void>): void => {
  const stopping = new AbortController()
  const running = run(stopping.signal)
  stack.defer(async () => {
    stopping.abort()
    await running
  })
}

const startWorld = async (): Promise<World> => {
  const stack = new AsyncDisposableStack()
  try {
    const controlPlane = stack.use(await startControlPlane())
    const kubectl = commandLine(controlPlane.kubectl)
    await apply(controlPlane, { user: 'controller' })

    const runtime = systemRuntime()
    const cloud = stack.use(simulatedCloud({ runtime, log: () => {}, bootTime: ['500ms', '1500ms'], stopTime: '300ms' }))
    const ofAdmin = stack.use(fromKubeConfig(await loadKubeConfig({ file: controlPlane.kubeconfig })))
    const joinAs = ({ nodeName = '' }: SimulatedMachine): KubeTransport => asNode(ofAdmin, nodeName)
    const kubelets = simulatedKubelets({ cloud, transport: ofAdmin, runtime, log: () => {}, joinDelay: '200ms', joinAs })
    start(stack, signal => kubelets.run(signal))

    const ofController = stack.use(fromKubeConfig(await loadKubeConfig({ file: controlPlane.users.controller.kubeconfig })))
    const kubeNode = createKubeNode({ cluster: ofController, log: () => {}, providers: [cloud.groupProvider()] })
    start(stack, signal => kubeNode.run({ signal }))
    return {
      controlPlane,
      cloud,
      client: createClient({ transport: ofAdmin, clock: runtime.clock }),
      kubectl,
      alive: group =>
        cloud.groups
          .members(group)
          .filter(({ state }) => state !== 'stopping')
          .map(({ id }) => id)
          .toSorted((a, b) => (a < b ? -1 : 1)),
      report: () => kubectl('get nodes,nodesets,nodeclasses -o wide'),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/** A test with a world that all stories of its file share. */
export const story: TestAPI<{ world: World }> = storiesIn(startWorld)
