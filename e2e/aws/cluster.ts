import { type KubeNodeOptions, createKubeNode } from '@kube-node/core'
import {
  CustomResourceDefinitions,
  Namespaces,
  type Node,
  NodeClasses,
  Nodes,
  Secrets,
  annotations,
  crds,
  nameOf,
} from '@kube-node/core/api'
import { type Client, type KubeTransport, createClient, listAll } from '@kube-node/core/kube'
import type { Provider } from '@kube-node/core/provider'
import { systemRuntime } from '@kube-node/core/runtime'
import { createApiServer } from '@kube-node/testing/server'
import type { AwsWorld } from './world.ts'

export const apiVersion = 'kube-node.dev/v1alpha1'
const namespace = 'kube-node-system'

export interface ClusterOptions {
  readonly provider: Provider
  /** In Secret `aws`. */
  readonly credentials?: object
  readonly className: string
  readonly config: object
  /** How often the cloud is asked. Default: each second. */
  readonly refresh?: NonNullable<KubeNodeOptions['refresh']>
}

const eachSecond = { active: '1s', idle: '1s' } as const

/** An API server in this process, with a class and its Secret. */
export interface Cluster extends AsyncDisposable {
  readonly client: Client
  /** A life of the controller, on its own way to the API server where one is given. Answers how to end it. */
  begin(way?: (transport: KubeTransport) => KubeTransport): () => Promise<void>
}

export const openCluster = async ({
  provider,
  credentials = {},
  className,
  config,
  refresh = eachSecond,
}: ClusterOptions): Promise<Cluster> => {
  const stack = new AsyncDisposableStack()
  const runtime = systemRuntime()
  const server = createApiServer({ runtime, log: () => {}, authorization: 'allow' })
  stack.defer(() => server[Symbol.asyncDispose]())
  const transport = server.transport()
  const client = createClient({ transport, clock: runtime.clock })
  for (const crd of crds()) await client.create(CustomResourceDefinitions, crd)
  await client.create(Namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  const data = Object.fromEntries(Object.entries(credentials).map(([key, value]) => [key, Buffer.from(value).toString('base64')]))
  await client.create(Secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'aws', namespace }, data })
  const { kind } = provider
  await client.create(NodeClasses, {
    apiVersion,
    kind: 'NodeClass',
    metadata: { name: className },
    spec: {
      provider: provider.name,
      config: { ...config },
      secretRef: { namespace, name: 'aws' },
      // Of a group, its template says how machines join.
      ...(kind === 'machines' && { bootstrap: { type: 'none' } }),
    },
  })

  return {
    client,
    begin(way = given => given) {
      const stopping = new AbortController()
      const kubeNode = createKubeNode({ cluster: way(transport), runtime, log: () => {}, providers: [provider], refresh })
      const running = kubeNode.run({ signal: stopping.signal })
      const end = async (): Promise<void> => {
        stopping.abort()
        await running
      }
      stack.defer(end)
      return end
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  }
}

/** The id of its machine, as the record has it; empty before there is one. */
export const instanceOf = (node: Node | undefined): string =>
  String(JSON.parse(node?.metadata?.annotations?.[annotations.machine] ?? '{}')['id'] ?? '')

/** The kubelets of machines that are there report. Then all Nodes. */
export const settle = async (client: Client, { instances }: Pick<AwsWorld, 'instances'>): Promise<readonly Node[]> => {
  const nodes = await listAll(client, Nodes)
  const isMute = (node: Node): boolean =>
    node.metadata?.deletionTimestamp === undefined && instanceOf(node) !== '' && !node.status?.nodeInfo?.['kubeletVersion']
  const mute = nodes.filter(isMute)
  if (mute.length === 0) return nodes
  const addresses = new Map((await instances()).map(({ InstanceId, PrivateIpAddress = '' }) => [InstanceId, PrivateIpAddress]))
  for (const node of mute) {
    const status = {
      nodeInfo: { kubeletVersion: 'v1.37.2' },
      addresses: [{ type: 'InternalIP', address: addresses.get(instanceOf(node)) ?? '' }],
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: '2026-11-26T08:00:00Z' }],
    }
    await client.patch(Nodes, { name: nameOf(node) }, { merge: { status } }, { subresource: 'status' })
  }
  return listAll(client, Nodes)
}
