import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CustomResourceDefinitions,
  Leases,
  Namespaces,
  NodeClasses,
  NodeSets,
  Nodes,
  type Node,
  type NodeClass,
  annotations,
  crds,
  finalizers,
  labels,
} from '@kube-node/core/api'
import { type Client, createClient } from '@kube-node/core/kube'
import { systemRuntime } from '@kube-node/core/runtime'
import type { ApiServer } from '@kube-node/testing/server'
import { type TestHost, testHost } from './host.fixture.ts'
import { main } from './program.ts'

export interface TestCluster extends AsyncDisposable {
  readonly server: ApiServer
  /** An administrator's. */
  readonly client: Client
  /** Absolute path of a folder that goes with the cluster. */
  readonly folder: string
  readonly kubeconfig: string
  /** Runs a command to its end. */
  outcome(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }>
  /** Begins a command; its host can be interrupted. */
  begin(...args: readonly string[]): { readonly host: TestHost; readonly ended: Promise<number> }
  nodeClass(name: string, spec?: Partial<NodeClass['spec']>): Promise<NodeClass>
  claim(name: string, className?: string): Promise<Node>
  /** A Node of that name has taken the claim over. */
  handedOver(name: string, to: string): Promise<Node>
  /** Writes what the controller would. */
  becomes(name: string, phase: string, record?: Readonly<Record<string, unknown>>): Promise<Node>
  says(name: string, status: 'True' | 'False', reason: string, message: string): Promise<Node>
  /** Somebody holds the controller's Lease, renewed so long ago. */
  lease(agoMs?: number): Promise<void>
}

/** An API server with our CRDs, on a socket, and no controller. */
export const testCluster = async (): Promise<TestCluster> => {
  const { createApiServer } = await import('@kube-node/testing/server')
  const runtime = systemRuntime()
  const folder = mkdtempSync(join(tmpdir(), 'kube-node-test-'))
  const server = createApiServer({ runtime })
  await server.listen()
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, server.kubeconfig())
  const client = createClient({ transport: server.transport(), clock: runtime.clock })
  for (const crd of crds()) await client.create(CustomResourceDefinitions, crd)
  await client.create(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-node-system' } })

  const begin: TestCluster['begin'] = (...args) => {
    const host = testHost({ cwd: folder })
    return { host, ended: main([...args, '--kubeconfig', kubeconfig], host) }
  }
  return {
    server,
    client,
    folder,
    kubeconfig,
    begin,
    async outcome(...args) {
      const { host, ended } = begin(...args)
      return { code: await ended, out: host.out(), err: host.err() }
    },
    nodeClass: (name, spec = {}) =>
      client.create(NodeClasses, {
        apiVersion: 'kube-node.dev/v1alpha1',
        kind: 'NodeClass',
        metadata: { name },
        spec: { provider: 'simulated', ...spec },
      }),
    claim: (name, className = 'small') =>
      client.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: className } } }),
    async handedOver(name, to) {
      const claim = await client.get(Nodes, { name })
      const { metadata } = claim ?? {}
      const notes = { ...metadata?.annotations, [annotations.claimedAs]: name }
      await client.patch(Nodes, { name }, { merge: { metadata: { annotations: { [annotations.handedOver]: to } } } })
      const own = { ...metadata?.labels, [labels.claim]: metadata?.uid ?? '' }
      return client.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: to, labels: own, annotations: notes } })
    },
    becomes: (name, phase, record) =>
      client.patch(
        Nodes,
        { name },
        {
          merge: {
            metadata: {
              finalizers: [finalizers.machine],
              annotations: {
                [annotations.phase]: phase,
                ...(record && {
                  [annotations.machine]: JSON.stringify({
                    attempt: 1,
                    controller: 'kube-node.dev/controller',
                    provider: 'simulated',
                    connection: { config: {} },
                    ...record,
                  }),
                }),
              },
            },
          },
        },
      ),
    says: (name, status, reason, message) => {
      const now = `${new Date(runtime.clock.now()).toISOString().slice(0, 19)}Z`
      const condition = { type: 'MachineProvisioned', status, reason, message, lastHeartbeatTime: now, lastTransitionTime: now }
      return client.patch(Nodes, { name }, { strategic: { status: { conditions: [condition] } } }, { subresource: 'status' })
    },
    async lease(agoMs = 0) {
      const renewTime = new Date(runtime.clock.now() - agoMs).toISOString().replace('Z', '000Z')
      await client.create(Leases, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { namespace: 'kube-node-system', name: 'kube-node' },
        spec: { holderIdentity: 'host-1', leaseDurationSeconds: 15, renewTime, acquireTime: renewTime },
      })
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true })
    },
  }
}

export const nodeSet = (client: Client, name: string, nodeClassName: string): Promise<unknown> =>
  client.create(NodeSets, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeSet',
    metadata: { name },
    spec: { nodeClassName, replicas: 2 },
  })
