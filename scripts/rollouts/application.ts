import { isDeleting, isUp } from '../../packages/core/src/index.ts'
import { type Pod, PodDisruptionBudgets, Pods, Nodes, nameOf } from '../../packages/core/src/api/index.ts'
import type { TestCluster } from '../../packages/testing/src/cluster/index.ts'

const everyMs = 1_000

/** `count` pods that are made again elsewhere when they are evicted, one of which may be lacking at a time; and how many are ready. */
export const runApplication = async (cluster: TestCluster, count: number): Promise<() => number> => {
  const { client, runtime, server } = cluster
  await cluster.create(PodDisruptionBudgets, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'default' },
    spec: { minAvailable: count - 1, selector: { matchLabels: { app: 'web' } } },
  })
  // What the server stores of this kind: the cast at the border.
  const pods = (): readonly Pod[] => server.store.list(Pods) as unknown as readonly Pod[]
  const live = (): readonly Pod[] => pods().filter(pod => !isDeleting(pod))
  let made = 0

  const place = async (): Promise<void> => {
    const used = new Map<string, number>()
    for (const pod of live()) used.set(pod.spec?.nodeName ?? '', (used.get(pod.spec?.nodeName ?? '') ?? 0) + 1)
    for (let missing = count - live().length; missing > 0; missing--) {
      const free: string[] = []
      for await (const page of client.pages(Nodes)) {
        free.push(...page.filter(node => isUp(node) && node.spec?.unschedulable !== true && !isDeleting(node)).map(nameOf))
      }
      const nodeName = free.toSorted((a, b) => (used.get(a) ?? 0) - (used.get(b) ?? 0))[0]
      if (nodeName === undefined) return
      used.set(nodeName, (used.get(nodeName) ?? 0) + 1)
      await client.create(Pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `web-${made++}`, namespace: 'default', labels: { app: 'web' } },
        spec: { nodeName, containers: [{ name: 'web', image: 'web' }] },
      })
    }
  }

  cluster.start({
    async run({ signal }) {
      while (!signal.aborted) {
        await place()
        await runtime.clock.sleep(everyMs, signal).catch((error: unknown) => {
          if (!signal.aborted) throw error
        })
      }
    },
  })
  const ready = (): number =>
    live().filter(({ status }) => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')).length
  await cluster.until('the application is up', () => ready() === count)
  return ready
}
