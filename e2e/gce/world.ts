import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLog, fromKubeConfig, loadKubeConfig, systemRuntime } from '@kube-node/core'
import { type Client, createClient } from '@kube-node/core/kube'
import { type FakeGoogle, keyFiles, startGoogle } from '@kube-node/google-fake'
import { simulatedKubelets } from '@kube-node/testing/cloud'
import { apply } from '../admission/cluster.ts'
import { type CommandLine, type Component, commandLine, createSupervisor, startControlPlane } from '../control-plane/index.ts'
import { asNode } from '../main-job/asNode.ts'
import { controllers } from '../main-job/controllers.ts'
import { root } from '../main-job/kubeNode.ts'
import { type Cloud, cloudOf } from './cloud.ts'
import { classOf, secret } from './manifests.ts'

/** A real control plane, the fake of Google with simulated kubelets on its VMs, and `kube-node run` as a process that may be killed. */
export interface World extends AsyncDisposable {
  readonly google: FakeGoogle
  readonly cloud: Cloud
  /** The administrator's; for looking. */
  readonly client: Client
  /** The controller that was started last. */
  readonly controller: Component
  /** Starts the next one without the 15 s for which the lease of one that was killed would bind. */
  succeed(): Promise<Component>
  readonly kubectl: CommandLine
  /** The last that was logged, and the nodes: for tests that fail. */
  report(): Promise<string>
}

/** For what each node waits. */
const waits = [
  'custom-columns=NAME:.metadata.name',
  'PHASE:.metadata.annotations.kube-node\\.dev/phase',
  'WHY:.status.conditions[?(@.type=="MachineProvisioned")].message',
].join(',')

/** Of each operation: long enough to die in its middle. */
const tookMs = 400

export const startWorld = async (): Promise<World> => {
  const stack = new AsyncDisposableStack()
  try {
    const runtime = systemRuntime()
    const google = stack.use(await startGoogle({ tookMs }))
    google.family('ubuntu-2404-lts', 'ubuntu-2404-v20261101')
    const cloud = cloudOf(google)
    const controlPlane = stack.use(await startControlPlane())
    const kubectl = commandLine(controlPlane.kubectl)
    await apply(controlPlane, { user: controlPlane.users.controller.name })
    const { project, zones } = google
    const standard = classOf('standard', { project, zones, machineType: 'e2-standard-2' })
    await kubectl('create -f -', secret(keyFiles(project)('controller')), standard)

    const transport = stack.use(fromKubeConfig(await loadKubeConfig({ file: controlPlane.kubeconfig })))
    const kubeletLog = join(controlPlane.dir, 'kubelets.log')
    const kubelets = simulatedKubelets({
      cloud: cloud.hosts,
      transport,
      runtime,
      log: createLog({ clock: runtime.clock, level: 'debug', format: 'text', write: line => appendFileSync(kubeletLog, line) }),
      joinDelay: '200ms',
      joinAs: ({ owner }) => asNode(transport, owner?.nodeName ?? ''),
    })
    const stopping = new AbortController()
    const running = kubelets.run(stopping.signal)
    stack.defer(async () => {
      stopping.abort()
      await running
    })

    const lives = controllers(stack.use(createSupervisor()), controlPlane, {
      provider: join(root, 'e2e/gce/provider.ts'),
      env: { KUBE_NODE_GOOGLE: google.url },
    })
    lives.start()

    return {
      google,
      cloud,
      client: createClient({ transport, clock: runtime.clock }),
      get controller() {
        return lives.last
      },
      succeed: lives.succeed,
      kubectl,
      report: async () =>
        [
          cloud.living().join('\n'),
          await lives.last.lastLines(),
          await kubectl(`get nodes -o ${waits}`),
          await kubectl('get nodesets -o wide'),
        ].join('\n\n'),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}
