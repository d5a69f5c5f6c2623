import { createKubeNode } from '@kube-node/core'
import { type Node, NodeClasses, Nodes, annotations, labels } from '@kube-node/core/api'
import type { KubeTransport } from '@kube-node/core/kube'
import type { Machine, MachineProvider } from '@kube-node/core/provider'
import { describe, expect, it } from 'vitest'
import { type TestCluster, createTestCluster } from './index.ts'

/** What a manager that never rests is stopped at: its next write is never answered. */
const restless = 200

/** The same cloud, as seen from a computer that has this to say of every machine. */
const seenFrom = ({ definition, ...rest }: MachineProvider, problem: string | undefined): MachineProvider => ({
  ...rest,
  definition: {
    ...definition,
    connect: context => {
      const inner = definition.connect(context)
      const told = (machine: Machine): Machine => ({ ...machine, ...(problem !== undefined && { problem }) })
      return {
        ...inner,
        async *list(call) {
          for await (const page of inner.list(call)) yield { ...page, items: page.items.map(told) }
        },
      }
    },
  },
})

/** Two managers that both lead, as for a moment when the lease's old holder was frozen, and the writes of the status of Nodes by both. */
const twoLeaders = (cluster: TestCluster, problems: readonly [string | undefined, string | undefined]): readonly string[] => {
  const writes: string[] = []
  const transport = (): KubeTransport => {
    const inner = cluster.transport()
    return {
      request(request) {
        if (request.path.endsWith('/nodes/a/status')) writes.push(JSON.stringify(request.body))
        return writes.length > restless ? new Promise(() => {}) : inner.request(request)
      },
      watch: request => inner.watch(request),
      [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
    }
  }
  for (const problem of problems) {
    cluster.start(
      createKubeNode({
        cluster: transport(),
        runtime: cluster.runtime,
        log: () => {},
        providers: [seenFrom(cluster.cloud.provider(), problem)],
        join: { server: 'https://10.0.0.1:6443', ca: cluster.server.certificateAuthority() },
        leaderElection: false,
      }),
    )
  }
  return writes
}

const claim: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'small' } } }

const booting = async (cluster: TestCluster): Promise<void> => {
  cluster.cloud.faults.joinFails(10)
  await cluster.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: { provider: 'simulated', config: { region: 'r1' } },
  })
  await cluster.create(Nodes, claim)
  await cluster.until('a boots', async () => {
    const node = await cluster.client.get(Nodes, { name: 'a' })
    return node?.metadata?.annotations?.[annotations.phase] === 'Booting'
  })
}

describe('two leaders that see different things of one machine', () => {
  it.each([
    ['one of them nothing', ['its disk is on another computer', undefined]],
    ['each something else', ['its disk is on another computer', 'its host does not answer']],
  ] as const)('(%s) do not spend their time on contradicting each other', async (_, problems) => {
    await using cluster = await createTestCluster()
    const writes = twoLeaders(cluster, problems)
    await booting(cluster)
    const before = writes.length
    await cluster.runtime.advance(60_000)
    expect(writes.length - before).toBeLessThanOrEqual(30)
  })
})
