import { CustomResourceDefinitions, type KubeObject, Namespaces, type Resource, crds } from '@kube-node/core/api'
import { type Client, type KubeTransport, createClient } from '@kube-node/core/kube'
import { type ManifestOptions, defaultNamespace, defaultServiceAccount, manifests } from '@kube-node/core/manifests'
import type { Log, ManualRuntime } from '@kube-node/core/runtime'
import { manualRuntime } from '@kube-node/core/runtime'
import {
  type SimulatedCloud,
  type SimulatedCloudOptions,
  type SimulatedKubelets,
  type SimulatedKubeletsOptions,
  simulatedCloud,
  simulatedKubelets,
} from '../cloud/index.ts'
import { type ApiServer, createApiServer } from '../server/index.ts'
import { install } from './install.ts'
import type { Mortal } from './mortal.ts'
import { seededRandom } from './seededRandom.ts'

/** What runs in a test cluster: anything with a manager's `run`. */
export interface Runnable {
  run(options: { readonly signal: AbortSignal }): Promise<void>
}

/** A running manager in a test cluster. */
export interface Running extends AsyncDisposable {
  /** Ends it as an operator would, gracefully. */
  stop(): Promise<void>
  /** What its run() came to: undefined while it runs and after a graceful stop. */
  readonly failure: unknown
}

/**
 * API server, cloud and kubelets in this process, on time that moves only when a test waits for something: minutes of a
 * cluster's life take milliseconds, and no test sleeps.
 */
export interface TestCluster extends AsyncDisposable {
  readonly runtime: ManualRuntime
  readonly server: ApiServer
  readonly cloud: SimulatedCloud
  readonly kubelets: SimulatedKubelets
  /** An administrator. */
  readonly client: Client
  /** A way in for a manager: as the user `kube-node`, so that its requests can be told from others'. */
  transport(): KubeTransport
  /** Starts a manager. One that is `mortal` and dead by the end is not waited for. */
  start(manager: Runnable, life?: Mortal): Running
  /** `kubectl create` of anything, defaults and validation included. */
  create<T extends KubeObject>(resource: Resource<T>, object: T): Promise<T>
  /** Time goes on until `work` has settled: for whatever else a test awaits. */
  lasting<T>(work: PromiseLike<T>): Promise<T>
  /**
   * Lets time pass until `condition` holds and answers what it answered.
   * @throws Error with `what` when it does not hold within so many milliseconds of cluster time (default: 5 minutes).
   */
  until<T>(what: string, condition: () => T | undefined | false | Promise<T | undefined | false>, withinMs?: number): Promise<T>
}

export interface TestClusterOptions {
  readonly cloud?: Omit<SimulatedCloudOptions, 'runtime' | 'log'>
  readonly kubelets?: Omit<SimulatedKubeletsOptions, 'runtime' | 'log' | 'cloud' | 'transport'>
  /** Chance: names, jitter, delays. The same seed gives the same cluster. Default 1. */
  readonly seed?: number
  /** Default: time that stands still until the cluster moves it, and chance from the seed. */
  readonly runtime?: ManualRuntime
  readonly log?: Log
  /**
   * As `kube-node manifests` installs it: RBAC is enforced, admission policies are in force, managers come as the service account of
   * the manifests, and kubelets as themselves. Default: everybody may do everything.
   */
  readonly installed?: ManifestOptions
}

const controllerUser = 'kube-node'
const nodeGroups = ['system:nodes', 'system:authenticated']
const stepMs = 100
const patienceMs = 300_000

const accountOf = ({ namespace = defaultNamespace, serviceAccount = defaultServiceAccount, user }: ManifestOptions): Identity => ({
  user: user ?? `system:serviceaccount:${namespace}:${serviceAccount}`,
  groups: [...(user === undefined ? ['system:serviceaccounts', `system:serviceaccounts:${namespace}`] : []), 'system:authenticated'],
})

interface Identity {
  readonly user: string
  readonly groups: readonly string[]
}

/** Starts one, with kube-node's CRDs and its namespace installed. */
export const createTestCluster = async (options: TestClusterOptions = {}): Promise<TestCluster> => {
  const runtime = options.runtime ?? manualRuntime({ random: seededRandom(options.seed ?? 1) })
  const log = options.log ?? (() => {})
  const { installed } = options
  const server = createApiServer({ runtime, log, authorization: installed ? 'rbac' : 'allow' })
  const cloud = simulatedCloud({ bootTime: '2s', ...options.cloud, runtime, log })
  const kubelets = simulatedKubelets({
    ...(installed && {
      joinAs: ({ nodeName, owner }) => server.transport({ user: `system:node:${nodeName ?? owner?.nodeName ?? ''}`, groups: nodeGroups }),
    }),
    ...options.kubelets,
    cloud,
    transport: server.transport(),
    runtime,
    log,
  })
  const client = createClient({ transport: server.transport(), clock: runtime.clock })
  const ended = new AbortController()
  const joining = kubelets.run(ended.signal)
  const running = new Set<Running>()

  /** Time goes on while a promise is waited for: what it waits for may need it. */
  const lasting = async <T>(work: PromiseLike<T>): Promise<T> => {
    let over = false
    const settle = (): void => {
      over = true
    }
    work.then(settle, settle)
    while (!over) await runtime.advance(stepMs)
    return work
  }

  const cluster: TestCluster = {
    runtime,
    server,
    cloud,
    kubelets,
    client,
    transport: () => server.transport(installed ? accountOf(installed) : { user: controllerUser, groups: ['system:masters'] }),
    start(manager, mortal) {
      const stopping = new AbortController()
      let failure: unknown
      const done = manager.run({ signal: stopping.signal }).catch((error: unknown) => {
        failure = error
      })
      const life: Running = {
        get failure() {
          return failure
        },
        async stop() {
          stopping.abort()
          running.delete(life)
          if (mortal?.dead !== true) await lasting(done)
        },
        [Symbol.asyncDispose]: () => life.stop(),
      }
      running.add(life)
      return life
    },
    create: (resource, object) => lasting(client.create(resource, object)),
    lasting,
    async until(what, condition, withinMs = patienceMs) {
      const deadline = runtime.clock.monotonic() + withinMs
      for (;;) {
        const answer = await lasting(Promise.resolve(condition()))
        if (answer !== undefined && answer !== false) return answer
        if (runtime.clock.monotonic() >= deadline) throw new Error(`not within ${withinMs / 1_000} s of cluster time: ${what}`)
        await runtime.advance(stepMs)
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running].map(life => life.stop()))
      ended.abort()
      await lasting(joining)
      await lasting(cloud[Symbol.asyncDispose]())
      await lasting(server[Symbol.asyncDispose]())
    },
  }
  if (installed) {
    await lasting(install(server.transport(), manifests(installed)))
    return cluster
  }
  await cluster.create(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-node-system' } })
  for (const crd of crds()) await cluster.create(CustomResourceDefinitions, crd)
  return cluster
}
