import { type KubeNode, createKubeNode } from '@kube-node/core'
import { CustomResourceDefinitions, Namespaces, crds } from '@kube-node/core/api'
import { type Client, type KubeTransport, createClient } from '@kube-node/core/kube'
import { type Duration, type Log, type Runtime, durationMs } from '@kube-node/core/runtime'
import type { SimulatedCloud } from '@kube-node/testing/cloud'
import type { ApiServer } from '@kube-node/testing/server'
import { together } from './together.ts'

export interface WorldOptions {
  readonly runtime: Runtime
  readonly log: Log
  /** From a create to a running machine, half as long and half again as long at the extremes. */
  readonly bootTime: Duration
}

/** A whole cluster in this process, without workloads: API server, cloud, kubelets, what kube-controller-manager does to Nodes, and us. */
export interface World extends AsyncDisposable {
  readonly server: ApiServer
  readonly cloud: SimulatedCloud
  readonly manager: KubeNode
  /** An administrator's. */
  readonly client: Client
  transport(): KubeTransport
  /** Runs all of it until the signal fires; rejects when one part fails, after the others have stopped. */
  run(signal: AbortSignal): Promise<void>
}

const systemNamespace = 'kube-node-system'

/** Builds it, with the CRDs installed; nothing moves before `run`. */
export const createWorld = async ({ runtime, log, bootTime }: WorldOptions): Promise<World> => {
  // Loaded here alone: who runs the controllers on a cluster needs none of it.
  const [{ createApiServer }, { simulatedCloud, simulatedKubelets, simulatedNodeLifecycle }] = await Promise.all([
    import('@kube-node/testing/server'),
    import('@kube-node/testing/cloud'),
  ])

  const server = createApiServer({ runtime, log })
  const cloud = simulatedCloud({ runtime, log, bootTime: jittered(bootTime) })
  const kubelets = simulatedKubelets({ cloud, transport: server.transport(), runtime, log, joinDelay: '300ms' })
  const lifecycle = simulatedNodeLifecycle({ transport: server.transport(), runtime, log })
  const manager = createKubeNode({
    cluster: server.transport(),
    providers: [cloud.provider()],
    // As in production: the election is part of what is shown.
    leaderElection: { namespace: systemNamespace },
    // A list of this cloud costs nothing.
    refresh: { active: '250ms', idle: '5s' },
    stopWithin: '2s',
    runtime,
    log,
  })
  const client = createClient({ transport: server.transport(), clock: runtime.clock, userAgent: 'kube-node-dev' })
  await client.create(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: systemNamespace } })
  for (const crd of crds()) await client.create(CustomResourceDefinitions, crd)

  return {
    server,
    cloud,
    manager,
    client,
    transport: () => server.transport(),
    run: signal => together(signal, [inner => manager.run({ signal: inner }), inner => kubelets.run(inner), inner => lifecycle.run(inner)]),
    async [Symbol.asyncDispose]() {
      await cloud[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** Machines that all boot in the same moment look like none that anybody has seen. */
const jittered = (duration: Duration): readonly [Duration, Duration] => {
  const ms = durationMs(duration)
  return [`${ms / 2}ms`, `${ms * 1.5}ms`]
}
