import { createKubeNode, fromKubeConfig, loadKubeConfig, systemRuntime } from '@kube-node/core'
import { type Client, type KubeTransport, createClient } from '@kube-node/core/kube'
import { type SimulatedCloud, type SimulatedMachine, simulatedCloud, simulatedKubelets } from '@kube-node/testing/cloud'
import { type TestAPI, test } from 'vitest'
import { apply } from '../admission/cluster.ts'
import { type CommandLine, type ControlPlane, commandLine, startControlPlane } from '../control-plane/index.ts'
import { asNode } from '../main-job/asNode.ts'

/** A real control plane, and a simulated cloud of groups with its kubelets and the controller in the test's own process. */
export interface World {
  readonly controlPlane: ControlPlane
  readonly cloud: SimulatedCloud
  /** The administrator's; for looking. */
  readonly client: Client
  readonly kubectl: CommandLine
  /** What is in a group and not on its way out, by id. */
  alive(group: string): readonly string[]
}

interface Work {
  run(signal: AbortSignal): Promise<void>
}

/** Until the stack is disposed. */
const start = (stack: AsyncDisposableStack, { run }: Work): void => {
  const stopping = new AbortController()
  const running = run(stopping.signal)
  stack.defer(async () => {
    stopping.abort()
    await running
  })
}

const startWorld = async (stack: AsyncDisposableStack): Promise<World> => {
  const controlPlane = stack.use(await startControlPlane())
  const kubectl = commandLine(controlPlane.kubectl)
  await apply(controlPlane, { user: 'controller' })

  const runtime = systemRuntime()
  const cloud = stack.use(simulatedCloud({ runtime, log: () => {}, bootTime: ['500ms', '1500ms'], stopTime: '300ms' }))
  const ofAdmin = stack.use(fromKubeConfig(await loadKubeConfig({ file: controlPlane.kubeconfig })))
  const joinAs = ({ nodeName = '' }: SimulatedMachine): KubeTransport => asNode(ofAdmin, nodeName)
  const kubelets = simulatedKubelets({ cloud, transport: ofAdmin, runtime, log: () => {}, joinDelay: '200ms', joinAs })
  start(stack, { run: signal => kubelets.run(signal) })

  const ofController = stack.use(fromKubeConfig(await loadKubeConfig({ file: controlPlane.users.controller.kubeconfig })))
  const kubeNode = createKubeNode({ cluster: ofController, log: () => {}, providers: [cloud.groupProvider()] })
  start(stack, { run: signal => kubeNode.run({ signal }) })
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
  }
}

/** A test with a world that all stories of its file share. */
export const story: TestAPI<{ world: World }> = test.extend<{ $file: { world: World }; $test: { told: void } }>({
  world: [
    // eslint-disable-next-line no-empty-pattern -- vitest wants the pattern
    async ({}, use) => {
      await using stack = new AsyncDisposableStack()
      await use(await startWorld(stack))
    },
    { scope: 'file' },
  ],
  told: [
    async ({ world, onTestFailed }, use) => {
      onTestFailed(async () => console.log(await world.kubectl('get nodes,nodesets,nodeclasses -o wide')))
      await use()
    },
    { auto: true },
  ],
})
