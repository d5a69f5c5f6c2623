import { type Manager, createManager, defineController } from '@kube-node/core'
import { type Node, Nodes, labels, nameOf, taints } from '@kube-node/core/api'
import type { TestCluster } from './index.ts'

export interface CloudControllerManager {
  /** Names of Nodes, one for each time that it has taken the taint off. */
  readonly initialized: readonly string[]
  /** Names of Nodes, one for each time that it found its own label changed, and wrote it again. */
  readonly corrected: readonly string[]
  /** Whether it finds the instances of Nodes. At first it does. */
  finds(found: boolean): void
}

/** What it says of every instance. */
export const ofCloud: Readonly<Record<string, string>> = {
  [labels.zone]: 'zone-of-cloud',
  [labels.region]: 'region-of-cloud',
  [labels.instanceType]: 'type-of-cloud',
}
const betaZone = 'failure-domain.beta.kubernetes.io/zone'

/**
 * As the node controller in k8s.io/cloud-provider 1.37: of Nodes with the taint it takes it off in the write that labels them, once it
 * finds their instance; of others it makes the label of the zone what the older label of the same says.
 */
export const startCloudControllerManager = ({ runtime, server, start }: TestCluster): CloudControllerManager => {
  const initialized: string[] = []
  const corrected: string[] = []
  let found = true
  const manager: Manager = createManager({
    cluster: server.transport({ user: 'cloud', groups: ['system:masters'] }),
    runtime,
    log: () => {},
  })
  manager.add(
    defineController<Node>({
      name: 'cloud-node',
      for: Nodes,
      async reconcile({ key, object: node, client }) {
        if (!node) return undefined
        const { metadata = {}, spec = {} } = node
        const on = { uid: metadata.uid ?? '', resourceVersion: metadata.resourceVersion ?? '' }
        if (spec.taints?.some(taint => taint.key === taints.uninitialized)) {
          if (!found || spec.providerID === undefined) return { after: '1s' }
          const left = spec.taints.filter(taint => taint.key !== taints.uninitialized).map(taint => ({ ...taint }))
          const merge = { metadata: { labels: { ...ofCloud, [betaZone]: ofCloud[labels.zone] ?? '' } }, spec: { taints: left } }
          await client.patch(Nodes, key, { merge }, { on })
          initialized.push(nameOf(node))
          return undefined
        }
        const zone = metadata.labels?.[betaZone]
        if (zone === undefined || zone === metadata.labels?.[labels.zone]) return undefined
        await client.patch(Nodes, key, { merge: { metadata: { labels: { [labels.zone]: zone } } } }, { on })
        corrected.push(nameOf(node))
        return undefined
      },
    }),
  )
  start(manager)
  return {
    initialized,
    corrected,
    finds(now) {
      found = now
    },
  }
}
