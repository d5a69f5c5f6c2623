import { nameOf } from '@kube-node/core/api'
import type { Watch } from './invariant.ts'

/**
 * 9: who has seen the API server go back in time deletes no machine for want of a Node, and none whose Node wants it; people's
 * deletions go on.
 */
export const frozen: Watch = ({ cloud, truth, restores }, report) => ({
  called(life, operation, id) {
    if (operation !== 'delete' || id === undefined || !restores.isWitness(life)) return
    const claim = cloud.machine(id)?.owner?.claim ?? ''
    const node = truth.nodeByUid(claim)
    if (node?.metadata?.deletionTimestamp !== undefined) return
    const lost = restores.lost(claim)
    const whose = node ? `${nameOf(node)}, which nobody deleted` : lost ? `${nameOf(lost)}, which a restore took` : 'a Node that is gone'
    report(9, `${life.name} deletes machine ${id} of ${whose}, though it has seen the API server go back in time`)
  },
})
