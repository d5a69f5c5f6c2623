import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fromKubeConfig, loadKubeConfig, systemRuntime } from '@kube-node/core'
import { Nodes, labels, nameOf } from '@kube-node/core/api'
import { type Client, createClient, listAll } from '@kube-node/core/kube'
import { type FakeGoogle, keyFiles, startGoogle } from '@kube-node/google-fake'
import type { TestAPI } from 'vitest'
import { apply } from '../admission/cluster.ts'
import {
  type CommandLine,
  type Component,
  type ControlPlane,
  commandLine,
  createSupervisor,
  startComponent,
  startControlPlane,
} from '../control-plane/index.ts'
import { type Scene, storiesIn } from '../story/index.ts'
import { runKubelets } from './kubelets.ts'

/** A real control plane, a fake of Google with kubelets, and the controller as a process that may be killed. */
export interface World extends Scene {
  readonly controlPlane: ControlPlane
  readonly google: FakeGoogle
  /** The administrator's; for looking. */
  readonly client: Client
  /** The controller that was started last. */
  readonly controller: Component
  startController(): Component
  readonly kubectl: CommandLine
  /** Names of the VMs of a pool that are not on their way out. */
  alive(pool: string): readonly string[]
  /** Names of the Nodes of a set. */
  membersOf(set: string): Promise<readonly string[]>
  /** How often Google was asked for it. */
  asked(method: string): number
}

const program = fileURLToPath(new URL('controller.ts', import.meta.url))
const namespace = 'kube-node-system'

const startWorld = async (): Promise<World> => {
  const stack = new AsyncDisposableStack()
  try {
    const controlPlane = stack.use(await startControlPlane())
    const kubectl = commandLine(controlPlane.kubectl)
    await apply(controlPlane, { user: 'controller' })
    const google = stack.use(await startGoogle({ tookMs: 300 }))
    const transport = stack.use(fromKubeConfig(await loadKubeConfig({ file: controlPlane.kubeconfig })))
    const stopping = new AbortController()
    const kubelets = runKubelets(google, transport, stopping.signal)
    stack.defer(async () => {
      stopping.abort()
      await kubelets
    })
    const stringData = { serviceAccountKey: keyFiles(google.project)('controller') }
    await kubectl('create -f -', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'gcp', namespace }, stringData })

    const supervisor = stack.use(createSupervisor())
    let started = 0
    const startController = (): Component => {
      started += 1
      const name = `controller-${started}`
      const args = [program, controlPlane.users.controller.kubeconfig, google.containerUrl, google.url]
      return startComponent(supervisor, name, process.execPath, args, join(controlPlane.dir, `${name}.log`), {
        ...process.env,
        POD_NAME: name,
      })
    }
    let controller = startController()
    const client = createClient({ transport, clock: systemRuntime().clock })
    return {
      controlPlane,
      google,
      client,
      kubectl,
      get controller() {
        return controller
      },
      startController: () => (controller = startController()),
      alive: pool =>
        google.gke
          .vmsOf(pool)
          .filter(({ status }) => status !== 'STOPPING')
          .map(({ name }) => name)
          .toSorted((a, b) => (a < b ? -1 : 1)),
      async membersOf(set) {
        const nodes = await listAll(client, Nodes, { labels: `${labels.nodeset}=${set}` })
        return nodes.map(nameOf).toSorted((a, b) => (a < b ? -1 : 1))
      },
      asked: method => google.asked.filter(each => each === method).length,
      report: async () => `${await controller.lastLines()}\n${await kubectl('get nodes,nodesets -o wide')}\n${await kubectl('get events')}`,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/** A test with a world that all stories of its file share. */
export const story: TestAPI<{ world: World }> = storiesIn(startWorld)

const apiVersion = 'kube-node.dev/v1alpha1'

export const classOf = ({ google }: World, name: string, more: object = {}, config: object = {}): object => ({
  apiVersion,
  kind: 'NodeClass',
  metadata: { name },
  spec: {
    provider: 'gke-node-pools',
    secretRef: { namespace, name: 'gcp' },
    config: { project: google.project, location: google.gke.location, cluster: google.gke.cluster, ...config },
    ...more,
  },
})

export const setOf = (name: string, spec: object): object => ({ apiVersion, kind: 'NodeSet', metadata: { name }, spec })
