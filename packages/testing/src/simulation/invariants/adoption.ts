import { type Node, nameOf } from '@kube-node/core/api'
import { isBroken, recordOf } from '@kube-node/core'
import { claimUidOf } from '../truth.ts'
import type { Watch } from './invariant.ts'

/**
 * 16: a Node that runs already never gets a machine made for it, no two claims have one machine, and a machine that was adopted, or that
 * somebody wants to be adopted, is not deleted while nobody has deleted its Node.
 */
export const adoption: Watch = ({ cloud, truth, old }, report) => {
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
    const id = now && machineOf(now)
    if (before && machineOf(before) !== id) holders.delete(machineOf(before) ?? '')
    if (id === undefined) return
    // A claim and the Node that takes it over are one.
    const claim = now ? claimUidOf(now) : ''
    const other = truth.nodeByUid(holders.get(id) ?? '')
    if (other && claimUidOf(other) !== claim && machineOf(other) === id)
      report(16, `machine ${id} is the machine of ${nameOf(other)} and of ${now ? nameOf(now) : ''}`)
    holders.set(id, claim)
  })
  cloud.on('starting', ({ id, owner }) => {
    if (running.has(owner?.claim ?? '')) report(16, `machine ${id} is made for ${owner?.nodeName ?? ''}, which runs already`)
  })
  cloud.on('stopping', ({ id, owner }) => {
    const node = truth.nodeByUid(owner?.claim ?? '')
    if (old.has(id) && node && node.metadata?.deletionTimestamp === undefined)
      report(16, `machine ${id} of ${nameOf(node)} ran before it was adopted, and is deleted though nobody has deleted its Node`)
  })
  return {}
}

const machineOf = (node: Node): string | undefined => {
  const record = recordOf(node)
  return record && !isBroken(record) ? record.id : undefined
}
