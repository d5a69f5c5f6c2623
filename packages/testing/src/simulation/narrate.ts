import { nameOf } from '@kube-node/core/api'
import type { Stage } from './stage.ts'

/** What changes for good becomes part of the story. */
export const narrate = ({ world, cloud, truth }: Stage): void => {
  for (const state of ['starting', 'running', 'stopping', 'stopped', 'gone'] as const) {
    cloud.on(state, ({ id, owner }) =>
      world.tell(
        `machine ${id} ${state}${owner ? ` (${owner.nodeName}, attempt ${owner.attempt}, ${owner.claim.slice(0, 8)})` : ' (foreign)'}`,
      ),
    )
  }
  truth.nodes.on(({ now, old }) => {
    const node = now ?? old
    const uid = node?.metadata?.uid?.slice(0, 8) ?? ''
    if (!node) return
    const phase = node.metadata?.annotations?.['kube-node.dev/phase'] ?? 'Pending'
    if (!now) return world.tell(`node ${nameOf(node)} (${uid}) is gone`)
    if (old?.metadata?.uid !== now.metadata?.uid) return world.tell(`node ${nameOf(node)} (${uid}) is there`)
    if (old?.metadata?.deletionTimestamp === undefined && now.metadata?.deletionTimestamp !== undefined)
      world.tell(`node ${nameOf(node)} (${uid}) is to be deleted`)
    if (old?.metadata?.annotations?.['kube-node.dev/phase'] !== phase) world.tell(`node ${nameOf(node)} (${uid}) is ${phase}`)
  })
}
