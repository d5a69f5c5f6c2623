import { nameOf } from '@kube-node/core/api'
import { claimUidOf, recordedId } from '../truth.ts'
import type { Watch } from './invariant.ts'

/**
 * 16: a Node that runs already never gets a machine made for it, no two claims have one machine, and a machine that was adopted, or that
 * somebody wants to be adopted, is not deleted while nobody has deleted its Node.
 */
export const adoption: Watch = ({ cloud, truth, old, restores }, report) => {
  const seen = new Set<string>()
  const running = new Set<string>()
  const holders = new Map<string, string>()
  truth.nodes.on(({ now, old: before }) => {
    const uid = now?.metadata?.uid ?? ''
    if (now && !seen.has(uid)) {
      seen.add(uid)
      // Somebody else has said on which machine it is.
      if (now.spec?.providerID !== undefined) running.add(uid)
    }
    const id = now && recordedId(now)
    if (before && recordedId(before) !== id) holders.delete(recordedId(before) ?? '')
    if (id === undefined) return
    // A claim and the Node that takes it over are one.
    const claim = now ? claimUidOf(now) : ''
    const other = truth.nodeByUid(holders.get(id) ?? '')
    if (other && claimUidOf(other) !== claim && recordedId(other) === id)
      report(16, `machine ${id} is the machine of ${nameOf(other)} and of ${now ? nameOf(now) : ''}`)
    holders.set(id, claim)
  })
  cloud.on('starting', ({ id, owner }) => {
    if (running.has(owner?.claim ?? '')) report(16, `machine ${id} is made for ${owner?.nodeName ?? ''}, which runs already`)
  })
  return {
    // When it is asked for: what was sent before a restore that brought the Node back as it was may still take effect.
    called(life, operation, id) {
      if (operation !== 'delete' || id === undefined || !old.has(id) || restores.isUnaware(life)) return
      const node = truth.nodeByUid(cloud.machine(id)?.owner?.claim ?? '')
      if (node && node.metadata?.deletionTimestamp === undefined)
        report(16, `${life.name} deletes machine ${id}, which ran before it was adopted, and nobody has deleted its Node ${nameOf(node)}`)
    },
  }
}
