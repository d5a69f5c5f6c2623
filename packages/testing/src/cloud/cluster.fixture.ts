import { type Node, type Pod, findCondition } from '@kube-node/core/api'
import type { KubeRequest, KubeTransport } from '@kube-node/core/kube'
import type { Owner } from '@kube-node/core/provider'
import { type ManualRuntime, manualRuntime } from '@kube-node/core/runtime'
import { createApiServer } from '../server/index.ts'
import { simulatedCloud } from './cloud.ts'
import type { SimulatedCloud, SimulatedCloudOptions } from './cloud.types.ts'
import { send } from './kubelet/request.ts'

/** An API server, a cloud and a clock that stands still, for stories about what joins them. */
export interface SmallCluster extends AsyncDisposable {
  readonly runtime: ManualRuntime
  readonly cloud: SimulatedCloud
  readonly transport: KubeTransport
  /** Writes (not reads) that the API server has seen, as `PATCH /api/v1/nodes/a`. */
  readonly writes: string[]
  owner(nodeName: string, attempt?: number): Owner
  do(method: KubeRequest['method'], path: string, body?: unknown): Promise<unknown>
  node(name: string): Promise<Node>
  /** Status and reason of a condition, as `True KubeletReady`. */
  condition(name: string, type: string): Promise<string>
  pod(name: string): Promise<Pod | undefined>
  /** Runs something until the end of the story. */
  run(part: { run(signal: AbortSignal): Promise<void> }): void
}

export const smallCluster = async (options: Omit<SimulatedCloudOptions, 'runtime'> = {}): Promise<SmallCluster> => {
  const runtime = manualRuntime()
  const server = createApiServer({ runtime })
  const inner = server.transport()
  const cloud = simulatedCloud({ runtime, bootTime: '1s', ...options })
  const writes: string[] = []
  const transport: KubeTransport = {
    request: request => {
      if (request.method !== 'GET') writes.push(`${request.method} ${request.path}`)
      return inner.request(request)
    },
    watch: request => inner.watch(request),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  }
  const end = new AbortController()
  const { signal } = end
  const parts: Promise<void>[] = []
  const act: SmallCluster['do'] = async (method, path, body) =>
    (await send(inner, { method, path, body, signal, ...(method === 'PATCH' && { patch: 'merge-patch' as const }) })).body
  const { metadata } = (await act('GET', '/api/v1/namespaces/kube-system')) as { metadata: { uid: string } }
  const node = async (name: string): Promise<Node> => (await act('GET', `/api/v1/nodes/${name}`)) as Node

  return {
    runtime,
    cloud,
    transport,
    writes,
    node,
    owner: (nodeName, attempt = 1) => ({
      cluster: metadata.uid,
      controller: 'kube-node.dev/controller',
      claim: `uid-of-${nodeName}`,
      nodeName,
      attempt,
    }),
    do: act,
    async condition(name, type) {
      const condition = findCondition((await node(name)).status?.conditions, type)
      return condition ? `${condition.status} ${condition.reason}` : 'none'
    },
    async pod(name) {
      const { status, body } = await send(inner, { method: 'GET', path: `/api/v1/namespaces/default/pods/${name}`, signal, expect: [404] })
      return status === 404 ? undefined : (body as unknown as Pod)
    },
    run: part => void parts.push(part.run(signal)),
    async [Symbol.asyncDispose]() {
      end.abort()
      await Promise.all(parts)
      await cloud[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}
