import { nameOf } from '@kube-node/core/api'
import { uidsOf } from '../truth.ts'
import type { Watch } from './invariant.ts'

/** For so long a manager may act on what it knew of a Node. Milliseconds. */
const staleMs = 30_000

/**
 * 9: who knows that the API server went back in time, or could know it, deletes no machine for want of a Node, and none whose Node
 * wants it; people's deletions go on.
 */
export const frozen: Watch = ({ world, cloud, truth, forced, restores, freezes }, report) => {
  const endedAt = new Map<string, number>()
  truth.nodes.on(({ now, old }) => {
    if (old && !now) for (const uid of uidsOf(old)) endedAt.set(uid, world.now)
  })
  return {
    called(life, operation, id) {
      if (operation !== 'delete' || id === undefined) return
      if (!freezes.binds(life) && (restores.unsettled || !freezes.isForgotten(id))) return
      const claim = cloud.machine(id)?.owner?.claim ?? ''
      const node = truth.nodeByUid(claim)
      if (node?.metadata?.deletionTimestamp !== undefined) return
      // It was being deleted, and a person took its finalizers off in the same breath.
      if (!node && forced.has(claim) && world.now - (endedAt.get(claim) ?? -Infinity) < staleMs) return
      const lost = restores.lost(claim)
      const whose = node ? `${nameOf(node)}, which nobody deleted` : lost ? `${nameOf(lost)}, which a restore took` : 'a Node that is gone'
      report(9, `${life.name} deletes machine ${id} of ${whose}, though the API server went back in time`)
    },
  }
}
